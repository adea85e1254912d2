package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.UsageException;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.util.List;

/**
 * {@code check_uptime}: how long the machine is up, of {@code /proc/uptime}. Remembers which start
 * of the machine it saw ({@code /proc/sys/kernel/random/boot_id}) and when it first saw it, so that
 * a restart is told also when nobody looked for some time after it.
 */
final class CheckUptime implements BuiltinCheck.OfAnyUser {
  private static final String BOOT = "/proc/sys/kernel/random/boot_id";

  private static final Command TABLE =
      Tables.check(
          "check_uptime",
          "How long the machine is up",
          List.of(
              "WARNING for some time after the machine has been restarted, counted from the first"
                  + " look after the restart. What the thresholds say comes in addition.",
              "The ends of ranges are minutes, or have a unit behind them: s, m, h, d or w."),
          "",
          List.of(
              Tables.warning("RANGE", "WARNING when the uptime is outside this range."),
              Tables.critical("RANGE", "CRITICAL when the uptime is outside this range."),
              Option.of(
                      "reboot",
                      Type.TEXT,
                      "DURATION",
                      "For how long a restart is WARNING, with a unit as in ranges; 0 for not at"
                          + " all.")
                  .withKey('r')
                  .byDefault("15m")),
          List.of(
              new Example("Tell restarts", "check_uptime"),
              new Example(
                  "Also that the machine should be restarted for updates, after 90 days",
                  "check_uptime -w :90d")));

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine) throws UsageException, CheckException {
    var thresholds = Bounds.durations(given);
    double told = Bounds.seconds(given.text("reboot"));
    if (!(told >= 0)) {
      throw new UsageException(
          "-r (--reboot): '" + given.text("reboot") + "' is no duration; write 15m or 1h");
    }
    long seconds = (long) Uptime.seconds(machine);
    boolean isRestarted = told > 0 && isRestarted(machine, seconds, told);
    var status = thresholds.of(seconds).or(isRestarted ? Status.WARNING : Status.OK);
    var perfdata =
        new PerfdataText()
            .add("uptime", seconds + "s", thresholds.warn(), thresholds.crit(), "0", null);
    return new Finding(
        status,
        "UPTIME "
            + status
            + " - up "
            + Uptime.words(seconds)
            + (isRestarted ? ", restarted since it was looked at before" : "")
            + " | "
            + perfdata);
  }

  /**
   * Kept: the start, a blank, the uptime when it was first seen (0: at the first look of all). Not
   * the time of day, which many machines set only some time after they have started.
   */
  private static boolean isRestarted(Machine machine, long seconds, double told)
      throws CheckException {
    try {
      var boot = machine.read(BOOT).strip();
      var kept = machine.memory().recall("check_uptime").orElse("");
      if (kept.startsWith(boot + " ")) {
        long seen = Long.parseLong(kept, boot.length() + 1, kept.length(), 10);
        return seen > 0 && seconds - seen < told;
      }
      machine
          .memory()
          .keep("check_uptime", boot + " " + (kept.isEmpty() ? 0 : Math.max(1, seconds)));
      return !kept.isEmpty();
    } catch (IOException e) {
      throw CheckException.unknown(
          "restarts cannot be seen: " + Reason.of(e) + "; with --reboot=0 they are not looked for");
    } catch (NumberFormatException e) {
      return false; // Of a later version, or spoilt; the next start is written anew.
    }
  }
}
