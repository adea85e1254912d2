package io.happo.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.JsonObject;
import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.net.Response;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people say about telling, by the API. */
class AlertApiTest {
  @TempDir Path folder;
  private TestHub hub;
  private String agent = "";
  private long sequence;

  @BeforeEach
  void open() throws Exception {
    hub = new TestHub(folder);
    hub.rooms.intake().start();
    agent = hub.join();
  }

  @AfterEach
  void close() {
    hub.rooms.intake().close();
    hub.close();
  }

  private void result(int status) throws Exception {
    long number = hub.rooms.fleet().byId(agent).orElseThrow().number();
    var result = new Item.CheckResult("disk", ++sequence, 1, status, status, "says", "plan", 3);
    hub.rooms.intake().submit(number, new ToHub.Results("e", sequence, List.of(result))).join();
  }

  private Response ask(String user, String method, String path, String body) throws Exception {
    return hub.as(user, method, path, body.replace('\'', '"'));
  }

  private String detail(Response response) throws Exception {
    return response.status() + " " + TestHub.json(response).text("detail");
  }

  private List<JsonObject> list(String path, String name) throws Exception {
    return TestHub.json(hub.as("vera", "GET", path, "")).objects(name);
  }

  @Test
  void a_trouble_that_is_certain_can_be_known() throws Exception {
    var path = "/v1/agents/" + agent + "/checks/disk/acknowledge";
    assertThat(detail(ask("oleg", "POST", path, "{}"))).startsWith("404 ");
    result(0);
    assertThat(detail(ask("oleg", "POST", path, "{}")))
        .isEqualTo("409 it is well: there is nothing to know of");
    result(2);
    assertThat(ask("vera", "POST", path, "{}").status()).isEqualTo(403);
    assertThat(ask("oleg", "POST", path, "{'comment': 'on it', 'sticky': true}").status())
        .isEqualTo(204);
    var known = hub.rooms.silences().acknowledgements().values().iterator().next();
    assertThat(known.author()).isEqualTo("oleg");
    assertThat(known.comment()).isEqualTo("on it");
    assertThat(known.sticky()).isTrue();
    assertThat(ask("oleg", "DELETE", path, "").status()).isEqualTo(204);
    assertThat(ask("oleg", "DELETE", path, "").status()).isEqualTo(404);
    assertThat(TestHub.text(hub.as("ada", "GET", "/v1/audit", "")))
        .contains("check.acknowledge", "check.unacknowledge");
  }

  @Test
  void what_is_no_agents_is_known_and_shown_by_the_name_of_the_hub() throws Exception {
    var result = new Item.CheckResult("memory", 1, 1, 2, 2, "of all", "", 3);
    hub.rooms.intake().submit(0, new ToHub.Results("e", 1, List.of(result))).join();
    var path = "/v1/agents/@hub/checks/memory";
    assertThat(ask("oleg", "POST", path + "/acknowledge", "{}").status()).isEqualTo(204);
    assertThat(list(path + "/history", "results")).hasSize(1);
    assertThat(list("/v1/checks", "checks").getFirst().text("agent")).isEqualTo("@hub");
    assertThat(list("/v1/agents", "agents")).hasSize(1);
    assertThat(ask("ada", "POST", "/v1/agents/@hub/revoke", "{}").status()).isEqualTo(404);
  }

