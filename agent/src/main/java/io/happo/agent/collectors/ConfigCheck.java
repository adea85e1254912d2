package io.happo.agent.collectors;

import io.happo.agent.exec.Command;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.Outcome;
import io.happo.agent.exec.Surroundings;
import io.happo.core.Utf8;
import io.happo.core.plan.Collector;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether a configuration that has been written can be used: its own command says so. */
final class ConfigCheck {
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final int SAID_LINES = 3;
  private static final int SAID_CHARACTERS = 500;

  private ConfigCheck() {}

  /**
   * Looks, and waits for it; an interrupt ends that.
   *
   * @return why it cannot be used; empty: it can
   * @throws IOException likewise
   */
  static String wrong(Exec exec, Collector collector, Path folder, Map<String, String> environment)
      throws IOException {
    Exec.program(collector.command().getFirst(), environment);
    if (collector.validate().isEmpty()) {
      return "";
    }
    return exec.run(
        command(collector.validate(), folder, environment).with(Command.Stderr.MERGED),
        TIMEOUT,
        outcome -> wrong(collector.validate().getFirst(), outcome));
  }

  /** A command that begins in the folder of the files, and has it in its words. */
  static Command command(List<String> words, Path folder, Map<String, String> environment) {
    return Command.direct(ConfigFiles.in(folder, words))
        .in(new Surroundings(environment, folder, Optional.empty()))
        .at(Command.Place.OUTSIDE);
  }

  private static String wrong(String program, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Exited exited when exited.status() == 0 -> "";
      case Outcome.Exited exited ->
          program
              + " ended with exit status "
              + exited.status()
              + ": "
              + said(Utf8.decode(exited.stdout().bytes()));
      case Outcome.TimedOut _ -> program + " did not end within " + TIMEOUT.toSeconds() + " s";
      case Outcome.NotStarted notStarted ->
          program + " could not be started: " + notStarted.reason();
    };
  }

  /** The last lines, as one. */
  private static String said(String output) {
    var lines = output.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    var last =
        String.join("; ", lines.subList(Math.max(0, lines.size() - SAID_LINES), lines.size()));
    return last.length() > SAID_CHARACTERS ? last.substring(0, SAID_CHARACTERS) + "..." : last;
  }
}
