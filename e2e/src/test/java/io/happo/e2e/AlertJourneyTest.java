package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Being told by a real mail server of what fails, by the commands of docs/alerts.md. */
@Timeout(300)
final class AlertJourneyTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder;
  private HubDaemon hub;
  private GreenMail mail;
  private Daemon agent;
  private String name = "";

  @BeforeEach
  void start() throws Exception {
    mail = new GreenMail(new ServerSetup(Ports.free(), "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    startMail();
    hub = HubDaemon.start(folder.resolve("hub"));
    agent = Daemon.start(folder.resolve("agent"));
    var join =
        Run.of(
            agent.folder(),
            Map.of(),
            List.of(Programs.agent().toString(), "join", hub.url(), hub.token()));
    assertThat(join.exit()).as(join.stderr()).isZero();
    await()
        .atMost(SOON)
        .until(() -> hub.say("agents", "--state", "connected").lines().count() == 2);
    name = hub.say("agents").lines().skip(1).findFirst().orElseThrow().split(" ", 2)[0];
    var plan = Files.createDirectories(folder.resolve("plan/scripts"));
    Files.writeString(
        plan.resolve("state.sh"),
        "#!/bin/sh\nread -r code <"
            + folder.resolve("code")
            + "\necho \"says $code\"; exit $code\n");
    Files.writeString(
        folder.resolve("plan/checks.yaml"),
        "checks:\n  - {name: state, script: state.sh, every: 1s, retry: 1s, attempts: 2}\n");
    say(0);
    hub.say("plan", "apply", folder.resolve("plan").toString());
  }

  @AfterEach
  void stop() {
    agent.close();
    hub.close();
    mail.stop();
  }

  private void startMail() {
    mail.start();
    mail.setUser("happo", "happo", "mail-word");
  }

  private void say(int code) throws IOException {
    Files.writeString(folder.resolve("code.new"), code + "\n");
    Files.move(
        folder.resolve("code.new"),
        folder.resolve("code"),
        java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  private void channel() throws IOException {
    var secret = folder.resolve("mail-password");
    Files.writeString(secret, "mail-word\n");
    hub.say(
        "channel",
        "set",
        "ops",
        "--kind",
        "mail",
        "--set",
        "to=ops@example.com",
        "--set",
        "server=127.0.0.1:" + mail.getSmtp().getPort(),
        "--set",
        "security=none",
        "--set",
        "user=happo",
        "--secret",
        "password=" + secret);
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

  private String status() {
    return hub.say("checks")
        .lines()
        .filter(line -> line.contains(" state "))
        .findFirst()
        .orElse("");
  }

  @Test
  void a_check_that_fails_is_told_once_by_mail_and_its_end_too() throws Exception {
    channel();
    assertThat(hub.say("channel", "test", "ops")).contains("taken");
    var trial =
        "WARNING: happo-hub trial - This is a trial, which admin asked for: the channel works.";
    awaitMail(trial);
    say(2);
    var told = "CRITICAL: " + name + " state - says 2";
    awaitMail(trial, told);
    assertThat(hub.say("alerts")).contains("state", "critical", "yes", "it has been told");
    hub.say("ack", name, "state", "--comment", "on it");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(hub.say("alerts")).contains("admin knows: on it"));
    say(0);
    awaitMail(trial, told, "OK again: " + name + " state - says 0");
    assertThat(hub.say("notes", name, "state")).contains("problem", "recovery", "by ops");
    assertThat(hub.say("messages")).contains("delivered");
    hub.say("silence", "add", "--agent", name, "--check", "state", "--until-well");
    say(2);
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(hub.say("alerts")).contains("silenced by admin"));
    say(0);
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(hub.say("silence", "list")).contains("no "));
    assertThat(subjects()).hasSize(3);
    assertThat(hub.say("audit"))
        .contains("channel.set", "channel.test", "check.acknowledge", "silence.add")
        .doesNotContain("mail-word");
  }

  @Test
  void a_hub_that_is_killed_tells_what_it_had_not_and_nothing_twice() throws Exception {
    channel();
    say(2);
    var told = "CRITICAL: " + name + " state - says 2";
    awaitMail(told);
    mail.stop();
    say(0);
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(hub.say("messages")).contains("waiting", "OK again"));
    hub = hub.killAndStart();
    startMail();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(subjects()).contains("OK again: " + name + " state - says 0"));
    assertThat(hub.say("messages").lines().filter(line -> line.contains("OK again"))).hasSize(1);
  }

  @Test
  void a_rule_of_the_plan_tells_whom_it_says_and_mistakes_are_told() throws Exception {
    channel();
    Files.writeString(
        folder.resolve("plan/alerts.yaml"),
        "alerts:\n  - {name: states, checks: sate, tell: opps}\n");
    var applied = hub.run("plan", "apply", folder.resolve("plan").toString());
    assertThat(applied.stdout()).contains("+ alert states");
    assertThat(applied.stderr())
        .contains("states: suits no check that its agents run")
        .contains("there is no channel 'opps' yet, by which rules tell; did you mean 'ops'?");
    Files.writeString(
        folder.resolve("plan/alerts.yaml"),
        "alerts:\n  - {name: states, checks: state, states: warning, tell: ops}\n");
    assertThat(hub.run("plan", "apply", folder.resolve("plan").toString()).stderr()).isEmpty();
    say(2);
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(hub.say("alerts")).contains("the rule does not tell this state"));
    say(1);
    awaitMail("WARNING: " + name + " state - says 1");
    assertThat(status()).contains("warning");
  }
}
