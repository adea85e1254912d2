package io.happo.agent.lists;

import io.happo.agent.checks.Builtins;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.MemoryFolder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The machine that the test runs on, asked for its lists. */
final class Here {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Builtins builtins;

  Here(Path memory) {
    builtins =
        new Builtins(
            new Lists(), Machine.here(Clock.systemUTC(), new MemoryFolder(memory.resolve("m"))));
  }

  /** The exit status, a colon, a blank, and what is said. */
  String says(String name, String... arguments) {
    var answer = builtins.run(name, List.of(arguments), DEADLINE);
    return answer == null ? "nothing" : answer.status() + ": " + answer.stdout().stripTrailing();
  }
}
