package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.UsageException;
import io.happo.core.AlertRange;
import io.happo.core.Decimal;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;

/**
 * {@code check_md_raid}: whether the arrays of md are whole, by {@code /proc/mdstat} and, for
 * mismatches, {@code /sys/block/md<i>/md/mismatch_cnt} (Documentation/admin-guide/md.rst).
 */
final class CheckMdRaid implements BuiltinCheck.OfAnyUser {
  private static final Command TABLE =
      Tables.check(
          "check_md_raid",
          "Software RAID arrays of Linux (md)",
          List.of(
              "CRITICAL is an array that is degraded or does not run; WARNING is one that is being"
                  + " rebuilt, a failed device that a spare one has replaced, or an array that was set"
                  + " to be read-only."),
          "",
          List.of(
              Option.of("array", Type.TEXT, "NAME", "This array has to be there, such as md0.")
                  .withKey('a')
                  .thatRepeats(),
              Option.of(
                      "rebuilding",
                      Type.TEXT,
                      "STATE",
                      "The state while a degraded array is being rebuilt: ok, warning or critical.")
                  .byDefault("warning"),
              Option.of(
                  "spares",
                  Type.TEXT,
                  "RANGE",
                  "WARNING when an array has a number of spare devices that is outside this range."),
              Option.of(
                  "mismatches",
                  Type.TEXT,
                  "RANGE",
                  "WARNING when the last check of an array found a number of mismatches that is"
                      + " outside this range."),
              Option.of(
                      "no-arrays",
                      Type.TEXT,
                      "STATE",
                      "The state when there are no arrays: ok, warning, critical or unknown.")
                  .byDefault("unknown")),
          List.of(
              new Example("Two arrays", "check_md_raid -a md0 -a md1"),
              new Example("On machines with or without", "check_md_raid --no-arrays ok")));

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine) throws UsageException, CheckException {
    var rebuilding = States.of("--rebuilding", given.text("rebuilding"));
    var without = States.of("--no-arrays", given.text("no-arrays"));
    var spares = given.range("spares");
    var mismatches = given.range("mismatches");
    var problems = new Problems();
    var perfdata = new PerfdataText();
    var fine = new StringBuilder();
    var arrays = arrays(machine);
    for (var name : given.all("array")) {
      boolean isThere = false;
      for (var array : arrays) {
        isThere |= array.name().equals(name);
      }
      if (!isThere) {
        problems.add(Status.CRITICAL, "there is no array " + name);
      }
    }
    for (var array : arrays) {
      if (given.has("array") && !given.all("array").contains(array.name())) {
        continue;
      }
      look(array, rebuilding, problems);
      if (spares.isPresent() && spares.get().alerts(array.spares())) {
        problems.add(Status.WARNING, array.name() + " has " + array.spares() + " spare devices");
      }
      perfdata(array, perfdata);
      mismatches(array, machine, mismatches, problems, perfdata);
      fine.append(fine.isEmpty() ? "" : ", ").append(words(array));
    }
    if (fine.isEmpty() && problems.count() == 0) {
      return new Finding(without, "RAID " + without + " - there are no arrays of md");
    }
    return problems.finding("RAID", fine.toString(), perfdata);
  }

  private static List<MdArray> arrays(Machine machine) throws CheckException {
    try {
      return MdArray.all(machine.read("/proc/mdstat"));
    } catch (NoSuchFileException e) {
      return List.of(); // The kernel has loaded nothing of md.
    } catch (IOException e) {
      throw CheckException.unknown("/proc/mdstat cannot be read: " + Reason.of(e));
    }
  }

  private static String words(MdArray array) {
    var text = array.name() + " " + array.level();
    if (array.wanted() >= 0) {
      text += " has " + array.working() + " of " + array.wanted() + " devices";
    }
    return array.action().isEmpty() ? text : text + ", " + progress(array);
  }

  private static String progress(MdArray array) {
    return array.action()
        + (array.percent() < 0 ? " is to begin" : " at " + Fixed.of(array.percent(), 1) + "%")
        + (array.finish().isEmpty() ? "" : ", " + array.finish() + " left");
  }

  private static void look(MdArray array, Status rebuilding, Problems problems) {
    if (!array.isActive()) {
      problems.add(Status.CRITICAL, array.name() + " does not run");
      return;
    }
    var failed = array.failed().isEmpty() ? "" : ", failed: " + String.join(" ", array.failed());
    boolean isRebuilt = array.action().equals("recovery") || array.action().equals("reshape");
    if (array.isDegraded()) {
      problems.add(
          isRebuilt ? rebuilding : Status.CRITICAL,
          array.name()
              + " is degraded, "
              + array.working()
              + " of "
              + array.wanted()
              + " devices work"
              + failed
              + (array.action().isEmpty() ? "" : ", " + progress(array)));
    } else if (!failed.isEmpty()) {
      problems.add(
          array.wanted() < 0 ? Status.CRITICAL : Status.WARNING,
          array.name() + (array.wanted() < 0 ? " has no spare data" : " is whole") + failed);
    }
    if (array.isReadOnly()) {
      problems.add(Status.WARNING, array.name() + " is read-only");
    }
  }

  private static void perfdata(MdArray array, PerfdataText perfdata) {
    var name = OneLine.of(array.name());
    if (array.wanted() >= 0) {
      perfdata.add(
          name + "_working",
          String.valueOf(array.working()),
          null,
          null,
          "0",
          String.valueOf(array.wanted()));
    }
    perfdata.add(name + "_failed", String.valueOf(array.failed().size()), null, null, "0", null);
    perfdata.add(name + "_spares", String.valueOf(array.spares()), null, null, "0", null);
    if (array.percent() >= 0) {
      perfdata.add(
          name + "_" + array.action(), Fixed.of(array.percent(), 1) + "%", null, null, "0", "100");
    }
  }

  private static void mismatches(
      MdArray array,
      Machine machine,
      Optional<AlertRange> limit,
      Problems problems,
      PerfdataText perfdata) {
    if (array.name().contains("/")) {
      return;
    }
    var text = Sys.text(machine, "/sys/block/" + array.name() + "/md/mismatch_cnt");
    double count = Decimal.read(text);
    if (Double.isNaN(count)) {
      return; // Its level has none.
    }
    perfdata.add(OneLine.of(array.name()) + "_mismatches", text, null, null, "0", null);
    if (limit.isPresent() && limit.get().alerts(count)) {
      problems.add(Status.WARNING, array.name() + " has " + text + " mismatches");
    }
  }
}
