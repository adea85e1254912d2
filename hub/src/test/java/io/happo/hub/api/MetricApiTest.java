package io.happo.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.hub.fleet.Member;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was measured in the whole fleet, as programs ask for it. Times are in minutes. */
class MetricApiTest {
  private static final long MINUTE = 60_000;

  @TempDir Path folder;
  private TestHub hub;
  private Member web1;
  private Member web2;
  private Member db1;
  private long sequence;

  @BeforeEach
  void open() throws Exception {
    hub = new TestHub(folder);
    hub.rooms.intake().start();
    web1 = join("web-1", Map.of("role", "web", "site", "fra"));
    web2 = join("web-2", Map.of("role", "web", "site", "ber"));
    db1 = join("db-1", Map.of("role", "db", "site", "fra"));
  }

  private Member join(String name, Map<String, String> tags) throws Exception {
    var member = hub.rooms.fleet().byId(hub.join()).orElseThrow();
    hub.rooms.fleet().rename(member, name);
    hub.rooms.fleet().tag(member, tags);
    return member;
  }

  @AfterEach
  void close() {
    hub.rooms.intake().close();
    hub.close();
  }

  private void bring(long agent, Item... items) throws Exception {
    hub.rooms.intake().submit(agent, new ToHub.Results("e", sequence + 1, List.of(items))).join();
    sequence += items.length;
  }

  private static Item result(long minute, String check, String output) {
    return new Item.CheckResult(check, minute * MINUTE, 1, 0, 0, output, "plan");
  }

  private static Item measured(long minute, String host, Map<String, Double> values) {
    return new Item.Metrics(new MetricBatch(host, minute * 60, new TreeMap<>(values)));
  }

  private JsonObject ask(String path) throws Exception {
    var answer = hub.as("vera", "GET", path, "");
    assertThat(answer.status()).as(TestHub.text(answer)).isEqualTo(200);
    return TestHub.json(answer);
  }

  /** Each line as {@code agent check host name{tags}: time,least,average,most …}, minutes. */
  private List<String> lines(String query) throws Exception {
    return ask("/v1/metrics/query?from=0&to=600000&step=60&" + query).objects("series").stream()
        .map(MetricApiTest::line)
        .toList();
  }

