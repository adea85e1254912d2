package io.happo.agent.orders;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.agent.scheduler.Checks;
import io.happo.agent.scheduler.HubMayRun;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToHub.RunEnd;
import io.happo.core.plan.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is run at once for a hub. */
@Timeout(60)
class RunOrdersTest {
  private static final String SCRIPT = "#!/bin/sh\necho \"from $0\"\n";

  @TempDir Path folder;
  private Orders orders;
  private final List<String> heard = new CopyOnWriteArrayList<>();

  @BeforeEach
  void start() throws IOException {
    orders = new Orders(folder);
    orders.plugin("check_x", "echo \"x $1\"; exit 1");
  }

  @AfterEach
  void stop() {
    orders.close();
  }

  private RunEnd run(HubMayRun mayRun, String kind, String text, String signature, int seconds) {
    var plan = Orders.plan(Checks.running("planned", Work.Plugin.of("check_x p")));
    return orders
        .runs(mayRun, Optional.of(plan))
        .run(new ToAgent.Run("r1", new ToAgent.Work(kind, text, signature), seconds), heard::add);
  }

  private RunEnd command(String line) {
    return run(HubMayRun.INSTALLED, "command", line, "", 30);
  }

  @Test
  void a_command_is_run_heard_and_its_result_told() {
    var end = command("check_x '$HOME; a'");
    assertThat(end.id()).isEqualTo("r1");
    assertThat(end.outcome()).isEqualTo("exited");
    assertThat(end.message()).isEmpty();
    var result = end.result().orElseThrow();
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.output()).isEqualTo("x $HOME; a\n");
    assertThat(String.join("", heard)).isEqualTo("x $HOME; a\n");
  }

  @Test
  void a_check_of_the_plan_is_run_by_its_name() {
    assertThat(run(HubMayRun.BUILTIN, "check", "planned", "", 30).result().orElseThrow().output())
        .isEqualTo("x p\n");
    var end = run(HubMayRun.ANYTHING, "check", "other", "", 30);
    assertThat(end.outcome()).isEqualTo("refused");
    assertThat(end.message()).isEqualTo("this agent's plan has no check 'other'");
    var without = orders.runs(HubMayRun.ANYTHING, Optional.empty());
    var run = new ToAgent.Run("r1", new ToAgent.Work("check", "planned", ""), 30);
    assertThat(without.run(run, heard::add).outcome()).isEqualTo("refused");
  }

  @ParameterizedTest
  @CsvSource({
    "BUILTIN,   command,  false",
    "BUILTIN,   signed,   false",
    "INSTALLED, command,  true",
    "INSTALLED, signed,   false",
    "INSTALLED, unsigned, false",
    "BUNDLES,   command,  true",
    "BUNDLES,   signed,   true",
    "BUNDLES,   unsigned, false",
    "BUNDLES,   strange,  false",
    "BUNDLES,   other,    false",
    "ANYTHING,  signed,   true",
    "ANYTHING,  unsigned, true",
    "ANYTHING,  strange,  true"
  })
  void the_agents_own_settings_say_what_is_run(HubMayRun mayRun, String what, boolean allowed) {
    var end =
        switch (what) {
          case "command" -> run(mayRun, "command", "check_x", "", 30);
          case "signed" -> run(mayRun, "script", SCRIPT, orders.hub.sign(SCRIPT), 30);
          case "strange" -> run(mayRun, "script", SCRIPT, orders.stranger.sign(SCRIPT), 30);
          case "other" -> run(mayRun, "script", SCRIPT, orders.hub.sign("#!/bin/sh\n"), 30);
          default -> run(mayRun, "script", SCRIPT, "", 30);
        };
    assertThat(end.outcome()).isEqualTo(allowed ? "exited" : "refused");
    assertThat(end.result().isPresent()).isEqualTo(allowed);
    if (!allowed) {
      assertThat(end.message())
          .contains("this agent's own settings forbid it: --hub-may-run is " + mayRun.word());
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void no_script_is_run_while_nobody_knows_who_signs() {
    orders.signer = Optional.empty();
    assertThat(run(HubMayRun.BUNDLES, "script", SCRIPT, orders.hub.sign(SCRIPT), 30).outcome())
        .isEqualTo("refused");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/bin/sh -c id",
        "../the-hubs.key",
        "..",
        "check_x | id",
        "check_x; id",
        "-c",
        "'"
      })
  void a_command_names_an_installed_plugin_and_nothing_else(String line) {
    var end = command(line);
    assertThat(end.outcome()).isEqualTo("refused");
    assertThat(end.message()).startsWith("the command ");
    assertThat(heard).isEmpty();
  }

  @Test
  void a_plugin_that_is_not_there_says_so() {
    var end = command("check_none");
    assertThat(end.result().orElseThrow().status()).isEqualTo(3);
    assertThat(end.message()).startsWith("UNKNOWN - plugin check_none is in none of");
  }

  @Test
  void a_script_is_there_while_it_runs_and_gone_afterwards() {
    var text = "#!/bin/sh\nstat -c %a \"$0\"\nexit 2\n";
    var end = run(HubMayRun.BUNDLES, "script", text, orders.hub.sign(text), 30);
    assertThat(end.result().orElseThrow().output()).isEqualTo("700\n");
    assertThat(end.result().orElseThrow().status()).isEqualTo(2);
    assertThat(folder.resolve("runs")).isEmptyDirectory();
  }

  @Test
  void a_script_that_does_not_say_what_runs_it_is_refused() {
    var end = run(HubMayRun.ANYTHING, "script", "echo hello\n", "", 30);
    assertThat(end.outcome()).isEqualTo("refused");
    assertThat(end.message()).contains("#!/bin/sh");
    end = run(HubMayRun.ANYTHING, "script", "#!/no/such/shell\n", "", 30);
    assertThat(end.result().orElseThrow().status()).isEqualTo(3);
    assertThat(end.message()).contains("could not be started");
  }

  @Test
  void what_runs_too_long_is_ended() throws Exception {
    orders.plugin("check_slow", "echo begun; sleep 600");
    var end = run(HubMayRun.INSTALLED, "command", "check_slow", "", 1);
    assertThat(end.outcome()).isEqualTo("timeout");
    assertThat(end.message()).startsWith("UNKNOWN - ended after 1 s");
    assertThat(end.result().orElseThrow().output()).contains("begun");
    assertThat(String.join("", heard)).isEqualTo("begun\n");
  }

  @Test
  void a_run_is_heard_while_it_runs_and_ends_on_request() throws Exception {
    orders.plugin("check_slow", "echo begun; sleep 600");
    var runs = orders.runs(HubMayRun.INSTALLED, Optional.empty());
    var run = new ToAgent.Run("r1", new ToAgent.Work("command", "check_slow", ""), 600);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var end = CompletableFuture.supplyAsync(() -> runs.run(run, heard::add), threads);
      await().until(() -> String.join("", heard).equals("begun\n"));
      runs.cancel("another");
      assertThat(end).isNotDone();
      runs.cancel("r1");
      assertThat(end.get().outcome()).isEqualTo("cancelled");
      assertThat(end.get().message()).isEqualTo("ended on request");
    }
    runs.cancel("r1"); // It is over: nothing happens.
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void a_run_that_is_cancelled_before_it_has_begun_ends_at_once() throws Exception {
    orders.plugin("check_slow", "sleep 600");
    var runs = orders.runs(HubMayRun.ANYTHING, Optional.empty());
    for (var kind : List.of("command", "script")) {
      var text = kind.equals("script") ? "#!/bin/sh\nsleep 600\n" : "check_slow";
      var run = new ToAgent.Run(kind, new ToAgent.Work(kind, text, ""), 600);
      runs.expect(kind);
      runs.cancel(kind);
      var end = runs.run(run, heard::add);
      assertThat(end.outcome()).isEqualTo("cancelled");
      assertThat(end.message()).isEqualTo("ended on request");
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  @Test
  void text_is_whole_wherever_its_bytes_are_cut() {
    var text = "aß✓🎉\n";
    var bytes = text.getBytes(UTF_8);
    for (int cut = 0; cut <= bytes.length; cut++) {
      var pieces = new ArrayList<String>();
      var stream = new Utf8Stream(pieces::add);
      stream.accept(java.util.Arrays.copyOfRange(bytes, 0, cut));
      stream.accept(java.util.Arrays.copyOfRange(bytes, cut, bytes.length));
      stream.end();
      assertThat(String.join("", pieces)).as("cut at " + cut).isEqualTo(text);
      assertThat(pieces).doesNotContain("").noneMatch(piece -> piece.contains("\ufffd"));
    }
    var pieces = new ArrayList<String>();
    var stream = new Utf8Stream(pieces::add);
    for (byte b : new byte[] {'a', (byte) 0xff, 'b', (byte) 0xe2, (byte) 0x9c}) {
      stream.accept(new byte[] {b});
    }
    stream.end();
    assertThat(String.join("", pieces)).isEqualTo("a\ufffdb\ufffd");
  }
}
