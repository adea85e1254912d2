package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each where the system is new enough for {@link Spawner}, and where it is not. */
class RestraintTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Path OUT_OF_MEMORY = Path.of("/proc/self/oom_score_adj");

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void plugins_stand_behind_the_agent(boolean spawns) {
    int own = Integer.parseInt(run(true, new Restraint(0, 0, 0), "nice").stdout().text().strip());
    // Where they are held back only once they run, they may see what was before.
    var outcome =
        run(spawns, new Restraint(7, 0, 0), "while [ $(nice) = " + own + " ]; do :; done; nice");
    assertThat(outcome.stdout().text()).isEqualTo(own + 7 + "\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void plugin_that_takes_too_much_cpu_time_is_ended_and_the_answer_says_so(boolean spawns) {
    var outcome = run(spawns, new Restraint(0, 1, 0), "printf begun; while :; do :; done");
    assertThat(outcome.status()).isEqualTo(128 + 24);
    assertThat(outcome.stdout().text())
        .isEqualTo(
            "begun\nhappo-agent: stopped, as it had used 1 s of CPU time"
                + " (--plugin-max-cpu-seconds)\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void plugin_that_wants_too_much_memory_gets_none_and_the_answer_says_so(boolean spawns) {
    var outcome =
        run(spawns, new Restraint(0, 0, 16), "head -c 64m /dev/zero | tail -n 1 >/dev/null");
    assertThat(outcome.status()).isNotZero();
    assertThat(outcome.stderr().text())
        .startsWith("tail: memory exhausted\n")
        .endsWith(
            "happo-agent: it may have 16 MiB of memory (--plugin-max-memory), and seems to want"
                + " more\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void limits_hold_for_what_plugins_start(boolean spawns) {
    var restraint = new Restraint(0, 100, 50);
    var line =
        "while [ $(sh -c 'ulimit -t') = unlimited ]; do :; done; sh -c 'ulimit -t; ulimit -d'";
    assertThat(run(spawns, restraint, line).stdout().text()).isEqualTo("100\n51200\n");
  }

  @Test
  void limits_that_are_lower_stay() {
    var outcome =
        run(true, new Restraint(0, 100, 0), "ulimit -t 50; exec sh -c 'ulimit -t; ulimit -H -t'");
    assertThat(outcome.stdout().text()).isEqualTo("50\n50\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void plugins_are_not_spared_when_memory_is_short_as_the_agent_is(boolean spawns)
      throws IOException {
    var before = Files.readString(OUT_OF_MEMORY, StandardCharsets.ISO_8859_1);
    boolean mayProtect = protect("-100");
    assumeThat(mayProtect).as("this user may protect a process").isTrue();
    try {
      var line =
          "while [ $(cat /proc/self/oom_score_adj) = -100 ]; do :; done;"
              + " cat /proc/self/oom_score_adj";
      assertThat(run(spawns, Restraint.USUAL, line).stdout().text()).isEqualTo("0\n");
    } finally {
      protect(before);
    }
  }

  private static boolean protect(String value) {
    try {
      Files.writeString(OUT_OF_MEMORY, value, StandardCharsets.ISO_8859_1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void what_ends_by_another_reason_is_left_as_it_is() {
    var restraint = new Restraint(0, 100, 1000);
    assertThat(run(true, restraint, "echo no memory >&2").stderr().text()).isEqualTo("no memory\n");
    assertThat(run(true, restraint, "echo bad; exit 2").stdout().text()).isEqualTo("bad\n");
  }

  @Test
  void a_signal_may_have_come_for_want_of_memory() {
    var outcome = run(true, new Restraint(0, 0, 64), "echo begun; kill -SEGV $$");
    assertThat(outcome.status()).isEqualTo(128 + 11);
    assertThat(outcome.stdout().text())
        .isEqualTo(
            "begun\nhappo-agent: ended by signal 11; perhaps for want of more than 64 MiB of memory"
                + " (--plugin-max-memory)\n");
  }

  private static Outcome.Exited run(boolean spawns, Restraint restraint, String line) {
    var settings =
        new ExecSettings(
            4, 1 << 20, Duration.ofSeconds(1), Map.of("PATH", "/usr/bin:/bin"), restraint);
    try (var exec = new Exec(settings, spawns)) {
      return exec.run(Command.shell(line), LONG, outcome -> (Outcome.Exited) outcome);
    }
  }
}
