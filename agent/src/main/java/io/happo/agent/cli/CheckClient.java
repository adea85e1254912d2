package io.happo.agent.cli;

import io.happo.agent.checks.Builtins;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.MemoryFolder;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * {@code happo-agent check}: runs a check that is part of the agent, here and now. What such a run
 * remembers is apart from what the daemon's runs do, so that it takes nothing away from them.
 */
public final class CheckClient {
  /** A check gives up by itself long before. */
  private static final Duration DAY = Duration.ofDays(1);

  private static final int UNKNOWN = 3;

  /** As Debian writes it of users without one: nothing is kept then. */
  private static final String NO_HOME = "/nonexistent";

  private CheckClient() {}

  /** Whether these words run a check: what follows its name is the check's to read. */
  public static boolean isRun(String[] words) {
    return words.length > 1
        && words[0].equals("check")
        && !words[1].isEmpty()
        && !words[1].startsWith("-");
  }

  /**
   * Runs one.
   *
   * @param words of which {@link #isRun} says so
   * @return the exit status, as of a plugin; 0 for help
   */
  public static int run(String[] words, Map<String, String> environment, PrintStream out) {
    var checks = new AllChecks();
    var memory = new MemoryFolder(memory(environment));
    var builtins = new Builtins(checks, Machine.here(Clock.systemUTC(), memory));
    var arguments = List.of(words).subList(2, words.length);
    var check = builtins.find(words[1]);
    var answer = builtins.run(words[1], arguments, DAY);
    if (answer == null) {
      return UNKNOWN; // Interrupted.
    }
    out.writeBytes(answer.stdout().getBytes(StandardCharsets.UTF_8));
    out.flush();
    boolean isHelp = check != null && answer.stdout().equals(Builtins.help(check.table()) + "\n");
    return isHelp ? 0 : answer.status();
  }

  /**
   * XDG Base Directory Specification: data that outlives a run and is not worth a backup. Never
   * where others can write: they could lay something there for root.
   */
  static Path memory(Map<String, String> environment) {
    var state = environment.getOrDefault("XDG_STATE_HOME", "");
    var home = environment.getOrDefault("HOME", "");
    home = home.startsWith("/") ? home : System.getProperty("user.home", "");
    var base =
        state.startsWith("/")
            ? Path.of(state)
            : Path.of(home.startsWith("/") ? home : NO_HOME, ".local", "state");
    return base.resolve("happo-agent").resolve("checks");
  }

  /**
   * Lists the checks there are, one a line, with one of the words in their names if there are any;
   * or says how one is run.
   */
  static int list(Console console, Arguments arguments) {
    if (!arguments.flag("list")) {
      console.complain(
          "happo-agent: check: NAME is missing; 'happo-agent check --list' tells which there are\n");
      return 2;
    }
    var checks = new AllChecks();
    var wanted = arguments.operands();
    var lines = new StringBuilder();
    for (var name : checks.names()) {
      var check =
          wanted.isEmpty() || wanted.stream().anyMatch(name::contains) ? checks.find(name) : null;
      if (check != null) {
        lines.append(name).append(" ".repeat(Math.max(2, 20 - name.length())));
        lines.append(check.table().summary()).append('\n');
      }
    }
    if (lines.isEmpty()) {
      console.complain(
          "happo-agent: check: no check has '"
              + String.join("' or '", wanted)
              + "' in its name; 'happo-agent check --list' names all\n");
      return 2;
    }
    console.say(lines.toString());
    return 0;
  }
}
