package io.happo.hub.manage;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.plan.AgentView;
import io.happo.hub.classic.ClassicBook;
import io.happo.hub.fleet.Member;
import io.happo.hub.fleet.TestFleet;
import io.happo.hub.store.Agents.State;
import io.happo.hub.store.ClassicHosts;
import io.happo.hub.store.Store;
import io.happo.net.Headers;
import io.happo.net.Network;
import io.happo.net.Request;
import io.happo.net.Response;
import io.happo.net.Router;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ManageDoorTest {
  private static final String HERE = "127.0.0.1";

  @TempDir Path folder;
  private TestFleet test;
  private Router router;

  @BeforeEach
  void start() throws Exception {
    test = new TestFleet(Store.open(folder, ""), folder);
    router = router();
  }

  @AfterEach
  void stop() {
    test.store.close();
  }

  /** As a hub that starts. */
  private Router router() {
    var made = new Router();
    var book = new ClassicBook(new ClassicHosts(test.store), test.fleet, test.clock);
    new ManageDoor(book, List.of(Network.parse("192.0.2.0/24").orElseThrow())).addTo(made);
    return made;
  }

  private Response ask(String from, String path, String body) throws Exception {
    return router.handle(
        new Request(
            "POST",
            path,
            path,
            "",
            Headers.NONE,
            body.getBytes(StandardCharsets.UTF_8),
            new InetSocketAddress(InetAddress.ofLiteral(from), 40_000)));
  }

  private int status(String from, String path, String host) throws Exception {
    return ask(from, path, "{\"apikey\":\"\",\"hostdata\":{" + host + "}}").status();
  }

  private static String host(String group, String ip, String more) {
    return "\"group_name\":\"%s\",\"ip\":\"%s\",\"hostname\":\"\",\"port\":6777,\"autoscaling\":{\"autoscaling_group_name\":\"\",\"autoscaling_count\":0,\"host_prefix\":\"\"}%s"
        .formatted(group, ip, more);
  }

  @Test
  void what_is_added_is_there_until_it_is_removed_and_comes_again_with_its_history()
      throws Exception {
    var host = host("shop!web", "10.0.0.1", ",\"proxies\":[\"bastion\",\"[2001:db8::1]:7000\"]");
    assertThat(status(HERE, "/manage/is_added", host)).isEqualTo(404);
    assertThat(status(HERE, "/manage/remove", host)).isEqualTo(404);
    assertThat(status(HERE, "/manage/add", host)).isEqualTo(200);
    assertThat(status(HERE, "/manage/add", host)).isEqualTo(302);
    assertThat(status(HERE, "/manage/is_added", host)).isEqualTo(302);
    var member = test.fleet.find("10.0.0.1");
    assertThat(member.agent().tags()).isEqualTo(Map.of("group", "shop", "subgroup", "web"));
    assertThat(member.agent().facts())
        .containsEntry("address", "bastion:6777 > [2001:db8::1]:7000 > 10.0.0.1:6777")
        .containsKey(AgentView.CLASSIC);
    router = router();
    assertThat(status(HERE, "/manage/is_added", host)).isEqualTo(302);
    assertThat(status(HERE, "/manage/remove", host)).isEqualTo(200);
    assertThat(member.agent().state()).isEqualTo(State.LEFT);
    assertThat(status(HERE, "/manage/is_added", host)).isEqualTo(404);
    assertThat(status(HERE, "/manage/add", host)).isEqualTo(200);
    assertThat(test.fleet.find("10.0.0.1")).isSameAs(member);
    assertThat(member.agent().state()).isEqualTo(State.JOINED);
  }

  @Test
  void an_auto_scaling_group_is_an_agent_for_each_alias() throws Exception {
    var group =
        "\"group_name\":\"shop\",\"ip\":\"prod-ag\",\"hostname\":\"prod-ag\",\"port\":6777,\"autoscaling\":{\"autoscaling_group_name\":\"prod-ag\",\"autoscaling_count\":3,\"host_prefix\":\"app\"},\"proxies\":[\"bastion\"]";
    assertThat(status(HERE, "/manage/add", group)).isEqualTo(200);
    assertThat(test.fleet.all())
        .extracting(Member::name)
        .containsExactly("prod-ag-app-01", "prod-ag-app-02", "prod-ag-app-03");
    assertThat(test.fleet.find("prod-ag-app-02").agent().facts())
        .containsEntry("address", "bastion:6777 > prod-ag-app-02:6777");
    assertThat(test.fleet.find("prod-ag-app-02").agent().tags())
        .isEqualTo(Map.of("group", "shop", "autoscaling_group", "prod-ag"));
    assertThat(status(HERE, "/manage/remove", group)).isEqualTo(200);
    assertThat(test.fleet.all()).allMatch(member -> member.agent().state() == State.LEFT);
  }

  @Test
  void whoever_may_not_ask_learns_nothing() throws Exception {
    var host = host("g", "10.0.0.1", "");
    var refused = ask("198.51.100.1", "/manage/add", "{\"hostdata\":{" + host + "}}");
    var nowhere = ask("198.51.100.1", "/manage/nowhere", "{}");
    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.body()).isEqualTo(nowhere.body());
    assertThat(refused.headers()).isEqualTo(nowhere.headers());
    assertThat(test.fleet.all()).isEmpty();
    assertThat(status("192.0.2.7", "/manage/add", host)).isEqualTo(200);
    assertThat(status("::1", "/manage/is_added", host)).isEqualTo(302);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ | not JSON",
        "{} | hostdata is missing",
        "{`hostdata`:{`ip`:`10.0.0.1`,`port`:6777}} | hostdata.group_name is missing",
        "{`hostdata`:{`group_name`:`g`,`port`:6777}} | hostdata.ip is missing",
        "{`hostdata`:{`group_name`:`g`,`ip`:`a b`,`port`:6777}} | ip: ",
        "{`hostdata`:{`group_name`:`g`,`ip`:`a`,`port`:0}} | port is 0, expected 1 to 65535",
        "{`hostdata`:{`group_name`:`g`,`ip`:`a`,`port`:1,`proxies`:[`x/y`]}} | proxies: ",
        "{`hostdata`:{`group_name`:`g`,`ip`:`a`,`port`:1,`autoscaling`:{`autoscaling_group_name`:`a`,`autoscaling_count`:0,`host_prefix`:`p`}}} | expected 1 to 1000",
      })
  void what_cannot_be_added_is_told(String body, String message) throws Exception {
    var answer = ask(HERE, "/manage/add", body.replace('`', '"'));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains(message);
    assertThat(test.fleet.all()).isEmpty();
  }
}
