package io.happo.hub.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.core.Json;
import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.hub.api.TestHub;
import io.happo.net.Headers;
import io.happo.net.Response;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the hub sends to browsers; how that looks and behaves there, e2e tests in a real one. */
@Timeout(60)
class WebDoorTest {
  private static final List<String> PAGES =
      List.of(
          "/",
          "/agents",
          "/join",
          "/plan",
          "/plan/new",
          "/plan/files",
          "/plan/versions",
          "/alerts",
          "/alerts/silences",
          "/alerts/rules",
          "/alerts/new",
          "/alerts/channels",
          "/dashboards",
          "/dashboards/fleet",
          "/dashboards/new",
          "/users",
          "/audit");

  /** What somebody might put into a text to have it run on an admin's page. */
  private static final String EVIL = "'\"></pre><script>alert(1)</script><img src=x onerror=a()>";

  @TempDir Path folder;
  private TestHub hub;
  private long sequence;

  @BeforeEach
  void open() {
    hub = new TestHub(folder);
    hub.rooms.intake().start();
  }

  @AfterEach
  void close() {
    hub.rooms.intake().close();
    hub.close();
  }

  private Headers session(String user) throws Exception {
    var answer =
        hub.send(
            "POST",
            "/v1/session",
            Headers.NONE,
            "{\"user\":\"" + user + "\",\"password\":\"" + TestHub.PASSWORD + "\"}");
    assertThat(answer.status()).isEqualTo(200);
    var cookie = answer.headers().first("Set-Cookie").orElseThrow();
    return Headers.of("Cookie", cookie.substring(0, cookie.indexOf(';')), "Accept", "text/html");
  }

  private Response get(String user, String target) throws Exception {
    return hub.send("GET", target, session(user), "");
  }

  private String page(String user, String target) throws Exception {
    var answer = get(user, target);
    assertThat(answer.status()).as(target + TestHub.text(answer)).isEqualTo(200);
    return TestHub.text(answer);
  }

  private void bring(String agent, String check, int status, String output) throws Exception {
    long number = hub.rooms.fleet().byId(agent).orElseThrow().number();
    var item =
        new Item.CheckResult(check, System.currentTimeMillis(), 1, status, status, output, "plan");
    hub.rooms.intake().submit(number, new ToHub.Results("e", ++sequence, List.of(item))).join();
  }

  @Test
  void collectors_stand_on_the_page_of_the_plan_and_their_checks_cannot_be_edited()
      throws Exception {
    hub.join();
    var applied =
        hub.as(
            "oleg",
            "PUT",
            "/v1/plan",
            """
            {"files": {"p.yaml": {"collectors": [
              {"name": "node", "command": "node_exporter '<x>'",
               "files": {"secret.conf": "password=1"}}]}}}
            """);
    assertThat(TestHub.text(applied)).contains("\"collector node\"");
    assertThat(TestHub.text(applied)).contains("\"check\":\"collector node\",\"agents\":1");
    assertThat(page("vera", "/plan"))
        .contains("collector-node", "Collectors", "node_exporter", "&lt;x&gt;")
        .doesNotContain("/plan/checks/collector-node", "password=1");
    assertThat(get("vera", "/plan/checks/collector-node").status()).isEqualTo(404);
  }

  @Test
  void whoever_is_not_logged_in_is_led_to_the_login_and_learns_nothing() throws Exception {
    var agent = hub.join();
    for (var target : List.of("/", "/agents/" + agent, "/agents/nobody", "/audit", "/no-such")) {
      var answer = hub.send("GET", target, Headers.of("Accept", "text/html"), "");
      assertThat(answer.status()).as(target).isEqualTo(303);
      assertThat(answer.headers().first("Location").orElseThrow())
          .isEqualTo("/login?next=" + Words.url(target));
      assertThat(answer.body()).isEmpty();
    }
    assertThat(hub.send("GET", "/live", Headers.NONE, "").status()).isEqualTo(401);
  }

