package io.happo.agent.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Java that does not find the library which calls the C library. */
class ExecWithoutLibraryTest {
  @TempDir Path empty;

  /** Runs in a Java of its own. */
  static final class Probe {
    public static void main(String[] args) {
      FilePages.giveBack();
      try (Exec exec = new Exec(ExecSettings.withDefaults(Map.of()))) {
        for (int i = 0; i < 2; i++) {
          System.out.println(
              exec.run(Command.shell("true"), Duration.ofSeconds(30), Function.identity()));
        }
      }
    }
  }

  @Test
  void commands_are_not_started_and_one_line_of_the_log_says_why() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.library.path=" + empty,
                "-cp",
                System.getProperty("java.class.path"),
                Probe.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.lines().filter(line -> line.contains("no happo_exec in"))).hasSize(1);
    assertThat(output.lines().filter(line -> line.startsWith("NotStarted")).toList())
        .isEqualTo(
            List.of(
                "NotStarted[reason=" + Libc.MISSING + "]",
                "NotStarted[reason=" + Libc.MISSING + "]"));
  }
}
