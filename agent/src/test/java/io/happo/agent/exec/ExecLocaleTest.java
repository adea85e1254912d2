package io.happo.agent.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is not ASCII in a command, under the locales that Java may be started in. */
class ExecLocaleTest {
  /** Runs in a Java of its own: a command that prints an argument and a variable. */
  static final class Probe {
    public static void main(String[] args) {
      ExecSettings settings = ExecSettings.withDefaults(Map.of("LC_ALL", "C", "WORD", "日本"));
      try (Exec exec = new Exec(settings, !args[0].equals("older"))) {
        Outcome outcome =
            exec.run(
                Command.shell("printf 'é %s' \"$WORD\" | od -An -tx1"),
                Duration.ofSeconds(30),
                Function.identity());
        switch (outcome) {
          case Outcome.Exited exited -> System.out.print(exited.stdout().text());
          case Outcome.NotStarted notStarted -> System.out.print(notStarted.reason());
          case Outcome.TimedOut timedOut -> System.out.print("timed out");
        }
      }
    }
  }

  @Test
  void every_locale_of_java_brings_arguments_and_variables_through() throws Exception {
    for (String locale : List.of("C.UTF-8", "C", "POSIX")) {
      assertThat(probe(locale, "")).as(locale).isEqualTo(" c3 a9 20 e6 97 a5 e6 9c ac\n");
    }
  }

  @Test
  void on_an_older_system_a_locale_that_would_garble_is_refused() throws Exception {
    assertThat(probe("C.UTF-8", "older")).isEqualTo(" c3 a9 20 e6 97 a5 e6 9c ac\n");
    assertThat(probe("C", "older")).contains("not ASCII").contains("LC_ALL=C.UTF-8");
    assertThat(probe("POSIX", "older")).contains("LC_ALL=C.UTF-8");
  }

  private static String probe(String locale, String system)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.library.path=" + System.getProperty("java.library.path"),
                "-cp",
                location(Exec.class) + ":" + location(Probe.class),
                Probe.class.getName(),
                system)
            .redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("LC_ALL", locale);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static String location(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation().getPath();
  }
}
