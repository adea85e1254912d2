package io.happo.agent.collectors;

import io.happo.agent.exec.Outcome;
import io.happo.core.Utf8;
import java.io.IOException;
import java.time.Duration;

/**
 * Why a configuration cannot be used.
 *
 * @param why one line
 * @param said what its check wrote, to stand behind it: it may show a secret, and is kept out of
 *     the agent's log
 * @param isRefused whether its check refuses it, or else something is missing here
 */
record Wrong(String why, String said, boolean isRefused) {
  static final Wrong NOTHING = refused("", "");

  private static final int LINES = 3;
  private static final int CHARACTERS = 500;

  private static Wrong refused(String why, String said) {
    return new Wrong(why, said, true);
  }

  /** It says nothing of the configuration. */
  static Wrong missing(IOException e) {
    return new Wrong(String.valueOf(e.getMessage()), "", false);
  }

  /** By how a check of it ended. */
  static Wrong of(String program, Outcome outcome, Duration timeout) {
    return switch (outcome) {
      case Outcome.Exited exited when exited.status() == 0 -> NOTHING;
      case Outcome.Exited exited ->
          refused(
              program + " ended with exit status " + exited.status(),
              lastLines(Utf8.decode(exited.stdout().bytes())));
      case Outcome.TimedOut _ ->
          refused(program + " did not end within " + timeout.toSeconds() + " s", "");
      case Outcome.NotStarted notStarted ->
          new Wrong(program + " could not be started: " + notStarted.reason(), "", false);
    };
  }

  private static String lastLines(String output) {
    var lines = output.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    var last = String.join("; ", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
    var shown = last.length() > CHARACTERS ? last.substring(0, CHARACTERS) + "..." : last;
    return shown.isEmpty() ? ", and said nothing" : ": " + shown;
  }
}
