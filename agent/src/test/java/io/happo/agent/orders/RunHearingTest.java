package io.happo.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.checks.WithChecks;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.Insiders;
import io.happo.agent.exec.PluginPaths;
import io.happo.agent.scheduler.CheckRunner;
import io.happo.agent.scheduler.HubMayRun;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToHub.RunEnd;
import io.happo.core.plan.Check;
import io.happo.core.plan.Plan;
import io.happo.core.plan.PlanDocument;
import io.happo.core.plan.Schedule;
import io.happo.core.plan.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RunHearingTest {
  @TempDir Path folder;
  private final StringBuilder heard = new StringBuilder();
  private Exec exec;

  @BeforeEach
  void open() {
    exec =
        WithChecks.exec(
            new ExecSettings(4, 1 << 20, Duration.ofMillis(200), Map.of("PATH", "/usr/bin:/bin")),
            Insiders.When.MISSING,
            folder.resolve("memory"));
  }

  @AfterEach
  void close() {
    exec.close();
  }

  private RunOrders orders(Work work) {
    var check =
        new Check(
            "one",
            work,
            new Schedule.Every(Duration.ofMinutes(1)),
            Check.DEFAULT_TIMEOUT,
            Check.DEFAULT_RETRY,
            Check.DEFAULT_ATTEMPTS,
            new TreeMap<>());
    var plan = PlanDocument.of(new Plan(List.of(check), List.of()));
    return new RunOrders(
        HubMayRun.INSTALLED,
        () -> Optional.of(plan),
        new CheckRunner(exec, new PluginPaths(List.of(folder)), _ -> Optional.empty(), Map.of()),
        folder.resolve("runs"),
        Optional::empty,
        Clock.systemUTC());
  }

  private void plugin(String name, String script) throws IOException {
    var file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private static ToAgent.Run run() {
    return new ToAgent.Run("r1", new ToAgent.Work("check", "one", ""), 30);
  }

  @Test
  void a_built_in_check_is_heard_and_has_nothing_to_complain_of() {
    var end = orders(new Work.Builtin("agent", List.of())).run(run(), heard::append);
    assertThat(heard.toString()).startsWith("AGENT OK - happo-agent ");
    assertThat(end.message()).isEmpty();
    assertThat(end.outcome()).isEqualTo("exited");
  }

  @Test
  void what_is_said_to_stderr_alone_is_heard() throws Exception {
    plugin("check_x", "echo broken >&2; exit 2");
    var end = orders(Work.Plugin.of("check_x")).run(run(), heard::append);
    assertThat(heard.toString()).isEqualTo("broken\n");
    assertThat(end.result()).get().extracting("status").isEqualTo(2);
  }

  @Test
  void a_plugin_that_is_not_there_is_told_once() {
    var end = orders(Work.Plugin.of("check_y")).run(run(), heard::append);
    assertThat(heard.toString()).isEmpty();
    assertThat(end.message()).contains("plugin check_y is in none of");
  }

  @Test
  void a_cancellation_waits_until_what_is_being_said_is_said() throws Exception {
    plugin("check_x", "echo one; sleep 60");
    var orders = orders(Work.Plugin.of("check_x"));
    var speaking = new CountDownLatch(1);
    var interrupted = new CompletableFuture<Boolean>();
    var ended = new CompletableFuture<RunEnd>();
    Thread.ofVirtual()
        .start(
            () ->
                ended.complete(
                    orders.run(
                        run(),
                        _ -> {
                          speaking.countDown();
                          try {
                            Thread.sleep(300); // A link that takes its time.
                            interrupted.complete(false);
                          } catch (InterruptedException e) {
                            interrupted.complete(true);
                          }
                        })));
    speaking.await();
    orders.cancel("r1");
    assertThat(interrupted.get(30, TimeUnit.SECONDS)).isFalse();
    assertThat(ended.get(30, TimeUnit.SECONDS).outcome()).isEqualTo("cancelled");
  }
}
