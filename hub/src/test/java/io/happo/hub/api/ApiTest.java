package io.happo.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.Json;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.link.Item;
import io.happo.core.link.JoinToken;
import io.happo.core.link.ToHub;
import io.happo.net.Headers;
import io.happo.net.Response;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiTest {
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

  private static String detail(Response response) throws Exception {
    return TestHub.json(response).text("detail");
  }

  @Test
  void every_route_is_in_the_document_and_the_document_has_no_other() throws Exception {
    var document = TestHub.json(hub.send("GET", ApiDoor.DOCUMENT, Headers.NONE, ""));
    var documented = new HashSet<String>();
    for (Map.Entry<String, JsonValue> path : document.requiredObject("paths").members()) {
      for (Map.Entry<String, JsonValue> method : ((JsonObject) path.getValue()).members()) {
        documented.add(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
      }
    }
    Set<String> routes = new HashSet<>();
    for (var route : hub.door.routes()) {
      routes.add(route.method() + " " + route.path().replaceAll(":(\\w+)", "{$1}"));
    }
    assertThat(documented).isEqualTo(routes);
  }

  @Test
  void answers_hold_the_members_that_the_document_promises() throws Exception {
    for (var route : hub.door.routes()) {
      if (route.method().equals("GET")
          && !route.path().contains(":")
          && route.givesType().isEmpty()) {
        var query =
            route.query().stream()
                .filter(Field::required)
                .map(field -> field.name() + "=x")
                .collect(Collectors.joining("&", "?", ""));
        var answer = hub.as("ada", "GET", route.path() + query, "");
        assertThat(answer.status()).as(route.path() + TestHub.text(answer)).isEqualTo(200);
        var json = TestHub.json(answer);
        for (var field : route.gives()) {
          var value = json.find(field.name());
          if (field.required()) {
            assertThat(value).as(route.path() + " " + field.name()).isPresent();
          }
          value.ifPresent(
              found ->
                  assertThat(field.kind().accepts(found))
                      .as(route.path() + " " + field.name())
                      .isTrue());
        }
        assertThat(json.members().stream().map(Map.Entry::getKey))
            .as(route.path())
            .isSubsetOf(route.gives().stream().map(Field::name).toList());
      }
    }
  }

  @Test
  void nobody_gets_in_without_a_token_or_a_session() throws Exception {
    for (var route : hub.door.routes()) {
      if (route.needs().isPresent()) {
        for (var headers :
            List.of(
                Headers.NONE,
                Headers.of("Authorization", "Bearer happo_wrong"),
                Headers.of("Cookie", Access.COOKIE + "=wrong"))) {
          var answer = hub.send(route.method(), route.path().replace(":", ""), headers, "{}");
          assertThat(answer.status()).as(route.method() + " " + route.path()).isEqualTo(401);
        }
      }
    }
  }

  @Test
  void each_route_refuses_who_has_a_lesser_role() throws Exception {
    for (var route : hub.door.routes()) {
      var needed = route.needs().map(Enum::ordinal).orElse(0);
      var lesser = List.of("vera", "oleg", "ada").subList(0, needed);
      for (var user : lesser) {
        var answer = hub.as(user, route.method(), route.path().replace(":", ""), "{}");
        assertThat(answer.status()).as(user + " " + route.path()).isEqualTo(403);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | /v1/tokens | {\"usess\":1} | usess: nobody knows this member",
        "POST | /v1/tokens | {\"uses\":\"many\"} | uses is a string, expected a whole number",
        "POST | /v1/tokens | {\"uses\":-1} | uses is -1, expected a number from 0",
        "POST | /v1/tokens | [] | the body is an array, expected an object",
        "POST | /v1/tokens | {\"uses\" | the body is not JSON",
        "POST | /v1/runs | {\"agent\":\"nobody\",\"check\":\"x\"} | there is no agent 'nobody'",
        "GET | /v1/agents?state=odd | | state is 'odd', expected connected",
        "GET | /v1/agents?stat=odd | | the query has 'stat'",
        "GET | /v1/checks?agent=nobody | | there is no agent 'nobody'",
        "POST | /v1/plan/rollback | {\"version\":9} | there is no version 9",
      })
  void a_mistake_is_told_with_its_place(String method, String path, String body, String told)
      throws Exception {
    var answer = hub.as("ada", method.strip(), path.strip(), body == null ? "" : body.strip());
    assertThat(answer.status()).isBetween(400, 499);
    assertThat(TestHub.text(answer)).contains(told);
    assertThat(answer.headers().first("Content-Type")).contains("application/problem+json");
  }

  @Test
  void all_mistakes_of_a_request_are_told_at_once() throws Exception {
    var answer =
        hub.as("ada", "POST", "/v1/tokens", "{\"uses\":\"x\",\"ttlSeconds\":true,\"odd\":1}");
    assertThat(TestHub.json(answer).texts("problems")).hasSize(3);
  }

  @Test
  void a_browser_logs_in_and_needs_its_csrf_token_for_changes() throws Exception {
    var login =
        hub.send(
            "POST",
            "/v1/session",
            Headers.NONE,
            "{\"user\":\"oleg\",\"password\":\"" + TestHub.PASSWORD + "\"}");
    assertThat(login.status()).isEqualTo(200);
    var cookie = login.headers().first("Set-Cookie").orElseThrow();
    assertThat(cookie).contains("Secure", "HttpOnly", "SameSite=Lax");
    var session = cookie.substring(0, cookie.indexOf(';'));
    var csrf = TestHub.json(login).text("csrf");
    assertThat(hub.send("GET", "/v1/agents", Headers.of("Cookie", session), "").status())
        .isEqualTo(200);
    assertThat(hub.send("POST", "/v1/tokens", Headers.of("Cookie", session), "{}").status())
        .isEqualTo(403);
    var both = Headers.of("Cookie", "a=b; " + session, Access.CSRF_HEADER, csrf);
    assertThat(hub.send("POST", "/v1/tokens", both, "{}").status()).isEqualTo(200);
    assertThat(hub.send("DELETE", "/v1/session", both, "").status()).isEqualTo(204);
    assertThat(hub.send("GET", "/v1/agents", Headers.of("Cookie", session), "").status())
        .isEqualTo(401);
  }

  @Test
  void wrong_passwords_make_the_next_try_wait() throws Exception {
    var wrong = "{\"user\":\"ada\",\"password\":\"wrong\"}";
    int refused = 0;
    for (int i = 0; i < 8; i++) {
      refused += hub.send("POST", "/v1/login", Headers.NONE, wrong).status() == 429 ? 1 : 0;
    }
    assertThat(refused).isPositive();
  }

  @Test
  void an_api_token_is_taken_back_by_who_made_it_or_an_admin() throws Exception {
    var first = Headers.of("Authorization", "Bearer " + hub.token("vera"));
    var second = Headers.of("Authorization", "Bearer " + hub.token("vera"));
    var theirs = TestHub.json(hub.send("GET", "/v1/api-tokens", first, "")).objects("tokens");
    assertThat(theirs).hasSize(2).allMatch(token -> token.find("expiresAt").isEmpty());
    var mine = "/v1/api-tokens/" + theirs.getLast().requiredLong("number");
    var other = "/v1/api-tokens/" + theirs.getFirst().requiredLong("number");
    assertThat(detail(hub.as("oleg", "DELETE", mine, ""))).contains("you have no API token");
    assertThat(hub.send("DELETE", mine, first, "").status()).isEqualTo(204);
    assertThat(hub.send("GET", "/v1/agents", first, "").status()).isEqualTo(401);
    assertThat(hub.as("ada", "DELETE", other, "").status()).isEqualTo(204);
    assertThat(hub.send("GET", "/v1/agents", second, "").status()).isEqualTo(401);
    assertThat(TestHub.text(hub.as("ada", "GET", "/v1/audit", ""))).contains("api-token.remove");
  }

  @Test
  void many_tries_at_once_are_no_way_around_the_wait() throws Exception {
    var wrong = "{\"user\":\"vera\",\"password\":\"wrong\"}";
    var statuses = new ArrayList<Future<Integer>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 30; i++) {
        statuses.add(
            threads.submit(() -> hub.send("POST", "/v1/login", Headers.NONE, wrong).status()));
      }
    }
    int tried = 0;
    for (var status : statuses) {
      tried += status.get() == 401 ? 1 : 0;
    }
    assertThat(tried).isLessThan(10);
  }

  @Test
  void a_name_that_nobody_can_have_is_not_remembered() throws Exception {
    var body = "{\"user\":\"" + "x".repeat(65) + "\",\"password\":\"wrong\"}";
    for (int i = 0; i < 8; i++) {
      assertThat(hub.send("POST", "/v1/login", Headers.NONE, body).status()).isEqualTo(401);
    }
  }

  @Test
  void the_audit_log_tells_the_role_that_somebody_has() throws Exception {
    hub.as("ada", "PUT", "/v1/users/oleg", "{\"password\":\"another long one\"}");
    assertThat(TestHub.text(hub.as("ada", "GET", "/v1/audit", "")))
        .contains("\"role\":\"operator\"");
  }

  @Test
  void a_token_to_join_with_holds_the_hubs_id_and_pin() throws Exception {
    var answer = hub.as("oleg", "POST", "/v1/tokens", "{\"uses\":0,\"approve\":true}");
    var json = TestHub.json(answer);
    var token = JoinToken.parse(json.text("token"));
    assertThat(token.hubId()).isEqualTo("00".repeat(16));
    assertThat(token.pin()).contains("11".repeat(32));
    assertThat(json.text("command"))
        .isEqualTo("happo-agent join 'https://hub.example:6778' '" + json.text("token") + "'");
    var list = TestHub.text(hub.as("oleg", "GET", "/v1/tokens", ""));
    assertThat(list).doesNotContain(token.secret());
    assertThat(TestHub.text(hub.as("ada", "GET", "/v1/audit", "")))
        .contains("token.create")
        .doesNotContain(token.secret());
  }

  @Test
  void users_come_change_and_go_but_never_the_last_admin() throws Exception {
    var grace = "{\"role\":\"viewer\",\"password\":\"another long one\"}";
    assertThat(hub.as("ada", "PUT", "/v1/users/grace", grace).status()).isEqualTo(204);
    assertThat(detail(hub.as("ada", "PUT", "/v1/users/x", "{\"password\":\"short\"}")))
        .contains("10 to");
    assertThat(hub.as("ada", "PUT", "/v1/users/grace", "{\"role\":\"operator\"}").status())
        .isEqualTo(204);
    assertThat(detail(hub.as("ada", "PUT", "/v1/users/ada", "{\"role\":\"viewer\"}")))
        .contains("last admin");
    assertThat(detail(hub.as("ada", "DELETE", "/v1/users/ada", ""))).contains("last admin");
    assertThat(hub.as("ada", "DELETE", "/v1/users/grace", "").status()).isEqualTo(204);
    assertThat(TestHub.text(hub.as("ada", "GET", "/v1/users", ""))).doesNotContain("grace");
  }

  @Test
  void a_plan_is_tried_applied_once_and_taken_back() throws Exception {
    var files =
        "{\"files\":{\"a.yaml\":{\"checks\":[{\"name\":\"load\",\"plugin\":\"check_load\","
            + "\"every\":\"1m\"}]}}";
    var trial = TestHub.json(hub.as("oleg", "PUT", "/v1/plan", files + ",\"dryRun\":true}"));
    assertThat(trial.objects("changes")).hasSize(1);
    assertThat(trial.requiredLong("version")).isZero();
    var first = TestHub.json(hub.as("oleg", "PUT", "/v1/plan", files + "}"));
    assertThat(first.find("applied")).contains(new JsonValue.Bool(true));
    var again = TestHub.json(hub.as("oleg", "PUT", "/v1/plan", files + "}"));
    assertThat(again.find("applied")).contains(new JsonValue.Bool(false));
    assertThat(again.requiredLong("version")).isEqualTo(first.requiredLong("version"));
    hub.as("oleg", "PUT", "/v1/plan", "{\"files\":{\"a.yaml\":{\"checks\":[]}}}");
    var back =
        TestHub.json(
            hub.as(
                "oleg",
                "POST",
                "/v1/plan/rollback",
                "{\"version\":" + first.requiredLong("version") + "}"));
    assertThat(back.objects("changes")).hasSize(1);
    assertThat(TestHub.text(hub.as("vera", "GET", "/v1/plan", ""))).contains("check_load");
    assertThat(TestHub.json(hub.as("vera", "GET", "/v1/plan/versions", "")).objects("versions"))
        .hasSize(3);
  }

  @Test
  void a_plan_with_mistakes_is_refused_with_all_of_them() throws Exception {
    var answer =
        hub.as(
            "oleg",
            "PUT",
            "/v1/plan",
            "{\"files\":{\"a.yaml\":{\"checks\":[{\"name\":\"a b\"},{\"evry\":1}]}}}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(TestHub.json(answer).texts("problems")).hasSizeGreaterThan(2);
    assertThat(Json.parse(answer.body())).isNotNull();
  }

  @Test
  void what_was_done_is_not_denied_when_the_audit_log_cannot_be_written() throws Exception {
    var token = Headers.of("Authorization", "Bearer " + hub.token("ada"));
    hub.breakAudit();
    var files = "{\"files\":{\"a.yaml\":{\"checks\":[]}}}";
    var answer = hub.send("PUT", "/v1/plan", token, files);
    assertThat(answer.status()).as(TestHub.text(answer)).isEqualTo(200);
    assertThat(TestHub.json(answer).find("applied")).contains(new JsonValue.Bool(true));
  }

  @Test
  void a_script_that_fits_no_message_is_refused() throws Exception {
    var agent = hub.join();
    for (var character : List.of("\\u0001", "\u20ac", "x")) {
      var script = "#!/bin/sh\\n" + character.repeat(262_000);
      var answer =
          hub.as(
              "oleg",
              "POST",
              "/v1/runs",
              "{\"agent\":\"" + agent + "\",\"script\":\"" + script + "\"}");
      boolean fits = !character.startsWith("\\");
      assertThat(answer.status()).as(character).isEqualTo(fits ? 409 : 413);
      assertThat(TestHub.text(answer)).contains(fits ? "not connected" : "make it shorter");
    }
  }

  @Test
  void an_agent_that_was_taken_out_is_let_in_again_which_is_written_down() throws Exception {
    var agent = "/v1/agents/" + hub.join();
    assertThat(hub.as("oleg", "POST", agent + "/approve", "").status()).isEqualTo(409);
    assertThat(hub.as("oleg", "POST", agent + "/revoke", "").status()).isEqualTo(204);
    assertThat(hub.as("oleg", "POST", agent + "/approve", "").status()).isEqualTo(204);
    assertThat(TestHub.json(hub.as("vera", "GET", agent, "")).text("state")).isEqualTo("joined");
    assertThat(TestHub.text(hub.as("ada", "GET", "/v1/audit", ""))).contains("agent.approve");
  }

  private List<String> parts(String path, String list, String member) throws Exception {
    var all = new ArrayList<String>();
    var query = "?limit=2";
    while (!query.isEmpty()) {
      var part = TestHub.json(hub.as("vera", "GET", path + query, ""));
      assertThat(part.objects(list)).hasSizeBetween(1, 2);
      for (var one : part.objects(list)) {
        all.add(one.text(member));
      }
      query = part.find("next").isEmpty() ? "" : "?limit=2&after=" + part.requiredLong("next");
    }
    return all;
  }

  @Test
  void agents_are_found_by_what_people_remember_of_them() throws Exception {
    var ids = new ArrayList<String>();
    for (var name : List.of("Web-01", "web-02", "db")) {
      ids.add(hub.join());
      var body = "{\"name\":\"" + name + "\",\"tags\":{\"role\":\"R-" + name + "\"}}";
      hub.as("oleg", "PATCH", "/v1/agents/" + ids.getLast(), body);
    }
    for (var search :
        List.of(
            "WEB|Web-01 web-02",
            "eb-02|web-02",
            "role%3DR-D|db",
            "r-|Web-01 web-02 db",
            ids.get(2).substring(0, 20) + "|db",
            ids.get(2).substring(1, 20) + "|",
            "other|")) {
      var parts = search.split("\\|", -1);
      var found = TestHub.json(hub.as("vera", "GET", "/v1/agents?search=" + parts[0], ""));
      assertThat(String.join(" ", names(found))).as(search).isEqualTo(parts[1]);
    }
    var part = TestHub.json(hub.as("vera", "GET", "/v1/agents?search=web&limit=1", ""));
    assertThat(names(part)).containsExactly("Web-01");
    assertThat(part.find("next")).isPresent();
  }

  private static List<String> names(JsonObject answer) throws Exception {
    var names = new ArrayList<String>();
    for (var agent : answer.objects("agents")) {
      names.add(agent.text("name"));
    }
    return names;
  }

  @Test
  void long_lists_come_in_parts() throws Exception {
    var agents = new ArrayList<String>();
    hub.rooms.intake().start();
    for (int i = 0; i < 5; i++) {
      agents.add(hub.join());
      long number = hub.rooms.fleet().byId(agents.get(i)).orElseThrow().number();
      var result = new Item.CheckResult("check " + i, 1, 1, i % 2, 0, "", "plan");
      hub.rooms.intake().submit(number, new ToHub.Results("e", 1, List.of(result))).join();
    }
    assertThat(parts("/v1/agents", "agents", "id")).containsExactlyElementsOf(agents);
    assertThat(parts("/v1/checks", "checks", "agentId")).containsExactlyElementsOf(agents);
    var problems = TestHub.json(hub.as("vera", "GET", "/v1/checks?status=problem", ""));
    assertThat(problems.objects("checks")).hasSize(2);
    var one = TestHub.json(hub.as("vera", "GET", "/v1/checks?agent=" + agents.get(3), ""));
    assertThat(one.objects("checks").getFirst().text("check")).isEqualTo("check 3");
  }

  @Test
  void a_part_of_a_list_ends_before_it_is_too_long_for_clients() throws Exception {
    hub.rooms.intake().start();
    long number = hub.rooms.fleet().byId(hub.join()).orElseThrow().number();
    var output = "x".repeat(60_000);
    var items = new ArrayList<Item>();
    for (int i = 0; i < 100; i++) {
      items.add(new Item.CheckResult("check " + i, 1, 1, 0, 0, output, "plan"));
    }
    hub.rooms.intake().submit(number, new ToHub.Results("e", 1, items)).join();
    var part = hub.as("vera", "GET", "/v1/checks", "");
    assertThat(part.body().length).isLessThan(4 << 20);
    assertThat(TestHub.json(part).objects("checks")).hasSizeBetween(30, 60);
    assertThat(TestHub.json(part).find("next")).isPresent();
  }
}
