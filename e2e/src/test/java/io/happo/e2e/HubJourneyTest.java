package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a new user does with a hub and an agent, by the commands of the README. */
@Timeout(300)
final class HubJourneyTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder;
  private HubDaemon hub;

  @BeforeEach
  void start() {
    hub = HubDaemon.start(folder.resolve("hub"));
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private Daemon agent(String name, String... flags) {
    return Daemon.start(folder.resolve(name), flags);
  }

  private void join(Path home, String token) {
    var run =
        Run.of(home, Map.of(), List.of(Programs.agent().toString(), "join", hub.url(), token));
    assertThat(run.exit()).as(run.stderr()).isZero();
  }

  private void awaitConnected(int agents) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(hub.say("agents", "--state", "connected").lines().skip(1))
                    .hasSize(agents));
  }

  private Path plan(String yaml) throws IOException {
    var plan = Files.createDirectories(folder.resolve("plan"));
    Files.writeString(plan.resolve("checks.yaml"), yaml);
    return plan;
  }

  @Test
  void an_agent_joins_with_one_line_runs_a_script_of_the_plan_and_its_history_is_seen()
      throws Exception {
    var scripts = Files.createDirectories(folder.resolve("plan/scripts"));
    Files.writeString(scripts.resolve("hello.sh"), "#!/bin/sh\necho \"OK - hello $1|n=1\"\n");
    var plan =
        plan(
            """
            checks:
              - name: hello
                script: hello.sh
                arguments: world
                every: 1s
            """);
    try (var agent = agent("agent")) {
      join(agent.folder(), hub.token());
      awaitConnected(1);
      assertThat(hub.say("plan", "apply", plan.toString())).contains("+ hello", "version 1");
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(hub.say("checks")).contains("hello", "ok", "OK - hello world"));
      var name = hub.say("agents").lines().skip(1).findFirst().orElseThrow().split(" ", 2)[0];
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(hub.say("history", name, "hello").lines().count()).isGreaterThan(3));
      assertThat(hub.say("plan", "apply", plan.toString())).contains("Nothing changes");
      var run = hub.run("run", name, "hello");
      assertThat(run.exit()).as(run.stderr()).isZero();
      assertThat(run.stdout()).isEqualTo("OK - hello world|n=1\n");
    }
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(hub.say("agents", "--state", "away")).contains("stopped"));
  }

  @Test
  void a_plugin_of_a_folder_beside_the_plan_runs_on_the_agent_and_goes_with_the_plan()
      throws Exception {
    var tools = Files.createDirectories(folder.resolve("plan/plugins/tools/lib"));
    Files.writeString(tools.resolve("words.sh"), "hello=hello\n");
    Files.writeString(
        tools.resolveSibling("check_hello"),
        "#!/bin/sh\n. ./lib/words.sh\necho \"OK - $hello $1|n=1\"\n");
    var plan =
        plan(
            """
            checks:
              - name: hello
                bundle: tools
                plugin: check_hello '{{facts.none|the world}}'
                every: 1s
            """);
    try (var agent = agent("agent")) {
      join(agent.folder(), hub.token());
      awaitConnected(1);
      assertThat(hub.say("plan", "diff", plan.toString())).contains("+ hello", "trial");
      assertThat(hub.say("plan", "apply", plan.toString())).contains("+ hello", "version 1");
      var name = hub.say("agents").lines().skip(1).findFirst().orElseThrow().split(" ", 2)[0];
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(hub.say("history", name, "hello")).contains("OK - hello the world"));
      assertThat(hub.run("run", name, "hello").stdout()).isEqualTo("OK - hello the world|n=1\n");
      assertThat(hub.say("plan", "apply", plan.toString())).contains("Nothing changes");
      var bundles = agent.folder().resolve("happo-agent.hub/bundles");
      assertThat(bundles).isNotEmptyDirectory();
      hub.say("plan", "apply", plan("checks: []").toString());
      await().atMost(SOON).untilAsserted(() -> assertThat(bundles).isEmptyDirectory());
    }
  }

  @Test
  void an_agent_without_approval_waits_for_it() throws Exception {
    var command = hub.say("token", "create").strip();
    var token = command.substring(command.lastIndexOf(' ') + 1).replace("'", "");
    try (var agent = agent("agent")) {
      join(agent.folder(), token);
      await()
          .atMost(SOON)
          .untilAsserted(
              () -> assertThat(hub.say("agents", "--state", "pending").lines().skip(1)).hasSize(1));
      var id =
          Run.text(agent.folder().resolve("happo-agent.hub/hub.json")).isEmpty()
              ? ""
              : hub.say("agents", "--state", "pending").lines().skip(1).findFirst().orElseThrow();
      hub.say("agent", "approve", id.split(" ", 2)[0]);
      awaitConnected(1);
      hub.say("agent", "revoke", id.split(" ", 2)[0]);
      awaitConnected(0);
      assertThat(hub.say("audit")).contains("agent.approve", "agent.revoke", "token.create");
    }
  }

  @Test
  void a_script_that_nobody_saved_runs_and_is_heard_while_it_runs() throws Exception {
    try (var agent = agent("agent")) {
      join(agent.folder(), hub.token());
      awaitConnected(1);
      var name = hub.say("agents").lines().skip(1).findFirst().orElseThrow().split(" ", 2)[0];
      var script = folder.resolve("look.sh");
      Files.writeString(script, "#!/bin/sh\necho looking; echo found >&2; exit 1\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rw-------"));
      var run = hub.run("run", name, "--script", script.toString());
      assertThat(run.exit()).as(run.stderr()).isEqualTo(1);
      assertThat(run.stdout()).contains("looking");
      var refused = hub.run("run", name, "nothing");
      assertThat(refused.exit()).isEqualTo(3);
      assertThat(refused.stderr()).contains("has no check 'nothing'");
    }
  }

  @Test
  void a_plan_with_mistakes_is_refused_with_all_of_them() throws Exception {
    var plan =
        plan(
            """
            checks:
              - name: one
                plugin: check_load
                evry: 1m
              - name: one
                plugin: check_load | sort
                every: 1m
            """);
    var run = hub.run("plan", "apply", plan.toString());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.stderr()).contains("evry", "every", "one", "shell");
  }

  @Test
  void what_is_stored_survives_a_backup_and_a_restore() {
    hub.token();
    var copy = folder.resolve("copy.db").toString();
    var backup =
        Run.of(
            hub.folder(),
            Map.of(),
            List.of(Programs.hub().toString(), "backup", "--data", "data", copy));
    assertThat(backup.exit()).as(backup.stderr()).isZero();
    assertThat(Path.of(copy)).isNotEmptyFile();
  }
}
