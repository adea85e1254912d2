package io.happo.agent.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.checks.WithChecks;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.Insiders;
import io.happo.agent.exec.PluginPaths;
import io.happo.core.link.Item;
import io.happo.core.plan.Check;
import io.happo.core.plan.Schedule;
import io.happo.core.plan.Work;
import io.happo.program.schedule.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What real commands come to. */
@Timeout(60)
class CheckRunnerTest {
  private static final String DIGEST = "0".repeat(64);
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/bin:/bin", "PLACE", "agent");

  @TempDir Path folder;
  private Exec exec;

  @BeforeEach
  void open() {
    exec =
        WithChecks.exec(
            new ExecSettings(4, 1 << 20, Duration.ofMillis(200), ENVIRONMENT),
            Insiders.When.MISSING,
            folder.resolve("memory"));
  }

  @AfterEach
  void close() {
    exec.close();
  }

  @Test
  void a_plugin_gets_its_arguments_as_they_are() throws IOException {
    program("check_x", "printf '%s|' \"$@\"; echo err >&2; exit 1");
    assertThat(run(Work.Plugin.of("check_x -w '$HOME; a' ''")))
        .isEqualTo(new Ran(1, 1, "-w|$HOME; a||"));
  }

  @Test
  void a_check_adds_its_variables_to_those_of_the_agent() throws IOException {
    program("check_x", "echo $PLACE $WHO $PWD");
    var here = Path.of("").toAbsolutePath();
    assertThat(run(Work.Plugin.of("check_x")).output()).isEqualTo("agent " + here + "\n");
    assertThat(run(Work.Plugin.of("check_x"), Map.of("PLACE", "check", "WHO", "me"), 30).output())
        .isEqualTo("check me " + here + "\n");
  }

  @Test
  void a_script_is_run_from_the_shelf() throws IOException {
    program("script", "echo \"script $1\"");
    assertThat(run(new Work.Script(DIGEST, List.of("a b")))).hasToString(ran(0, 0, "script a b\n"));
    assertThat(run(new Work.Script("1".repeat(64), List.of())).output())
        .contains("has not been fetched");
  }

  @Test
  void stderr_counts_only_where_stdout_is_silent() throws IOException {
    program("check_x", "echo trouble >&2; exit 2");
    assertThat(run(Work.Plugin.of("check_x"))).hasToString(ran(2, 2, "trouble\n"));
  }

  @Test
  void an_exit_that_no_plugin_has_is_unknown_and_kept() throws IOException {
    program("check_x", "echo odd; exit 42");
    program("check_y", "kill -9 $$");
    assertThat(run(Work.Plugin.of("check_x"))).hasToString(ran(3, 42, "odd\n"));
    assertThat(run(Work.Plugin.of("check_y")).exit()).isEqualTo(137);
  }

  @Test
  void a_plugin_that_does_not_end_is_unknown_with_what_it_wrote() throws IOException {
    program("check_x", "echo begun; sleep 60");
    assertThat(run(Work.Plugin.of("check_x"), Map.of(), 1))
        .hasToString(
            ran(
                3,
                -1,
                "UNKNOWN - ended after 1 s, the timeout of this check; until then it wrote:\n"
                    + "begun\n"));
  }

  @Test
  void what_cannot_be_run_is_unknown_and_says_what_to_do() throws IOException {
    assertThat(run(Work.Plugin.of("check_none")).output())
        .isEqualTo(
            "UNKNOWN - plugin check_none is in none of ["
                + folder
                + "]: install it, or correct the check\n");
    Files.writeString(folder.resolve("check_plain"), "text");
    assertThat(run(Work.Plugin.of("check_plain")).output())
        .isEqualTo(
            "UNKNOWN - "
                + folder.resolve("check_plain")
                + " could not be started: permission denied\n");
  }

  @Test
  void an_output_is_cut_where_the_hub_would_cut_it() throws IOException {
    program("check_x", "head -c 300000 /dev/zero | tr '\\0' x");
    assertThat(run(Work.Plugin.of("check_x")).output(Item.CheckResult.MAX_OUTPUT))
        .hasSize(Item.CheckResult.MAX_OUTPUT)
        .endsWith("x\n[the rest is left out]");
  }

  @Test
  void built_in_checks_need_no_process() {
    assertThat(run(new Work.Builtin("agent", List.of())).output())
        .startsWith("AGENT OK - happo-agent ");
    var load = run(new Work.Builtin("check_load", List.of("-w", "0", "-c", "9999")));
    assertThat(load.output()).contains("|load1=");
    assertThat(load.exit()).isEqualTo(load.status());
    assertThat(run(new Work.Builtin("tea", List.of())).output())
        .startsWith("UNKNOWN - this agent (")
        .contains("has no built-in check 'tea'; 'happo-agent check --list' names those it has");
  }

  @Test
  void a_plugin_that_is_nowhere_is_the_built_in_check_of_its_name() throws IOException {
    assertThat(run(Work.Plugin.of("check_load -w 9999 -c 9999")).output()).startsWith("LOAD OK");
    program("check_load", "echo the plugin; exit 1");
    assertThat(run(Work.Plugin.of("check_load -w 9999 -c 9999")))
        .hasToString(ran(1, 1, "the plugin\n"));
  }

  private static String ran(int status, int exit, String output) {
    return new Ran(status, exit, output).toString();
  }

  private Ran run(Work work) {
    return run(work, Map.of(), 30);
  }

  private Ran run(Work work, Map<String, String> environment, int timeoutSeconds) {
    var runner =
        new CheckRunner(
            exec,
            new PluginPaths(List.of(folder)),
            sha256 ->
                sha256.equals(DIGEST) ? Optional.of(folder.resolve("script")) : Optional.empty(),
            ENVIRONMENT);
    var minute = Duration.ofMinutes(1);
    return runner
        .run(
            new Check(
                "x",
                work,
                new Schedule.Every(minute),
                Duration.ofSeconds(timeoutSeconds),
                minute,
                1,
                new TreeMap<>(environment)))
        .orElseThrow();
  }

  private void program(String name, String text) throws IOException {
    var file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
