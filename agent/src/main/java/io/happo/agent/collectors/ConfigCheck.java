package io.happo.agent.collectors;

import io.happo.agent.exec.Command;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.Surroundings;
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

  private ConfigCheck() {}

  /**
   * Looks, and waits for it; an interrupt ends that.
   *
   * @return why it cannot be used, or {@link Wrong#NOTHING}
   * @throws IOException with why it cannot, likewise
   */
  static Wrong wrong(Exec exec, Collector collector, Path folder, Map<String, String> environment)
      throws IOException {
    Exec.program(collector.command().getFirst(), environment);
    if (collector.validate().isEmpty()) {
      return Wrong.NOTHING;
    }
    return exec.run(
        command(collector.validate(), folder, environment).with(Command.Stderr.MERGED),
        TIMEOUT,
        outcome -> Wrong.of(collector.validate().getFirst(), outcome, TIMEOUT));
  }

  /** A command that begins in the folder of the files, and has it in its words. */
  static Command command(List<String> words, Path folder, Map<String, String> environment) {
    return Command.direct(ConfigFiles.in(folder, words))
        .in(new Surroundings(environment, folder, Optional.empty()))
        .at(Command.Place.OUTSIDE);
  }
}
