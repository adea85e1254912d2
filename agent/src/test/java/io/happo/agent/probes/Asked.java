package io.happo.agent.probes;

import io.happo.agent.checks.Builtins;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.MemoryFolder;
import io.happo.core.plan.Work;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/** The built-in checks of the network, asked by lines as they stand in a plan. */
final class Asked {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Builtins builtins;

  Asked(Path folder) {
    builtins =
        new Builtins(
            new Probes(),
            new Machine(
                folder,
                InstantSource.system(),
                System::nanoTime,
                new MemoryFolder(folder.resolve("memory")),
                Long.MAX_VALUE));
  }

  /** The exit status, a colon, a blank, and what is said. */
  String says(String line) {
    var words = Work.Plugin.of(line);
    var answer = builtins.run(words.name(), words.arguments(), DEADLINE);
    return answer == null ? "nothing" : answer.status() + ": " + answer.stdout().stripTrailing();
  }
}
