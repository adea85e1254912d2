package io.happo.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dashboards over the API. */
class DashboardApiTest {
  private static final String WEB = "{'graphs':[{'title':'Load','metric':'load1'}]}";

  @TempDir Path folder;
  private TestHub hub;

  @BeforeEach
  void open() {
    hub = new TestHub(folder);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private JsonObject as(String user, String method, String target, String body, int status)
      throws Exception {
    var answer = hub.as(user, method, target, body.replace('\'', '"'));
    assertThat(answer.status()).as(TestHub.text(answer)).isEqualTo(status);
    return answer.body().length == 0 ? new JsonObject(List.of(), "") : TestHub.json(answer);
  }

  private JsonObject set(String name, String members, int status) throws Exception {
    return as("oleg", "PUT", "/v1/dashboards/" + name, "{" + members + "}", status);
  }

  @Test
  void one_is_kept_changed_and_removed() throws Exception {
    var added = set("web", "'dashboard':" + WEB + ",'base':0", 200);
    assertThat(added.find("added").toString()).contains("true");
    long revision = added.requiredLong("revision");
    var kept = as("vera", "GET", "/v1/dashboards/web", "", 200);
    assertThat(kept.requiredLong("revision")).isEqualTo(revision);
    assertThat(kept.text("changedBy")).isEqualTo("oleg");
    assertThat(kept.requiredObject("dashboard").text("title")).isEqualTo("web");

    var same = set("web", "'dashboard':" + WEB, 200);
    assertThat(same.requiredLong("revision")).isEqualTo(revision);
    var longer = WEB.replace("{'graphs'", "{'span':'7d','graphs'");
    var dry = set("web", "'dashboard':" + longer + ",'dryRun':true", 200);
    assertThat(dry.requiredLong("revision")).isEqualTo(revision);
    assertThat(dry.texts("changes")).containsExactly("span: 1d -> 7d");
    var changed = set("web", "'dashboard':" + longer + ",'base':" + revision, 200);
    assertThat(changed.requiredLong("revision")).isGreaterThan(revision);

    as("vera", "DELETE", "/v1/dashboards/web", "", 403);
    as("oleg", "DELETE", "/v1/dashboards/web?base=" + revision, "", 409);
    as("oleg", "DELETE", "/v1/dashboards/web", "", 204);
    as("vera", "GET", "/v1/dashboards/web", "", 404);
    assertThat(hub.rooms.audit().before(Long.MAX_VALUE, 10).reversed())
        .extracting(entry -> entry.who() + " " + entry.action() + " " + entry.target())
        .containsExactly(
            "oleg dashboard.set web", "oleg dashboard.set web", "oleg dashboard.remove web");
  }

  @Test
  void a_change_of_somebody_else_is_not_lost() throws Exception {
    long seen = set("web", "'dashboard':" + WEB, 200).requiredLong("revision");
    var other = WEB.replace("load1", "load5");
    set("web", "'dashboard':" + other + ",'base':" + seen, 200);
    var late = set("web", "'dashboard':" + WEB + ",'base':" + seen, 409);
    assertThat(late.text("detail")).contains("'web' was changed meanwhile");
    set("web", "'dashboard':" + WEB + ",'base':0,'dryRun':true", 409);
  }

  @Test
  void what_is_wrong_is_told_and_nothing_is_kept() throws Exception {
    var refused = set("web", "'dashboard':{'span':'x','graphs':[{'metrik':'a'}]}", 422);
    assertThat(refused.texts("problems"))
        .containsExactly(
            "span: 'x' is no duration: write a whole number and its unit, such as 30s, 5m, 1h or"
                + " 1d",
            "graphs[0].metric: is missing: the name of a metric, or a part of it with *",
            "graphs[0].metrik: is not known here; did you mean 'metric'?");
    as("vera", "PUT", "/v1/dashboards/web", "{'dashboard':" + WEB + "}", 403);
    as("vera", "GET", "/v1/dashboards/web", "", 404);
  }

  @Test
  void what_comes_with_the_hub_is_hidden_by_one_of_its_name_and_comes_again() throws Exception {
    assertThat(as("vera", "GET", "/v1/dashboards", "", 200).objects("dashboards"))
        .extracting(one -> Map.entry(one.text("name"), one.requiredLong("revision")))
        .containsExactly(Map.entry("fleet", 0L), Map.entry("host", 0L), Map.entry("hub", 0L));
    as("oleg", "DELETE", "/v1/dashboards/hub", "", 409);
    var ours = set("hub", "'dashboard':" + WEB + ",'base':0", 200);
    assertThat(ours.texts("changes")).contains("title: This hub -> hub");
    assertThat(as("vera", "GET", "/v1/dashboards/hub", "", 200).text("changedBy"))
        .isEqualTo("oleg");
    as("oleg", "DELETE", "/v1/dashboards/hub", "", 204);
    assertThat(as("vera", "GET", "/v1/dashboards/hub", "", 200).requiredLong("revision")).isZero();
    var missing = as("vera", "GET", "/v1/dashboards/hots", "", 404);
    assertThat(missing.text("detail")).contains("did you mean 'host'");
  }
}
