package io.happo.bench;

import io.happo.agent.exec.Command;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many commands the agent's exec runs a second: {@code ExecRate SCRIPT}, then a line {@code
 * direct|shell AT_ONCE MILLISECONDS} on stdin, an answer as JSON a line on stdout, until the input
 * ends. So that it stays warm as the daemon does, one JVM answers all questions. {@code shell} is
 * what {@code /monitor} does, {@code direct} runs the script with no shell between.
 */
final class ExecRate {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private ExecRate() {}

  public static void main(String[] args) throws IOException {
    var direct = Command.direct(List.of(args[0]));
    var shell = Command.shell(args[0] + " ");
    try (var exec = new Exec(ExecSettings.withDefaults(System.getenv()));
        var questions =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (var line = questions.readLine(); line != null; line = questions.readLine()) {
        var words = line.split(" ", -1);
        System.out.println(
            measure(
                exec,
                words[0].equals("shell") ? shell : direct,
                Integer.parseInt(words[1]),
                TimeUnit.MILLISECONDS.toNanos(Long.parseLong(words[2]))));
      }
    }
  }

  /**
   * Keeps so many commands running until the time is over; each must exit with 0 and say something.
   */
  private static String measure(Exec exec, Command command, int atOnce, long nanos) {
    var good = new LongAdder();
    var bad = new LongAdder();
    long begin = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int n = 0; n < atOnce; n++) {
        threads.execute(
            () -> {
              while (System.nanoTime() - begin < nanos) {
                (exec.run(command, DEADLINE, ExecRate::isGood) ? good : bad).increment();
              }
            });
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    return String.format(
        Locale.ROOT,
        "{\"at_once\":%d,\"ok\":%d,\"errors\":%d,\"seconds\":%.3f,\"per_second\":%.1f}",
        atOnce,
        good.sum(),
        bad.sum(),
        seconds,
        good.sum() / seconds);
  }

  private static boolean isGood(Outcome outcome) {
    return outcome instanceof Outcome.Exited exited
        && exited.status() == 0
        && exited.stdout().bytes().length > 0;
  }
}