  @Test
  void silences_and_downtimes_are_made_listed_and_ended() throws Exception {
    var silence =
        ask(
            "oleg",
            "POST",
            "/v1/silences",
            "{'target': {'tags': {'role': 'web'}}, 'checks': ['disk'], 'seconds': 60, 'reason':"
                + " 'why'}");
    assertThat(silence.status()).as(TestHub.text(silence)).isEqualTo(200);
    var downtime =
        ask(
            "oleg",
            "POST",
            "/v1/silences",
            "{'kind': 'downtime', 'times': 'sun 02:00-04:00', 'timezone': 'Europe/Berlin'}");
    assertThat(downtime.status()).as(TestHub.text(downtime)).isEqualTo(200);
    var all = list("/v1/silences", "silences");
    assertThat(all).extracting(one -> one.text("kind")).containsExactly("downtime", "silence");
    assertThat(all.getLast().requiredObject("target").requiredObject("tags").texts("role"))
        .containsExactly("web");
    assertThat(all.getLast().text("author")).isEqualTo("oleg");
    long number = all.getLast().requiredLong("number");
    assertThat(hub.as("oleg", "DELETE", "/v1/silences/" + number, "").status()).isEqualTo(204);
    assertThat(hub.as("oleg", "DELETE", "/v1/silences/" + number, "").status()).isEqualTo(404);
    assertThat(hub.as("oleg", "DELETE", "/v1/silences/x", "").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 400 seconds is missing",
        "{'kind': 'pause', 'seconds': 60} | 400 kind is 'pause', expected silence or downtime",
        "{'kind': 'downtime', 'untilWell': true} | 400 untilWell belongs to a silence",
        "{'begin': 1000, 'seconds': 60} | 400 it would have ended already",
        "{'times': 'never', 'timezone': 'UTC'} | 400 times: 'never' is no time of the week",
        "{'times': 'sun 02:00-04:00', 'timezone': 'Mars'} | 400 timezone is 'Mars'",
        "{'target': {'tag': {}}, 'seconds': 60} | 400 the target is not as it should be",
        "{'seconds': 999999999} | 400 seconds is 999999999, expected",
        "{'second': 60} | 400 the request is not as it should be: second",
      })
  void mistakes_of_a_silence_are_told(String body, String expected) throws Exception {
    assertThat(detail(ask("oleg", "POST", "/v1/silences", body))).startsWith(expected);
    assertThat(list("/v1/silences", "silences")).isEmpty();
  }

  @Test
  void a_channel_is_an_admins_and_its_secrets_never_come_out() throws Exception {
    var body =
        "{'kind': 'webhook', 'settings': {'url': 'https://hook.example/s3cret', 'token':"
            + " 't0ken'}}";
    assertThat(ask("oleg", "PUT", "/v1/channels/hook", body).status()).isEqualTo(403);
    assertThat(ask("ada", "PUT", "/v1/channels/hook", body).status()).isEqualTo(204);
    assertThat(ask("ada", "PUT", "/v1/channels/no%20good", body).status()).isEqualTo(400);
    var channels = list("/v1/channels", "channels");
    assertThat(channels).extracting(one -> one.text("name")).containsExactly("hook");
    for (var path : List.of("/v1/channels", "/v1/audit", "/v1/messages", "/v1/alerts")) {
      assertThat(TestHub.text(hub.as("ada", "GET", path, "")))
          .doesNotContain("s3cret")
          .doesNotContain("t0ken");
    }
    assertThat(detail(ask("ada", "PUT", "/v1/channels/x", "{'kind': 'male', 'settings': {}}")))
        .startsWith("400 kind is 'male', expected one of mail, webhook")
        .endsWith("did you mean 'mail'?");
    assertThat(detail(ask("ada", "PUT", "/v1/channels/x", "{'kind': 'mail', 'settings': {}}")))
        .isEqualTo("422 the settings are not as they should be");
    assertThat(hub.as("ada", "DELETE", "/v1/channels/hook", "").status()).isEqualTo(204);
    assertThat(hub.as("ada", "DELETE", "/v1/channels/hook", "").status()).isEqualTo(404);
    assertThat(hub.as("oleg", "POST", "/v1/channels/hook/test", "").status()).isEqualTo(404);
  }

  @Test
  void a_rule_is_tried_on_what_was() throws Exception {
    long begin = System.currentTimeMillis() - 3_600_000;
    long number = hub.rooms.fleet().byId(agent).orElseThrow().number();
    var items = new java.util.ArrayList<Item>();
    int minute = 0;
    for (var digit : "00222200022000".toCharArray()) {
      items.add(
          new Item.CheckResult(
              "disk", begin + 60_000L * minute++, 1, digit - '0', digit - '0', "", "plan"));
    }
    hub.rooms.intake().submit(number, new ToHub.Results("e", 1, items)).join();
    var tried =
        TestHub.json(
            ask("vera", "POST", "/v1/alerts/try", "{'rule': {'name': 'x', 'tell': 'ops'}}"));
    assertThat(tried.requiredLong("checks")).isEqualTo(1);
    assertThat(tried.objects("tellings"))
        .extracting(one -> one.text("kind") + " " + (one.requiredLong("time") - begin) / 60_000)
        .containsExactly("problem 4", "recovery 6");
    var later =
        TestHub.json(
            ask(
                "vera",
                "POST",
                "/v1/alerts/try",
                "{'rule': {'name': 'x', 'tell': 'ops', 'lasting': '90s', 'states': 'critical'}}"));
    assertThat(later.objects("tellings").getFirst().requiredLong("time") - begin)
        .isEqualTo(4 * 60_000 + 90_000);
    assertThat(detail(ask("vera", "POST", "/v1/alerts/try", "{'rule': {'name': 'x'}}")))
        .startsWith("422 the rule is not as it should be: alerts[0].tell: is missing");
  }