  private static String line(JsonObject line) {
    try {
      var text = new StringBuilder();
      for (var name : List.of("agent", "check", "host", "name", "unit")) {
        text.append(line.text(name)).append('|');
      }
      text.append(new JsonWriter().value(line.requiredObject("tags")).toString().replace("\"", ""));
      return text.append(new JsonWriter().value(line.find("values").orElseThrow()))
          .toString()
          .replace("0000,", "m,");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_series_has_its_labels_limits_and_values() throws Exception {
    bring(
        web1.number(),
        result(1, "load", "|load1=2;5;~:10;0;"),
        result(3, "load", "|load1=4;5;~:10;0;"));
    assertThat(
            new JsonWriter()
                .value(ask("/v1/metrics/query?metric=load1&from=60000&to=240000&step=120"))
                .toString()
                .replace('"', '\''))
        .isEqualTo(
            "{'from':0,'to':240000,'stepMillis':120000,'series':[{'agent':'web-1','agentId':'"
                + web1.id()
                + "','check':'load','host':'','name':'load1','tags':{},'unit':'','as':'value',"
                + "'members':1,'warn':'5','crit':'~:10','warnAt':[5],'critAt':[10],'low':'0',"
                + "'high':'','values':[[0,2,2,2],[120000,4,4,4]]}],'more':0}");
  }

  @Test
  void series_are_chosen_by_name_check_agent_host_and_tag() throws Exception {
    for (var member : List.of(web1, web2, db1)) {
      bring(member.number(), result(1, "load", "|load1=1 load5=5"), result(1, "disk", "|/=3"));
    }
    bring(db1.number(), measured(1, "san", Map.of("iops;disk=a", 7.0, "iops;disk=b", 8.0)));
    assertThat(lines("metric=load1"))
        .hasSize(3)
        .first()
        .asString()
        .startsWith("db-1|load||load1||{}");
    assertThat(lines("metric=load*&agent=web-*")).hasSize(4);
    assertThat(lines("metric=*&check=disk&agent=web-1&agent=db-1")).hasSize(2);
    assertThat(lines("metric=load1&agent=" + web2.id())).hasSize(1);
    assertThat(lines("metric=load1&tag=site:fra")).hasSize(2);
    join("web-1", Map.of());
    assertThat(lines("metric=load1&agent=web-1")).hasSize(1);
    assertThat(lines("metric=load1&tag=site:fra&tag=role:w*")).hasSize(1);
    assertThat(lines("metric=load1&tag=site:fra&tag=site:ber")).hasSize(3);
    assertThat(lines("metric=*&host=s*"))
        .containsExactly(
            "db-1||san|iops||{disk:a}[[6m,7,7,7]]", "db-1||san|iops||{disk:b}[[6m,8,8,8]]");
    assertThat(lines("metric=iops&tag=disk:b&tag=role:db")).hasSize(1);
    assertThat(lines("metric=iops;disk%3Da")).hasSize(1);
    assertThat(lines("metric=nothing")).isEmpty();
    assertThat(lines("metric=load1&agent=mail-*")).isEmpty();
  }

  @Test
  void what_belongs_to_no_agent_is_found_as_well() throws Exception {
    bring(0, measured(1, "@hub", Map.of("happo.hub.agents", 3.0)));
    assertThat(lines("metric=happo.*&host=@hub"))
        .containsExactly("||@hub|happo.hub.agents||{}[[6m,3,3,3]]");
  }

  @Test
  void many_series_are_made_one_or_one_for_each_group() throws Exception {
    bring(web1.number(), result(1, "load", "|load1=1"), result(2, "load", "|load1=2"));
    bring(web2.number(), result(1, "load", "|load1=3"), result(2, "load", "|load1=5"));
    bring(db1.number(), result(1, "load", "|load1=11"), result(2, "load", "|load1=20"));
    var two = "metric=load1&from=60000&to=180000&step=60&aggregate=";
    assertThat(groups(two + "sum"))
        .containsExactly("|load||load1||{}[[6m,15,15,15],[12m,27,27,27]]");
    assertThat(groups(two + "avg")).containsExactly("|load||load1||{}[[6m,5,5,5],[12m,9,9,9]]");
    assertThat(groups(two + "max&by=site"))
        .containsExactly(
            "web-2|load||load1||{site:ber}[[6m,3,3,3],[12m,5,5,5]]",
            "|load||load1||{site:fra}[[6m,11,11,11],[12m,20,20,20]]");
    assertThat(groups(two + "count&by=role&tag=site:fra"))
        .containsExactly(
            "db-1|load||load1||{role:db}[[6m,1,1,1],[12m,1,1,1]]",
            "web-1|load||load1||{role:web}[[6m,1,1,1],[12m,1,1,1]]");
    assertThat(groups(two + "min&by=agent&by=metric")).hasSize(3);
    var some = ask("/v1/metrics/query?" + two + "sum&by=agent&max=2");
    assertThat(some.objects("series")).hasSize(2);
    assertThat(some.requiredLong("more")).isEqualTo(1);
  }

  private List<String> groups(String query) throws Exception {
    return ask("/v1/metrics/query?" + query).objects("series").stream()
        .map(MetricApiTest::line)
        .toList();
  }

  @Test
  void limits_are_shown_where_they_are_of_what_is_shown() throws Exception {
    bring(web1.number(), result(1, "load", "|load1=1;5"));
    bring(web2.number(), result(1, "load", "|load1=1;5"));
    bring(db1.number(), result(1, "load", "|load1=1;9"));
    var day = "/v1/metrics/query?metric=load1&from=0&to=600000";
    assertThat(warn(day + "&aggregate=max&tag=role:web")).isEqualTo("5");
    assertThat(warn(day + "&aggregate=max")).as("they differ").isEmpty();
    assertThat(warn(day + "&aggregate=sum&tag=role:web")).isEmpty();
    assertThat(warn(day + "&as=rate&aggregate=none")).isEqualTo("none");
  }

  private String warn(String path) throws Exception {
    var series = ask(path).objects("series");
    return series.isEmpty() ? "none" : series.getFirst().text("warn");
  }

  @Test
  void a_counter_is_shown_as_a_rate_from_its_first_part_on() throws Exception {
    bring(
        web1.number(),
        result(0, "net", "|in=0c up=1"),
        result(1, "net", "|in=60c up=121"),
        result(2, "net", "|in=180c up=121"),
        result(3, "net", "|in=30c up=121"));
    var late = "from=60000&to=240000&step=60&";
    assertThat(groups(late + "metric=in"))
        .as("what was before the time counts, and a reset")
        .containsExactly("web-1|net||in|c|{}[[6m,1,1,1],[12m,2,2,2],[18m,0.5,0.5,0.5]]");
    assertThat(groups(late + "metric=in&as=value"))
        .containsExactly("web-1|net||in|c|{}[[6m,60,60,60],[12m,180,180,180],[18m,30,30,30]]");
    assertThat(groups(late + "metric=up&as=rate"))
        .containsExactly("web-1|net||up||{}[[6m,2,2,2],[12m,0,0,0],[18m,0,0,0]]");
    assertThat(groups(late + "metric=in&aggregate=sum"))
        .containsExactly("web-1|net||in|c|{}[[6m,1,1,1],[12m,2,2,2],[18m,0.5,0.5,0.5]]");
  }

  @Test
  void series_without_a_value_in_the_time_take_no_place() throws Exception {
    bring(db1.number(), result(100, "load", "|load1=1"));
    bring(web1.number(), result(1, "load", "|load1=2"));
    bring(web2.number(), result(1, "load", "|load1=3"));
    var one = ask("/v1/metrics/query?metric=load1&from=0&to=600000&max=1");
    assertThat(one.objects("series"))
        .singleElement()
        .extracting(MetricApiTest::line)
        .asString()
        .startsWith("web-1|");
    assertThat(one.requiredLong("more")).isEqualTo(1);
    assertThat(ask("/v1/metrics/query?metric=load1&from=0&to=600000").requiredLong("more"))
        .isZero();
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
        items[i] = result(part * items.length + i, "load", output.toString());
      }
      bring(web1.number(), items);
    }
    for (var query : List.of("", "&aggregate=sum&by=metric")) {
      var answer =
          hub.as(
              "vera", "GET", "/v1/metrics/query?metric=s*&from=0&to=120000000&step=60" + query, "");
      assertThat(answer.body().length).isLessThan(5 << 20);
      var json = TestHub.json(answer);
      assertThat(json.objects("series").size() + json.requiredLong("more")).isEqualTo(40);
      assertThat(json.requiredLong("more")).isPositive();
    }
  }

