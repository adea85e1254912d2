package io.happo.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import io.happo.net.Response;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plan as a browser changes it. Single quotes of what is sent stand for double ones. */
class PlanApiTest {
  private static final String YAML =
      """
      # Comments are for people.
      checks:
        - name: load
          plugin: check_load -w 5
          every: 1m
        - {name: age, script: age.sh, every: 5m, arguments: [1.10]}
      scripts:
        age.sh: |
          #!/bin/sh
          exit 0
      """;

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

  private Response send(String method, String path, String body) throws Exception {
    return hub.as("oleg", method, path, body.replace('\'', '"'));
  }

  private JsonObject done(String method, String path, String body) throws Exception {
    var answer = send(method, path, body);
    assertThat(answer.status()).as(TestHub.text(answer)).isEqualTo(200);
    return TestHub.json(answer);
  }

  private static String quoted(String text) {
    return new JsonWriter().value(text).toString();
  }

  private long applyYaml() throws Exception {
    return TestHub.json(
            hub.as("oleg", "PUT", "/v1/plan", "{\"files\":{\"a.yaml\":" + quoted(YAML) + "}}"))
        .requiredLong("version");
  }

  private JsonObject files() throws Exception {
    return TestHub.json(hub.as("vera", "GET", "/v1/plan", "")).requiredObject("files");
  }

  private String yaml() throws Exception {
    return TestHub.json(hub.as("vera", "GET", "/v1/plan?form=yaml", ""))
        .requiredObject("files")
        .text("a.yaml");
  }

  private static String shown(JsonValue value) {
    return new JsonWriter().value(value).toString().replace('"', '\'');
  }

  @Test
  void a_document_is_sent_and_given_as_yaml() throws Exception {
    long version = applyYaml();
    assertThat(shown(files()))
        .contains("{'a.yaml':{'checks':[{'name':'load'", "'arguments':[1.10]", "exit 0\\n");
    assertThat(yaml())
        .isEqualTo(
            """
            checks:
              - name: load
                plugin: check_load -w 5
                every: 1m
              - name: age
                script: age.sh
                every: 5m
                arguments:
                  - 1.10
            scripts:
              age.sh: |
                #!/bin/sh
                exit 0
            """);
    var again = "{\"files\":{\"a.yaml\":" + quoted(yaml()) + "}}";
    var answer = TestHub.json(hub.as("oleg", "PUT", "/v1/plan", again));
    assertThat(answer.find("applied")).contains(new JsonValue.Bool(false));
    assertThat(answer.requiredLong("version")).isEqualTo(version);
    assertThat(send("GET", "/v1/plan?form=xml", "").status()).isEqualTo(400);
  }

