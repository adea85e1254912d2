package io.happo.agent.checks;

import io.happo.agent.cli.AllChecks;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.Insiders;
import java.nio.file.Path;
import java.time.Clock;

/** What the daemon runs commands by: with the checks that are part of the agent. */
public final class WithChecks {
  private WithChecks() {}

  public static Exec exec(ExecSettings settings, Insiders.When when, Path memory) {
    var machine = Machine.here(Clock.systemUTC(), new MemoryFolder(memory));
    return new Exec(settings, new Insiders(new Builtins(new AllChecks(), machine), when));
  }
}
