package io.happo.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.core.plan.Period;
import io.happo.core.plan.Target;
import io.happo.hub.alert.Silence;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What graphs are drawn from. */
class SeriesApiTest {
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

  private void bring(Item... items) throws Exception {
    long number = hub.rooms.fleet().byId(agent).orElseThrow().number();
    hub.rooms.intake().submit(number, new ToHub.Results("e", sequence + 1, List.of(items))).join();
    sequence += items.length;
  }

  private static Item result(long time, int status, String output) {
    return new Item.CheckResult("load", time, 1, status, status, output, "plan");
  }

  private JsonObject series(String query) throws Exception {
    var answer = hub.as("vera", "GET", path(query), "");
    assertThat(answer.status()).as(TestHub.text(answer)).isEqualTo(200);
    return TestHub.json(answer);
  }

  private String path(String query) {
    return "/v1/agents/" + agent + "/checks/load/series" + query;
  }

  @Test
  void a_check_has_its_values_thresholds_and_statuses() throws Exception {
    bring(
        result(1_000, 0, "OK|load1=1.5;5;~:10;0; used=40%;@10:20;;0;100"),
        result(2_000, 0, "OK|load1=2.5;5;~:10;0;"),
        result(61_000, 2, "CRITICAL|load1=12;5;~:10;0;"));
    assertThat(new JsonWriter().value(series("?from=0&to=120000&points=2")).toString())
        .isEqualTo(
            """
            {'from':0,'to':120000,'series':[\
            {'name':'load1','unit':'','warn':'5','crit':'~:10','warnAt':[5],'critAt':[10],\
            'low':'0','high':'','values':[[0,1.5,2,2.5],[60000,12,12,12]]},\
            {'name':'used','unit':'%','warn':'@10:20','crit':'','warnAt':[10,20],'critAt':[],\
            'low':'0','high':'100','values':[[0,40,40,40]]}],\
            'more':0,'statuses':[[1000,'ok'],[61000,'critical']],'marks':[]}"""
                .replace('\'', '"'));
    assertThat(series("?from=61000&to=61001").objects("series").getFirst().values("values"))
        .hasSize(1);
  }

  @Test
  void the_last_day_is_shown_unless_another_time_is_asked_for() throws Exception {
    long now = System.currentTimeMillis();
    bring(result(now - 90_000_000, 1, "|a=1"), result(now - 80_000_000, 0, "|a=2"));
    var answer = series("");
    assertThat(answer.requiredLong("to")).isGreaterThanOrEqualTo(now);
    assertThat(answer.requiredLong("to") - answer.requiredLong("from")).isEqualTo(86_400_000);
    assertThat(answer.values("statuses")).hasSize(1);
    var earlier = series("?to=" + (now - 85_000_000));
    assertThat(earlier.values("statuses").toString()).contains("warning");
  }

  @Test
  void downtimes_and_silences_of_the_check_are_marked_in_the_time_that_is_asked_for()
      throws Exception {
    bring(result(1_000, 0, "|a=1"));
    pause(true, List.of("load"), 500, 3_000, "new disks");
    pause(false, List.of("lo*"), 4_000, Long.MAX_VALUE, "");
    pause(true, List.of("disk"), 0, 9_000, "not of this one");
    pause(true, List.of("load"), 20_000, 30_000, "later");
    assertThat(marks("/checks/load/series?from=1000&to=10000"))
        .containsExactly(
            "downtime 1000-3000 downtime by ada: new disks", "silence 4000-10000 silenced by ada");
    assertThat(marks("/marks?from=1000&to=10000")).isEmpty();
    pause(true, List.of(), 2_000, 2_500, "move");
    assertThat(marks("/marks?from=1000&to=10000"))
        .containsExactly("downtime 2000-2500 downtime by ada: move");
  }

