package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.RequestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every page of the hub is looked at in every view, by the same rules. */
@Timeout(120)
final class WebPagesTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  enum For {
    EVERYONE,
    USERS
  }

  /**
   * @param path AGENT stands for the id of an agent, NAME for its name
   * @param who gets to see it
   * @param heading its one h1; NAME stands for the name of that agent
   */
  record Visit(String name, String path, For who, String heading) {
    String realPath() {
      return path.replace("AGENT", agentId).replace("NAME", agentName);
    }

    String realHeading() {
      return heading.replace("NAME", agentName);
    }

    int status() {
      return name.startsWith("no") ? 404 : 200;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Visit> PAGES =
      List.of(
          new Visit("login", "/login", For.EVERYONE, "Log in"),
          new Visit("overview", "/", For.USERS, "2 troubles"),
          new Visit("agents", "/agents", For.USERS, "Agents"),
          new Visit("agent", "/agents/AGENT", For.USERS, "NAME"),
          new Visit("check", "/agents/AGENT/checks/disk", For.USERS, "disk on NAME"),
          new Visit("trouble", "/agents/AGENT/checks/web", For.USERS, "web on NAME"),
          new Visit("join", "/join", For.USERS, "Add an agent"),
          new Visit("plan", "/plan", For.USERS, "Checks and plan"),
          new Visit("plan-check", "/plan/checks/disk", For.USERS, "disk"),
          new Visit("plan-new", "/plan/new", For.USERS, "New check"),
          new Visit("plan-files", "/plan/files", For.USERS, "Files of the plan"),
          new Visit("plan-default", "/plan/files?new=default", For.USERS, "Files of the plan"),
          new Visit("plan-versions", "/plan/versions", For.USERS, "Versions of the plan"),
          new Visit("plan-version", "/plan/versions/1", For.USERS, "Version 1"),
          new Visit("alerts", "/alerts", For.USERS, "Alerts"),
          new Visit("silences", "/alerts/silences", For.USERS, "Silences and downtimes"),
          new Visit("rules", "/alerts/rules", For.USERS, "Rules"),
          new Visit("rule", "/alerts/new", For.USERS, "New rule"),
          new Visit("channels", "/alerts/channels", For.USERS, "Channels"),
          new Visit("dashboards", "/dashboards", For.USERS, "Dashboards"),
          new Visit("dashboard", "/dashboards/host?agent=NAME", For.USERS, "Host NAME"),
          new Visit("dashboard-new", "/dashboards/new?copy=fleet", For.USERS, "New dashboard"),
          new Visit("users", "/users", For.USERS, "Users and tokens"),
          new Visit("audit", "/audit", For.USERS, "Audit log"),
          new Visit("not-found", "/no-such-page", For.USERS, "There is no such page"),
          new Visit("no-agent", "/agents/nobody", For.USERS, "There is no such agent"),
          new Visit("no-dashboard", "/dashboards/nothing", For.USERS, "There is no such page"));

  /** Pictures that the docs show. */
  private static final Set<String> IN_DOCS =
      Set.of(
          "overview-desktop-light",
          "overview-desktop-dark",
          "overview-phone-light",
          "check-desktop-light",
          "plan-new-desktop-light");

  @RegisterExtension static final Browsing BROWSING = new Browsing();

  @TempDir static Path folder;
  private static HubDaemon hub;
  private static Daemon agent;
  private static String agentId = "";
  private static String agentName = "";
  private static boolean loginTried;
  private static String session = "";

  private Browser browser;

  @BeforeAll
  static void start() throws Exception {
    hub = HubDaemon.start(folder.resolve("hub"));
    agent = Daemon.start(folder.resolve("agent"));
    var join =
        Run.of(
            agent.folder(),
            Map.of(),
            List.of(Programs.agent().toString(), "join", hub.url(), hub.token()));
    assertThat(join.exit()).as(join.stderr()).isZero();
    applyPlan();
    await().atMost(SOON).until(() -> hub.say("checks").contains("critical"));
    var first = hub.get("/v1/agents").at("agents").items().getFirst();
    agentId = first.at("id").text();
    agentName = first.at("name").text();
  }

  /** Checks that are well and such that are not, so that there is something to be seen. */
  private static void applyPlan() throws IOException {
    var plan = Files.createDirectories(folder.resolve("plan"));
    Files.writeString(
        plan.resolve("checks.yaml"),
        """
        checks:
          - {name: disk, script: disk.sh, every: 2s}
          - {name: backup, script: backup.sh, every: 2s, retry: 1s, attempts: 2}
          - {name: web, script: web.sh, every: 2s, retry: 1s, attempts: 2}
          - {name: uptime, builtin: uptime, every: 5s}
        scripts:
          disk.sh: |
            #!/bin/sh
            echo 'DISK OK - 42 % of / used | used=42%;80;90;0;100'
          backup.sh: |
            #!/bin/sh
            echo 'WARNING - the last backup is 31 hours old | age=31h;26;48'
            exit 1
          web.sh: |
            #!/bin/sh
            echo 'CRITICAL - connection refused'
            exit 2
        """);
    hub.say("plan", "apply", plan.toString());
  }

  @BeforeEach
  void lookAtHub() {
    browser = BROWSING.at(hub.url());
  }

  /** Cookies of the one login of all tests. */
  private String session() {
    if (!loginTried) {
      loginTried = true;
      var page = browser.page(View.DESKTOP_LIGHT);
      new HubPages(page).logIn("admin", hub.adminPassword());
      session = Browser.session(page);
      browser.assertQuiet();
      browser.closePages();
    }
    assertThat(session).as("session: the login failed, in another test").isNotEmpty();
    return session;
  }

  @AfterAll
  static void stop() {
    agent.close();
    hub.close();
  }

  static Stream<Arguments> visits() {
    return PAGES.stream()
        .flatMap(
            visit ->
                Stream.of(View.DESKTOP_LIGHT, View.PHONE_LIGHT)
                    .map(view -> Arguments.of(visit, view)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("visits")
  void every_page_keeps_the_rules(Visit visit, View view) {
    var page = browser.page(view, visit.who == For.USERS ? session() : "");
    var answer = page.navigate(visit.realPath());
    assertThat(answer.status()).as("status of " + page.url()).isEqualTo(visit.status());
    assertThat(page.url()).isEqualTo(hub.url() + visit.realPath());
    SoftAssertions.assertSoftly(
        softly -> {
          softly
              .assertThat(page.locator("h1").allInnerTexts())
              .as("h1")
              .containsExactly(visit.realHeading());
          softly.assertThat(page.title()).as("title").endsWith(" · Happo");
          softly.assertThat(page.getByRole(AriaRole.MAIN).count()).as("<main>").isEqualTo(1);
          softly.check(() -> browser.axe(page));
          softly.check(() -> browser.noSideways(page));
          softly.check(() -> browser.allNamed(page));
          softly.check(() -> takePicture(page, visit.name + "-" + view));
          softly.check(() -> browser.canSkipToContent(page));
          browser.darken(page);
          softly.check(() -> browser.axe(page));
          softly.check(() -> takePicture(page, visit.name + "-" + view.dark()));
          softly.check(browser::assertQuiet);
        });
  }

  private void takePicture(Page page, String name) {
    if (IN_DOCS.contains(name)) {
      browser.docsImage(page, name);
    }
  }

  @Test
  void a_browser_gets_an_answer() {
    var page = browser.page(View.PHONE_LIGHT);
    assertThat(page.navigate("/").status()).isEqualTo(200);
    assertThat(page.locator("body").innerText()).isNotBlank();
  }

  static Stream<Visit> visitsOfUsers() {
    return PAGES.stream().filter(visit -> visit.who == For.USERS);
  }

  @Test
  void what_is_for_users_leads_others_to_the_login() {
    var request = browser.page(View.DESKTOP_LIGHT).request();
    visitsOfUsers()
        .forEach(
            visit -> {
              var answer =
                  request.get(
                      visit.realPath(),
                      RequestOptions.create().setMaxRedirects(0).setHeader("Accept", "text/html"));
              assertThat(answer.status()).as(visit.name).isEqualTo(303);
              assertThat(answer.headers().get("location")).startsWith("/login?next=");
            });
  }
}