  @Test
  void telling_is_switched_off_by_an_admin() throws Exception {
    assertThat(ask("oleg", "PUT", "/v1/alerts/off", "{'off': true}").status()).isEqualTo(403);
    assertThat(ask("ada", "PUT", "/v1/alerts/off", "{'off': true}").status()).isEqualTo(204);
    assertThat(hub.rooms.notifier().isOff()).isTrue();
    assertThat(TestHub.text(hub.as("vera", "GET", "/v1/alerts", ""))).contains("\"off\":true");
    assertThat(ask("ada", "PUT", "/v1/alerts/off", "{'off': false}").status()).isEqualTo(204);
    assertThat(hub.rooms.notifier().isOff()).isFalse();
  }

  @Test
  void a_job_reports_and_says_how_soon_it_will_again() throws Exception {
    var path = "/v1/agents/" + agent + "/checks/backup/result";
    var body = "{'status': 'warning', 'output': 'slow|s=900', 'ttlSeconds': 93600}";
    assertThat(ask("vera", "POST", path, body).status()).isEqualTo(403);
    long before = System.currentTimeMillis();
    assertThat(ask("oleg", "POST", path, body).status()).isEqualTo(204);
    var check = list("/v1/checks", "checks").getFirst();
    assertThat(check.text("check") + check.text("status") + check.text("output"))
        .isEqualTo("backupwarningslow|s=900");
    // The agent is not there, which does not matter.
    assertThat(TestHub.text(hub.as("vera", "GET", "/v1/checks", "")))
        .contains("\"soft\":false", "\"stale\":false");
    assertThat(check.requiredLong("lateAt"))
        .isBetween(before + 93_600_000, System.currentTimeMillis() + 93_600_000);
    assertThat(ask("oleg", "POST", path, "{'status': 'ok'}").status()).isEqualTo(204);
    assertThat(list("/v1/checks", "checks").getFirst().find("lateAt")).isEmpty();
    assertThat(list("/v1/agents/" + agent + "/checks/backup/history", "results")).hasSize(2);
    var longest = "{'status': 'ok', 'output': '" + "x".repeat(70_000) + "'}";
    assertThat(ask("oleg", "POST", path, longest).status()).isEqualTo(204);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "backup | {} | 400 the request is not as it should be: status",
        "backup | {'status': 'OK'} | 400 status is 'OK', expected one of ok, warning",
        "backup | {'status': 'ok', 'ttlSeconds': 0} | 400 ttlSeconds is 0, expected",
        "backup | {'status': 'ok', 'ttlSeconds': 31622401} | 400 ttlSeconds is 31622401, expected",
        "@agent | {'status': 'ok'} | 400 '@agent' is no name",
        "a%2Fb | {'status': 'ok'} | 400 'a/b' is no name",
        "load | {'status': 'ok'} | 409 ",
      })
  void mistakes_of_a_report_are_told(String check, String body, String expected) throws Exception {
    var plan =
        "{'files': {'a.json': {'checks': [{'name': 'load', 'plugin': 'x', 'every': '1m'}]}}}";
    assertThat(ask("ada", "PUT", "/v1/plan", plan).status()).isEqualTo(200);
    var path = "/v1/agents/" + agent + "/checks/" + check + "/result";
    assertThat(detail(ask("oleg", "POST", path, body))).startsWith(expected);
    assertThat(list("/v1/checks", "checks")).isEmpty();
  }

  @Test
  void who_does_not_belong_to_the_fleet_has_no_jobs() throws Exception {
    assertThat(ask("ada", "POST", "/v1/agents/" + agent + "/revoke", "").status()).isEqualTo(204);
    var path = "/v1/agents/" + agent + "/checks/backup/result";
    assertThat(detail(ask("oleg", "POST", path, "{'status': 'ok'}"))).startsWith("409 ");
  }
}