  @Test
  void the_last_day_is_shown_unless_another_time_is_asked_for() throws Exception {
    long now = System.currentTimeMillis();
    var day = ask("/v1/metrics/query?metric=load1");
    assertThat(day.requiredLong("stepMillis")).isEqualTo(300_000);
    assertThat(day.requiredLong("from"))
        .isBetween(now - 86_700_000, now - 86_300_000)
        .matches(at -> at % 300_000 == 0);
    assertThat(day.requiredLong("to")).isGreaterThanOrEqualTo(now);
  }

  @Test
  void names_are_found_by_what_is_in_them() throws Exception {
    bring(
        web1.number(),
        result(1, "disk", "|/=1MB /home=2MB"),
        measured(1, "", Map.of("cpu;core=0", 1.0, "cpu;core=1", 1.0)));
    bring(web2.number(), result(1, "disk", "|/=1MB"));
    assertThat(new JsonWriter().value(ask("/v1/metrics?search=DISK")).toString().replace('"', '\''))
        .isEqualTo(
            "{'metrics':[{'name':'/','check':'disk','unit':'MB','series':2},"
                + "{'name':'/home','check':'disk','unit':'MB','series':1}],'more':0}");
    assertThat(ask("/v1/metrics?agent=web-1").objects("metrics")).hasSize(3);
    var one = ask("/v1/metrics?max=1");
    assertThat(one.objects("metrics")).hasSize(1);
    assertThat(one.requiredLong("more")).isEqualTo(2);
    assertThat(ask("/v1/metrics?check=nothing").objects("metrics")).isEmpty();
  }

  @Test
  void mistakes_are_told_with_what_to_do() throws Exception {
    var mistakes =
        Map.ofEntries(
            Map.entry("", "metric is missing"),
            Map.entry(
                "metric=a&aggregate=median", "expected none or one of avg, sum, min, max, count"),
            Map.entry("metric=a&by=agent", "give aggregate as well"),
            Map.entry("metric=a&as=speed", "expected value or rate"),
            Map.entry("metric=a&from=5&to=5", "to the later one"),
            Map.entry("metric=a&from=-5", "to the later one"),
            Map.entry("metric=a&to=9223372036854775807", "to the later one"),
            Map.entry("metric=a&to=soon", "expected a unix time"),
            Map.entry("metric=a&tag=role", "expected NAME:VALUE"),
            Map.entry("metric=a&points=10&step=10", "give one of them"),
            Map.entry("metric=a&points=11001", "from 1 to 11000"),
            Map.entry("metric=a&from=0&to=86400000&step=1", "a step of at least 8 seconds"),
            Map.entry("metric=a&max=1001", "from 1 to 1000"),
            Map.entry("metric=a&limit=5", "does not know"));
    for (var mistake : mistakes.entrySet()) {
      var answer = hub.as("vera", "GET", "/v1/metrics/query?" + mistake.getKey(), "");
      assertThat(answer.status()).as(mistake.getKey()).isEqualTo(400);
      assertThat(TestHub.text(answer)).contains(mistake.getValue());
    }
    var nobody = hub.as("vera", "GET", "/v1/metrics/query?metric=a&agent=mail-1", "");
    assertThat(nobody.status()).isEqualTo(404);
    assertThat(TestHub.text(nobody)).contains("there is no agent 'mail-1'");
  }
}
