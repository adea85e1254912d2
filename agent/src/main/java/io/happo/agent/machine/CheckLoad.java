package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.UsageException;
import io.happo.core.Decimal;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import java.io.IOException;
import java.util.List;

/** {@code check_load}: the average load of 1, 5 and 15 minutes, of {@code /proc/loadavg}. */
final class CheckLoad implements BuiltinCheck.OfAnyUser {
  private static final int AVERAGES = 3;
  private static final String[] LABELS = {"load1", "load5", "load15"};

  private static final Command TABLE =
      Tables.check(
          "check_load",
          "Average load of the machine",
          List.of(
              "The load is how many processes run, want to run, or wait for a disk, on the average"
                  + " of the last 1, 5 and 15 minutes. Of fewer than three values the last one is repeated."),
          "",
          List.of(
              Tables.warning("LOAD1[,LOAD5,LOAD15]", "WARNING when an average is above it.")
                  .thatMustBeGiven(),
              Tables.critical("LOAD1[,LOAD5,LOAD15]", "CRITICAL when an average is above it.")
                  .thatMustBeGiven(),
              Option.flag("percpu", "Divide the averages by the number of processors.")
                  .withKey('r')),
          List.of(
              new Example("For a machine of four processors", "check_load -w 8,6,4 -c 16,12,8"),
              new Example("For any machine", "check_load -r -w 3,2,1.5 -c 6,4,3")));

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public boolean mayHoldItsThread(Given given) {
    return false;
  }

  @Override
  public Finding run(Given given, Machine machine) throws UsageException, CheckException {
    var warning = averages("-w (--warning)", given.text("warning"));
    var critical = averages("-c (--critical)", given.text("critical"));
    for (int i = 0; i < AVERAGES; i++) {
      if (warning[i] > critical[i]) {
        throw new UsageException(
            "-w (--warning) is above -c (--critical) for " + LABELS[i] + "; swap them");
      }
    }
    var total = read(machine);
    boolean isScaled = given.has("percpu");
    var judged = total.clone();
    var perfdata = new PerfdataText();
    var status = Status.OK;
    for (int i = 0; i < AVERAGES; i++) {
      var warn = Fixed.of(warning[i], 3);
      var crit = Fixed.of(critical[i], 3);
      if (isScaled) {
        judged[i] /= machine.processors();
        perfdata.add(LABELS[i], Fixed.of(total[i], 3), null, null, "0", "");
        perfdata.add("scaled_" + LABELS[i], Fixed.of(judged[i], 3), warn, crit, "0", "");
      } else {
        perfdata.add(LABELS[i], Fixed.of(total[i], 3), warn, crit, "0", "");
      }
      status =
          status.or(
              judged[i] > critical[i]
                  ? Status.CRITICAL
                  : judged[i] > warning[i] ? Status.WARNING : Status.OK);
    }
    var text =
        "LOAD "
            + status
            + " - "
            + (isScaled ? "scaled load average: " + words(judged) + " - " : "")
            + "total load average: "
            + words(total);
    return new Finding(status, text + "|" + perfdata);
  }

  private static String words(double[] averages) {
    return Fixed.of(averages[0], 2)
        + ", "
        + Fixed.of(averages[1], 2)
        + ", "
        + Fixed.of(averages[2], 2);
  }

  private static double[] averages(String option, String text) throws UsageException {
    var parts = text.split(",", -1);
    var averages = new double[AVERAGES];
    for (int i = 0; i < AVERAGES; i++) {
      double average =
          parts.length > AVERAGES
              ? Double.NaN
              : Decimal.read(parts[Math.min(i, parts.length - 1)].strip());
      if (!(average >= 0)) {
        throw new UsageException(
            option + ": '" + text + "' is no load, nor up to three with commas between them");
      }
      averages[i] = average;
    }
    return averages;
  }

  private static double[] read(Machine machine) throws CheckException {
    try {
      var words = machine.read("/proc/loadavg").split(" ", -1);
      var averages = new double[AVERAGES];
      for (int i = 0; i < AVERAGES; i++) {
        averages[i] = Double.parseDouble(words[i]);
      }
      return averages;
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw CheckException.unknown("the load cannot be read from /proc/loadavg");
    }
  }
}
