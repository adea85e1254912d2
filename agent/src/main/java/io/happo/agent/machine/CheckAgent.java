package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.UsageException;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Version;
import java.util.List;

/**
 * {@code check_agent}: the agent itself, its version, for how long its process runs and what memory
 * it takes, of {@code /proc/self} (proc(5)).
 */
final class CheckAgent implements BuiltinCheck.OfAnyUser {
  private static final Command TABLE =
      Tables.check(
          "check_agent",
          "Version of the agent, and for how long it runs",
          List.of("The ends of ranges are minutes, or have a unit behind them: s, m, h, d or w."),
          "",
          List.of(
              Tables.warning("RANGE", "WARNING when it runs for a time outside this range."),
              Tables.critical("RANGE", "CRITICAL when it runs for a time outside this range.")),
          List.of(
              new Example("That it answers", "check_agent"),
              new Example("Tell when it has been restarted", "check_agent -w 10m:")));

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine) throws UsageException, CheckException {
    var thresholds = Bounds.durations(given);
    var self = ProcessEntry.read(machine.file("/proc/self"));
    if (self == null) {
      throw CheckException.unknown(
          "happo-agent " + Version.number() + " cannot read from /proc/self when it began");
    }
    long seconds = self.elapsed(Uptime.seconds(machine));
    var status = thresholds.of(seconds);
    var perfdata =
        new PerfdataText()
            .add("uptime", seconds + "s", thresholds.warn(), thresholds.crit(), "0", null)
            .add("rss", self.residentKib() * 1024 + "B", null, null, "0", null);
    return new Finding(
        status,
        "AGENT "
            + status
            + " - happo-agent "
            + Version.number()
            + " has been running for "
            + Uptime.words(seconds)
            + " | "
            + perfdata);
  }
}