  @Test
  void times_in_which_the_agent_was_away_or_nothing_came_of_the_check_are_outages()
      throws Exception {
    bring(
        result(1_000, 0, "|a=1"),
        result(9_000, 0, "|a=1"),
        result(10_000, 3, "not said by the hub"));
    said("@agent", 2_000, 2, "the agent is lost");
    said("@agent", 4_000, 1, "its plan was not applied");
    said("@agent", 6_000, 2, "the agent was stopped");
    said("load", 7_500, 3, "no result");
    sql("UPDATE checks SET name = '@agent' WHERE name = '_@agent'"); // What agents call so is not.
    assertThat(marks("/checks/load/series?from=3000&to=8000"))
        .containsExactly(
            "outage 3000-4000 the agent is lost",
            "outage 3000-8000 no result came of load",
            "outage 6000-8000 the agent was stopped");
    assertThat(marks("/marks?from=5000&to=20000"))
        .containsExactly("outage 6000-20000 the agent was stopped");
    assertThat(marks("/checks/load/series?from=9000&to=20000"))
        .containsExactly("outage 9000-20000 the agent was stopped");
  }

  private void pause(boolean downtime, List<String> checks, long begin, long end, String why) {
    hub.rooms
        .silences()
        .add(
            new Silence(
                0,
                downtime,
                Target.ALL,
                checks,
                begin,
                end,
                false,
                0,
                0,
                Period.ALWAYS,
                "ada",
                why),
            0);
  }

  /** What the hub itself says of a check is in a queue of its own. */
  private void said(String check, long time, int status, String output) throws Exception {
    long number = hub.rooms.fleet().byId(agent).orElseThrow().number();
    var item = new Item.CheckResult(check, time, 1, status, status, output + "\n", "");
    hub.rooms.intake().submit(number, new ToHub.Results("hub", time, List.of(item))).join();
  }

  private void sql(String text) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("hub.db"));
        var statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  private List<String> marks(String path) throws Exception {
    var answer = hub.as("vera", "GET", "/v1/agents/" + agent + path, "");
    assertThat(answer.status()).as(TestHub.text(answer)).isEqualTo(200);
    var marks = new ArrayList<String>();
    for (var mark : TestHub.json(answer).objects("marks")) {
      marks.add(
          "%s %d-%d %s"
              .formatted(
                  mark.text("kind"),
                  mark.requiredLong("from"),
                  mark.requiredLong("to"),
                  mark.text("text")));
    }
    return marks;
  }

  @Test
  void of_very_many_series_some_are_left_out_and_counted() throws Exception {
    var output = new StringBuilder("|");
    for (int i = 0; i < 60; i++) {
      output.append(" s").append(i).append("=1");
    }
    bring(result(1_000, 0, output.toString()));
    var answer = series("?from=0&to=2000");
    assertThat(answer.objects("series")).hasSize(50);
    assertThat(answer.requiredLong("more")).isEqualTo(10);
  }

  @Test
  void an_answer_ends_before_it_is_too_long_for_clients() throws Exception {
    var output = new StringBuilder("|");
    for (int i = 0; i < 40; i++) {
      output.append(" s").append(i).append("=-0.12345678901234567");
    }
    for (int part = 0; part < 10; part++) {
      var items = new Item[200];
      for (int i = 0; i < items.length; i++) {
        items[i] = result(part * items.length + i, 0, output.toString());
      }
      bring(items);
    }
    var answer = hub.as("vera", "GET", path("?from=0&to=2000&points=2000"), "");
    assertThat(answer.body().length).isLessThan(5 << 20);
    var json = TestHub.json(answer);
    assertThat(json.objects("series").size() + json.requiredLong("more")).isEqualTo(40);
    assertThat(json.requiredLong("more")).isPositive();
  }

  @Test
  void a_time_that_is_none_and_a_check_that_is_not_there_are_told() throws Exception {
    bring(result(1_000, 0, ""));
    for (var query :
        List.of(
            "?from=2&to=2",
            "?from=-1",
            "?to=x",
            "?points=0",
            "?points=2001",
            "?from=0&to=69120000001")) {
      assertThat(hub.as("vera", "GET", path(query), "").status()).as(query).isEqualTo(400);
    }
    var answer = hub.as("vera", "GET", path("").replace("load", "laod"), "");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(TestHub.text(answer)).contains("did you mean 'load'");
  }
}