  @Test
  void all_documents_that_are_no_yaml_are_told() throws Exception {
    var answer = send("PUT", "/v1/plan", "{'files':{'a.yaml':'a: [','b.yaml':'a: b: c','c':'x'}}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(TestHub.json(answer).texts("problems"))
        .satisfiesExactly(
            one -> assertThat(one).startsWith("a.yaml, line 1: is not YAML"),
            one -> assertThat(one).startsWith("b.yaml, line 1: is not YAML"));
    assertThat(TestHub.text(send("PUT", "/v1/plan", "{'files':{'c':'x'}}")))
        .contains("c: is a string, expected the members");
  }

  @Test
  void what_was_made_from_an_older_version_changes_nothing() throws Exception {
    long first = applyYaml();
    var files = "{'files':{'a.yaml':{'checks':[]}},'base':";
    long second = done("PUT", "/v1/plan", files + first + "}").requiredLong("version");
    for (var more : new String[] {"", ",'dryRun':true"}) {
      var answer = send("PUT", "/v1/plan", files + first + more + "}");
      assertThat(answer.status()).isEqualTo(409);
      assertThat(TestHub.text(answer))
          .contains("changed by oleg meanwhile", "from version " + first);
    }
    var edit = "{'check':{'plugin':'check_x','every':'1m'},'base':" + first + "}";
    assertThat(send("PUT", "/v1/plan/checks/x", edit).status()).isEqualTo(409);
    assertThat(done("GET", "/v1/plan", "").requiredLong("version")).isEqualTo(second);
    assertThat(send("PUT", "/v1/plan", files + "-1}").status()).isEqualTo(400);
  }

  @Test
  void an_answer_tells_who_runs_what_changes() throws Exception {
    var agent = hub.join();
    hub.as("oleg", "PATCH", "/v1/agents/" + agent, "{\"name\":\"web-01\"}");
    var answer =
        done(
            "PUT",
            "/v1/plan",
            "{'dryRun':true,'files':{'a.yaml':{'checks':[{'name':'x','plugin':'y','every':'1m'},"
                + "{'name':'z','plugin':'y','every':'1m','for':{'agents':'no'}}]}}}");
    assertThat(shown(answer.find("reach").orElseThrow()))
        .isEqualTo(
            "[{'check':'x','agents':1,'some':['web-01']},{'check':'z','agents':0,'some':[]}]");
  }

  @Test
  void a_check_is_tried_set_renamed_and_taken_out() throws Exception {
    applyYaml();
    var path = "/v1/plan/checks/disk";
    var disk = "{'check':{'plugin':'check_disk','every':'5m'}";
    var trial = done("PUT", path, disk + ",'dryRun':true}");
    assertThat(trial.objects("changes")).hasSize(1);
    assertThat(trial.find("applied")).contains(new JsonValue.Bool(false));
    assertThat(files().find("web.yaml")).isEmpty();
    assertThat(done("PUT", path, disk + "}").find("applied")).contains(new JsonValue.Bool(true));
    assertThat(shown(files().find("web.yaml").orElseThrow()))
        .isEqualTo("{'checks':[{'name':'disk','plugin':'check_disk','every':'5m'}]}");
    done("PUT", path, "{'check':{'name':'disks','plugin':'check_disk','every':'5m'}}");
    assertThat(TestHub.text(send("DELETE", path, "")))
        .contains("the plan has no check 'disk'", "did you mean 'disks'?");
    assertThat(send("DELETE", path, "").status()).isEqualTo(404);
    done("DELETE", "/v1/plan/checks/disks?dryRun=true", "");
    assertThat(shown(files())).contains("disks");
    assertThat(send("DELETE", "/v1/plan/checks/disks?base=1", "").status()).isEqualTo(409);
    done("DELETE", "/v1/plan/checks/disks?comment=not%20needed", "");
    assertThat(shown(files())).doesNotContain("disk");
    assertThat(TestHub.json(hub.as("vera", "GET", "/v1/plan/versions", "")).objects("versions"))
        .extracting(version -> version.text("comment"))
        .containsExactly("not needed", "check disk set", "check disk set", "");
    assertThat(TestHub.text(hub.as("ada", "GET", "/v1/audit", "")))
        .contains("plan.apply", "not needed");
  }

  @Test
  void the_text_of_a_script_is_set_with_its_check() throws Exception {
    applyYaml();
    var changed =
        done(
            "PUT",
            "/v1/plan/checks/age",
            "{'check':{'script':'age.sh','every':'5m'},'script':'#!/bin/sh\\nexit 1\\n'}");
    assertThat(changed.objects("changes"))
        .extracting(change -> change.text("member"))
        .containsExactlyInAnyOrder("arguments", "script");
    assertThat(yaml()).contains("script: age.sh", "  age.sh: |\n    #!/bin/sh\n    exit 1\n");
    done(
        "PUT",
        "/v1/plan/checks/load",
        "{'check':{'every':'5m'},'script':'#!/bin/sh\\nexit 2\\n','file':'a.yaml'}");
    assertThat(yaml()).contains("    script: |\n      #!/bin/sh\n      exit 2\n");
  }

  @Test
  void mistakes_of_one_check_are_told_all_at_once() throws Exception {
    applyYaml();
    var answer = send("PUT", "/v1/plan/checks/load", "{'check':{'evry':'5m','plugin':'a|b'}}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(TestHub.json(answer).texts("problems"))
        .hasSizeGreaterThan(1)
        .anySatisfy(one -> assertThat(one).contains("a.yaml: checks[0].evry", "'every'"));
    var taken = send("PUT", "/v1/plan/checks/load", "{'check':{'name':'age','every':'5m'}}");
    assertThat(TestHub.text(taken)).contains("is the name of another check too");
    assertThat(yaml()).contains("name: load");
  }

  @Test
  void a_built_in_check_that_no_agent_has_is_doubted_and_taken() throws Exception {
    applyYaml();
    var set =
        done(
            "PUT",
            "/v1/plan/checks/load",
            "{'check':{'name':'load','builtin':'lod -w 5','every':'1m'}}");
    assertThat(set.texts("doubts"))
        .containsExactly(
            "load: no agent of the hub's version has 'lod'; did you mean 'check_load'?");
    set =
        done(
            "PUT",
            "/v1/plan/checks/load",
            "{'check':{'name':'load','builtin':'load -w 5','every':'1m'}}");
    assertThat(set.texts("doubts")).isEmpty();
  }

  @Test
  void a_rule_is_set_and_taken_out() throws Exception {
    applyYaml();
    var path = "/v1/plan/alerts/web";
    var set = done("PUT", path, "{'rule':{'checks':['load'],'tell':'ops'}}");
    assertThat(set.objects("changes").getFirst().text("check")).isEqualTo("alert web");
    assertThat(set.texts("idle")).anySatisfy(one -> assertThat(one).contains("no channel 'ops'"));
    assertThat(shown(files().find("alerts.yaml").orElseThrow()))
        .isEqualTo("{'alerts':[{'name':'web','checks':['load'],'tell':'ops'}]}");
    assertThat(send("PUT", path, "{'rule':{'tel':'ops'}}").status()).isEqualTo(422);
    assertThat(send("PUT", path, "{}").status()).isEqualTo(400);
    assertThat(send("DELETE", "/v1/plan/alerts/wbe", "").status()).isEqualTo(404);
    assertThat(send("DELETE", path + "?dryRun=yes", "").status()).isEqualTo(400);
    done("DELETE", path, "");
    assertThat(shown(files().find("alerts.yaml").orElseThrow())).isEqualTo("{'alerts':[]}");
  }
}