  @Test
  void a_page_that_asks_for_itself_after_the_session_ended_is_sent_to_the_login_as_a_whole()
      throws Exception {
    var answer = hub.send("GET", "/agents?q=x", Headers.of("HX-Request", "true"), "");
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.headers().first("HX-Redirect")).contains("/login?next=%2Fagents%3Fq%3Dx");
  }

  @Test
  void every_page_is_there_for_an_admin_of_an_empty_hub_and_lets_nothing_run_in_it()
      throws Exception {
    for (var target : PAGES) {
      var answer = get("ada", target);
      assertThat(answer.status()).as(target).isEqualTo(200);
      assertThat(TestHub.text(answer)).as(target).doesNotContain("style=\"", "<script>", "onclick");
      assertThat(answer.headers().first("Content-Security-Policy").orElseThrow())
          .contains("default-src 'none'", "script-src 'self';", "style-src 'self';")
          .doesNotContain("unsafe");
      assertThat(answer.headers().first("Cache-Control")).contains("no-store");
      assertThat(answer.headers().first("X-Content-Type-Options")).contains("nosniff");
    }
  }

  @Test
  void a_viewer_sees_no_page_and_no_button_that_is_for_others() throws Exception {
    for (var target : List.of("/join", "/plan/new", "/audit")) {
      var answer = get("vera", target);
      assertThat(answer.status()).as(target).isEqualTo(403);
      assertThat(TestHub.text(answer)).contains("you have viewer");
    }
    var agent = hub.join();
    bring(agent, "disk", 2, "full");
    for (var target :
        List.of("/", "/agents", "/agents/" + agent, "/agents/" + agent + "/checks/disk", "/plan")) {
      assertThat(page("vera", target)).as(target).doesNotContain("data-api=\"POST", "data-run");
    }
    assertThat(page("vera", "/users")).doesNotContain(">oleg<", ">ada<");
  }

  @Test
  void what_others_wrote_is_shown_as_it_is_and_runs_nowhere() throws Exception {
    var agent = hub.join();
    var member = hub.rooms.fleet().byId(agent).orElseThrow();
    hub.rooms.fleet().rename(member, EVIL);
    hub.rooms.fleet().tag(member, java.util.Map.of("role", EVIL));
    bring(agent, "disk", 2, EVIL + "\n" + EVIL);
    var check = "/agents/" + agent + "/checks/disk";
    for (var target :
        List.of(
            "/",
            "/?q=" + Words.url(EVIL),
            "/agents",
            "/agents?q=" + Words.url(EVIL),
            "/agents/" + agent,
            check,
            "/plan/new?agent=" + Words.url(EVIL),
            "/alerts/silences?agent=" + Words.url(EVIL))) {
      assertThat(page("ada", target))
          .as(target)
          .doesNotContain("<script>alert", "<img src=x", "'\">");
    }
    assertThat(page("ada", check)).contains("&lt;script&gt;alert(1)");
    assertThat(TestHub.text(get("ada", "/login?next=" + Words.url(EVIL))))
        .doesNotContain("<script>alert");
  }

  @ParameterizedTest
  @CsvSource({
    "/agents/x?a=b, /agents/x?a=b",
    "//evil.example/, /",
    "https://evil.example/, /",
    "/\\evil.example, /",
    "javascript:alert(1), /"
  })
  void the_login_leads_to_a_page_of_this_hub(String next, String to) throws Exception {
    var answer = hub.send("GET", "/login?next=" + Words.url(next), Headers.NONE, "");
    assertThat(TestHub.text(answer)).contains("data-then=\"" + to + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/agents/nobody",
        "/plan/checks/none",
        "/plan/versions/7",
        "/plan/versions/x",
        "/alerts/rules/none",
        "/plan/files?name=../../etc"
      })
  void what_is_not_there_is_a_page_that_says_so(String target) throws Exception {
    var answer = get("ada", target);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(TestHub.text(answer)).contains("There is no such", "To the overview");
  }

  @Test
  void programs_get_a_line_for_what_is_not_there() throws Exception {
    var answer = hub.send("GET", "/nothing", Headers.NONE, "");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(TestHub.text(answer)).isEqualTo("404 page not found\n");
  }

  @Test
  void what_pages_load_is_kept_for_good_under_an_address_with_its_digest() throws Exception {
    var page = TestHub.text(hub.send("GET", "/login", Headers.NONE, ""));
    int begin = page.indexOf("/assets/");
    var path = page.substring(begin, page.indexOf('/', begin + 8) + 1);
    for (var name : List.of("happo.css", "happo.js", "htmx.min.js", "chart.umd.min.js", "ace.js")) {
      var plain = hub.send("GET", path + name, Headers.NONE, "");
      assertThat(plain.status()).as(name).isEqualTo(200);
      assertThat(plain.headers().first("Cache-Control").orElseThrow()).contains("immutable");
      var packed = hub.send("GET", path + name, Headers.of("Accept-Encoding", "gzip"), "");
      assertThat(packed.headers().first("Content-Encoding")).contains("gzip");
      try (var gzip = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
        assertThat(gzip.readAllBytes()).isEqualTo(plain.body());
      }
    }
    assertThat(hub.send("GET", path + "WebDoor.class", Headers.NONE, "").status()).isEqualTo(404);
    var old = hub.send("GET", "/assets/0000/happo.css", Headers.NONE, "");
    assertThat(old.headers().first("Cache-Control")).contains("no-cache");
  }

  @Test
  void an_open_page_is_told_that_something_has_changed() throws Exception {
    var agent = hub.join();
    var stream = hub.send("GET", "/live", session("vera"), "").streamed().orElseThrow();
    var said = new ConcurrentLinkedQueue<String>();
    var reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    stream.write(bytes -> said.add(new String(bytes, StandardCharsets.UTF_8)));
                  } catch (Exception e) {
                    // It is interrupted, below.
                  }
                });
    await().until(() -> said.stream().anyMatch(text -> text.startsWith("event: changed")));
    int before = said.size();
    bring(agent, "disk", 2, "full");
    await().until(() -> said.size() > before);
    assertThat(said.stream().skip(before)).allMatch(text -> text.startsWith("event: changed"));
    reader.interrupt();
    reader.join();
  }

  @Test
  void the_same_state_makes_the_same_page_so_that_nothing_jumps() throws Exception {
    var agent = hub.join();
    bring(agent, "disk", 2, "full | a=1");
    var session = session("vera");
    for (var target : List.of("/", "/agents", "/agents/" + agent)) {
      var first = TestHub.text(hub.send("GET", target, session, ""));
      var second = TestHub.text(hub.send("GET", target, session, ""));
      assertThat(withoutRange(second)).isEqualTo(withoutRange(first));
    }
  }

  /** The time that graphs show goes on. */
  private static String withoutRange(String page) {
    return page.replaceAll("(?s)<div id=\"range\".*?</div>", "");
  }

  @Test
  void what_is_of_many_agents_has_a_page_that_names_none() throws Exception {
    var result = new Item.CheckResult("memory", 1, 1, 2, 2, "of all", "", 3);
    hub.rooms.intake().submit(0, new ToHub.Results("e", 1, List.of(result))).join();
    assertThat(page("oleg", "/")).contains("/agents/@hub/checks/memory").doesNotContain(">@hub<");
    assertThat(page("oleg", "/agents/@hub/checks/memory"))
        .contains("<h1>memory</h1>", "of all", "Silence memory</h2>");
    assertThat(page("oleg", "/agents")).doesNotContain("@hub");
  }

  @Test
  void a_check_of_the_plan_is_shown_with_the_text_of_its_script() throws Exception {
    var files =
        Json.parseObject(
            """
            {"files": {"a.yaml": {"checks": [{"name": "disk", "script": "disk.sh", "every": "1m",
              "for": {"tags": {"role": ["web", "db"]}, "facts": {"os": "linux"}},
              "arguments": ["-w", "a b"]},
              {"name": "raid", "builtin": "check_md_raid", "every": "1m",
              "for": {"facts": {"mdRaid": "true"}}}],
              "scripts": {"disk.sh": "#!/bin/sh\\nexit 1\\n"}}}}
            """
                .getBytes(StandardCharsets.UTF_8));
    var json = new io.happo.core.JsonWriter().value(files).toString();
    assertThat(hub.as("oleg", "PUT", "/v1/plan", json).status()).isEqualTo(200);
    assertThat(page("vera", "/plan/checks/disk"))
        .contains("exit 1", "value=\"role=web,db\"", "value=\"-w &#39;a b&#39;\"");
    assertThat(page("vera", "/plan"))
        .containsOnlyOnce("none: a mistyped tag?")
        .containsOnlyOnce("<span class=\"faint\">none</span>");
    assertThat(page("vera", "/plan/files")).contains("disk.sh: |");
    assertThat(page("vera", "/plan/versions/1")).contains("This is what counts now.");
  }
}
