package io.happo.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A first day with the hub's pages, in a real browser, with a real agent and a real mail server.
 */
@Timeout(300)
final class WebJourneyTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @RegisterExtension static final Browsing BROWSING = new Browsing();

  @TempDir Path folder;
  private GreenMail mail;
  private HubDaemon hub;
  private Daemon agent;
  private Browser browser;

  @BeforeEach
  void start() {
    mail = new GreenMail(new ServerSetup(Ports.free(), "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    mail.start();
    mail.setUser("happo", "happo", "mail-word");
    hub = HubDaemon.start(folder.resolve("hub"));
    agent = Daemon.start(folder.resolve("agent"));
    browser = BROWSING.at(hub.url());
  }

  @AfterEach
  void stop() {
    agent.close();
    hub.close();
    mail.stop();
  }

  private void say(int code) throws IOException {
    var next = Files.writeString(folder.resolve("code.new"), code + "\n");
    Files.move(next, folder.resolve("code"), StandardCopyOption.ATOMIC_MOVE);
  }

  private List<String> subjects() {
    var subjects = new ArrayList<String>();
    for (MimeMessage message : mail.getReceivedMessages()) {
      try {
        subjects.add(message.getSubject());
      } catch (MessagingException e) {
        throw new AssertionError(e);
      }
    }
    return subjects;
  }

  private void awaitMail(String... subjects) {
    await().atMost(SOON).untilAsserted(() -> assertThat(subjects()).containsExactly(subjects));
  }

  private static void awaitVisible(Locator locator) {
    assertThat(locator)
        .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout((double) SOON.toMillis()));
  }

  private static void awaitText(Locator locator, String text) {
    assertThat(locator)
        .containsText(
            text,
            new LocatorAssertions.ContainsTextOptions()
                .setTimeout((double) SOON.toMillis())
                .setIgnoreCase(true));
  }

  private void join(String token) {
    join(token, agent.folder());
  }

  private void join(String token, Path agent) {
    var join =
        Run.of(agent, Map.of(), List.of(Programs.agent().toString(), "join", hub.url(), token));
    assertThat(join.exit()).as(join.stderr()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"DESKTOP_LIGHT", "PHONE_DARK"})
  void from_the_first_agent_to_a_trouble_that_is_over(View view) throws Exception {
    var pages = new HubPages(browser.page(view));
    pages.logIn("admin", hub.adminPassword());

    // An agent joins, and is seen without loading the page again.
    var token = pages.joinToken();
    pages.mark();
    join(token);
    var name = awaitName();
    awaitText(pages.newcomers(), name);
    awaitText(pages.newcomers(), "connected");
    assertThat(pages.isSamePage()).isTrue();

    // Whom to tell.
    pages.mailChannel(
        "ops", "ops@example.com", "127.0.0.1:" + mail.getSmtp().getPort(), "happo", "mail-word");
    pages.tryChannel("ops");
    var trial =
        "WARNING: happo-hub trial - This is a trial, which admin asked for: the channel works.";
    awaitMail(trial);

    // A script is written, tried and saved. What it says is seen while it runs.
    say(0);
    var gate = folder.resolve("gate");
    pages.newCheck(
        "state",
        """
        #!/bin/sh
        echo begun
        while [ ! -e %s ]; do sleep 0.1; done
        echo done
        """
            .formatted(gate));
    pages.tryOn(name);
    awaitText(pages.output(), "begun");
    assertThat(pages.output()).not().containsText("done");
    Files.createFile(gate);
    awaitText(pages.output(), "done");
    pages.write(
        """
        #!/bin/sh
        read -r code <%s
        echo "says $code"
        exit $code
        """
            .formatted(folder.resolve("code")));
    pages.tryOn(name);
    awaitText(pages.output(), "says 0");
    pages.saveCheck();

    // It fails: the overview shows it by itself, and one mail comes.
    pages.overview();
    pages.mark();
    say(2);
    awaitVisible(pages.trouble(name, "state"));
    assertThat(pages.isSamePage()).isTrue();
    var told = "CRITICAL: " + name + " state - says 2";
    awaitMail(trial, told);

    // Silenced on its page, it is not told of again; the page follows it until it is well.
    pages.openCheck(name, "state");
    pages.mark();
    awaitText(pages.status(), "critical");
    pages.silenceUntilWell("being worked on");
    awaitVisible(pages.text("being worked on"));
    pages.mark();
    say(0);
    awaitText(pages.status(), "ok");
    assertThat(pages.isSamePage()).isTrue();
    awaitMail(trial, told, "OK again: " + name + " state - says 0");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(hub.say("silence", "list")).contains("no "));

    browser.assertQuiet();
  }

  @Test
  void what_nobody_changes_in_a_form_stays_as_the_plan_has_it() throws Exception {
    var plan = Files.createDirectories(folder.resolve("plan"));
    Files.writeString(
        plan.resolve("checks.yaml"),
        """
        checks:
          - name: times
            plugin: check_times
            arguments: -e "\\d+" 'a b'
            cron: "30 6 * * *"
            timezone: Europe/Berlin
            env: {LANG: C}
            for: {agents: [vm*, "db*"], tags: {role: [web, db]}, facts: {os: linux}}
          - {name: other, script: own.sh, every: 1m}
        scripts:
          own.sh: |
            #!/bin/sh
            echo own
        alerts:
          - name: web
            checks: [times, "o*"]
            states: [critical]
            tell: [ops, boss]
            escalate: [{after: 30m, tell: boss}]
            for: {facts: {os: linux}}
        """);
    hub.say("plan", "apply", plan.toString());
    var before = planText();
    var pages = new HubPages(browser.page(View.DESKTOP_LIGHT));
    pages.logIn("admin", hub.adminPassword());

    pages.change("/plan/checks/times", "Tries until certain", "7");
    var withAttempts = before.replaceFirst("os: linux\n", "os: linux\n    attempts: 7\n");
    assertThat(withAttempts).isNotEqualTo(before);
    assertThat(planText()).isEqualTo(withAttempts);

    pages.change("/alerts/rules/web", "Again each", "4h");
    assertThat(planText().replace("    repeat: 4h\n", "")).isEqualTo(withAttempts);
    browser.assertQuiet();

    // One of the name of another takes nobody's place.
    pages.page().navigate("/plan/new");
    pages.fill("Name", "times");
    pages.save();
    awaitVisible(pages.text("The plan has a check 'times' already."));
  }

  @Test
  void what_nobody_changes_of_a_dashboard_stays_as_its_file_has_it() throws Exception {
    var file =
        Files.writeString(
            folder.resolve("sites.yaml"),
            """
            name: sites
            choose:
              - {name: site, tag: the site, all: true}
            graphs:
              - title: Fields
                metric: [a, b*]
                for: {tags: {site: [fra, ber]}}
                aggregate: sum
                by: site
              - {title: Blank, metric: load1, for: {tags: {site: [New York, "{{site}}"]}}}
              - {title: Comma, metric: ["disk,used"], as: rate, min: 0}
            """);
    hub.say("dashboard", "import", file.toString());
    var before = hub.get("/v1/dashboards/sites").at("dashboard").json();
    var pages = new HubPages(browser.page(View.DESKTOP_LIGHT));
    pages.logIn("admin", hub.adminPassword());

    pages.change("/dashboards/sites/edit", "Again each", "5m");
    assertThat(hub.get("/v1/dashboards/sites").at("dashboard").json())
        .isNotEqualTo(before)
        .isEqualTo(before.replace("\"refresh\":\"1m\"", "\"refresh\":\"5m\""));
    browser.assertQuiet();
  }

  @Test
  void a_dashboard_compares_units_and_keeps_what_is_picked() throws Exception {
    var plan = Files.createDirectories(folder.resolve("plan"));
    Files.writeString(
        plan.resolve("checks.yaml"),
        """
        checks:
          - {name: answers, script: answers.sh, every: 1s}
        scripts:
          answers.sh: |
            #!/bin/sh
            echo 'OK | time=0.4s rta=25.3ms'
        """);
    hub.say("plan", "apply", plan.toString());
    join(hub.token());
    awaitName();
    call("web-1", "web-1");
    join(hub.token(), Files.createDirectories(folder.resolve("other")));
    call("web-10", "web-1");
    await()
        .atMost(SOON)
        .until(() -> !hub.get("/v1/metrics/query?metric=rta").at("series").items().isEmpty());
    var pages = new HubPages(browser.page(View.DESKTOP_LIGHT));
    pages.logIn("admin", hub.adminPassword());
    pages.page().navigate("/dashboards/host?agent=web-1");

    var table = pages.inNumbers(pages.graph("Answers"));
    assertThat(table.getByRole(AriaRole.ROW))
        .containsText(new String[] {"Newest", "time400 ms", "rta25.3 ms"});

    // Who picks another one sees this one until then, and types on past names that begin alike.
    var agents = pages.picked("agent");
    agents.focus();
    browser.darken(pages.page());
    assertThat(pages.heading()).hasText("Host web-1");
    assertThat(pages.graph("Answers")).containsText("400 ms");
    agents.pressSequentially("web-10");
    agents.press("Enter");
    pages.page().waitForURL(url -> url.endsWith("?agent=web-10"));
    assertThat(pages.heading()).hasText("Host web-10");
    browser.assertQuiet();
  }

  /** Calls the agent so that has another name than that. */
  private void call(String name, String other) {
    var id =
        hub.get("/v1/agents").at("agents").items().stream()
            .filter(one -> !one.at("name").text().equals(other))
            .map(one -> one.at("id").text())
            .findFirst()
            .orElseThrow();
    hub.say("agent", "edit", id, "--name", name);
  }

  private String planText() {
    return hub.get("/v1/plan?form=yaml").at("files").at("checks.yaml").text();
  }

  /** The name that the agent has got. */
  private String awaitName() {
    await().atMost(SOON).until(() -> !hub.get("/v1/agents").at("agents").items().isEmpty());
    return hub.get("/v1/agents").at("agents").items().getFirst().at("name").text();
  }
}
