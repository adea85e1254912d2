package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Interruptible;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.PosixRegex;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.Thresholds;
import io.happo.agent.checks.UsageException;
import io.happo.agent.machine.Systemd.Unit;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code check_systemd}: units that have failed, units that have to be active, and timers. */
final class CheckSystemd implements BuiltinCheck.OfAnyUser {
  private static final String TIMER = "org.freedesktop.systemd1.Timer";

  private static final Command TABLE =
      Tables.check(
          "check_systemd",
          "Units and timers of systemd",
          List.of(
              "Without -u and --timer, CRITICAL is a unit that has failed; a machine that starts or"
                  + " stops is WARNING, one in maintenance CRITICAL.",
              "A unit of -u that does not run is CRITICAL; one that starts or stops is WARNING, and"
                  + " CRITICAL when it starts again and again."),
          "",
          List.of(
              Option.of("unit", Type.TEXT, "UNIT", "This unit has to be active, such as nginx.")
                  .withKey('u')
                  .thatRepeats(),
              Option.of(
                      "state",
                      Type.LIST,
                      "STATE[,STATE...]",
                      "In which states a unit of -u is as it should be.")
                  .withKey('s')
                  .byDefault("active,reloading"),
              Option.of(
                      "timer",
                      Type.TEXT,
                      "TIMER[=AGE]",
                      "This timer has to be active, what it starts must not have failed, and its last"
                          + " time must not be longer ago than AGE: minutes, or with s, m, h, d or w.")
                  .thatRepeats(),
              Option.flag("failed", "Look for units that have failed too, when there is a -u.")
                  .withKey('f'),
              Option.of("exclude", Type.TEXT, "REGEX", "Failed units that are no matter.")
                  .withKey('x')
                  .thatRepeats(),
              Tables.warning(
                  "RANGE", "WARNING when the number of failed units is outside this range."),
              Tables.critical("RANGE", "CRITICAL likewise; 0 when neither is given.")),
          List.of(
              new Example("Nothing has failed", "check_systemd -x '^user@'"),
              new Example(
                  "Two services, and a timer that has to run every day",
                  "check_systemd -u nginx -u sshd --timer logrotate=25h")));

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    boolean isDefault = !given.has("warning") && !given.has("critical");
    var thresholds = isDefault ? Thresholds.of(null, "0") : Thresholds.of(given);
    for (var timer : given.all("timer")) {
      age(timer);
    }
    boolean looksForFailed = given.has("failed") || (!given.has("unit") && !given.has("timer"));
    var problems = new Problems();
    var perfdata = new PerfdataText();
    try (var systemd = Systemd.open(machine)) {
      var units = systemd.units();
      var failed = failed(given, units);
      if (looksForFailed) {
        lookAtState(systemd.state(), problems);
        lookAtFailed(failed, thresholds, problems);
      }
      var states = List.of(given.text("state").split(",", -1));
      for (var name : given.all("unit")) {
        look(whole(name, ".service"), systemd, units, states, problems);
      }
      for (var timer : given.all("timer")) {
        lookAtTimer(timer, systemd, units, machine, problems);
      }
      perfdata.add("units", String.valueOf(units.size()), null, null, "0", null);
      perfdata.add(
          "failed",
          String.valueOf(failed.size()),
          looksForFailed ? thresholds.warn() : null,
          looksForFailed ? thresholds.crit() : null,
          "0",
          null);
    } catch (IOException e) {
      throw CheckException.unknown("systemd does not answer: " + OneLine.of(Reason.of(e)));
    }
    var fine =
        looksForFailed
            ? "no unit has failed that matters"
            : "all is active: "
                + String.join(", ", given.all("unit"))
                + (given.has("unit") && given.has("timer") ? ", " : "")
                + String.join(", ", given.all("timer"));
    return problems.finding("SYSTEMD", fine, perfdata);
  }

  private static void lookAtState(String state, Problems problems) {
    switch (state) {
      case "running", "degraded" -> {} // Which units have failed is told by itself.
      case "maintenance" -> problems.add(Status.CRITICAL, "the machine is in maintenance");
      default -> problems.add(Status.WARNING, "the machine is " + state);
    }
  }

  private static List<Unit> failed(Given given, List<Unit> units)
      throws UsageException, CheckException, InterruptedException {
    var failed = new ArrayList<Unit>();
    for (var unit : units) {
      boolean isFailed = unit.active().equals("failed");
      for (var text : given.all("exclude")) {
        isFailed = isFailed && !Interruptible.finds(PosixRegex.extended(text, false), unit.name());
      }
      if (isFailed) {
        failed.add(unit);
      }
    }
    return failed;
  }

  private static void lookAtFailed(List<Unit> failed, Thresholds thresholds, Problems problems) {
    var status = thresholds.of(failed.size());
    if (status == Status.OK) {
      return;
    }
    if (failed.isEmpty()) {
      problems.add(status, "no unit has failed");
    }
    for (var unit : failed) {
      problems.add(status, unit.name() + " has failed");
    }
  }

  private static String whole(String name, String ending) {
    return name.indexOf('.') < 0 ? name + ending : name;
  }

  private static @Nullable Unit find(String name, List<Unit> units) {
    for (var unit : units) {
      if (unit.name().equals(name)) {
        return unit;
      }
    }
    return null;
  }

  /** The unit, when it is active as it should be; else it is told what it is. */
  private static @Nullable Unit look(
      String name, Systemd systemd, List<Unit> units, List<String> states, Problems problems)
      throws IOException {
    var unit = find(name, units);
    if (unit == null) {
      // The list has each unit by one name alone, and sshd.service may be that of another.
      var path = systemd.find(name);
      for (var one : units) {
        unit = one.path().equals(path) ? one : unit;
      }
    }
    if (unit == null) {
      if (!states.contains("inactive")) {
        problems.add(Status.CRITICAL, name + " is not active, or there is no such unit");
      }
      return null;
    }
    if (states.contains(unit.active())) {
      return unit;
    }
    boolean isOnItsWay = unit.active().equals("activating") || unit.active().equals("deactivating");
    problems.add(
        isOnItsWay && !unit.sub().startsWith("auto-restart") ? Status.WARNING : Status.CRITICAL,
        name
            + " is "
            + unit.active()
            + " ("
            + (unit.load().equals("loaded") ? unit.sub() : unit.load())
            + ")");
    return null;
  }

  /** The most seconds of {@code NAME=AGE}; NaN when there is none. */
  private static double age(String timer) throws UsageException {
    int equals = timer.indexOf('=');
    double age = equals < 0 ? Double.NaN : Bounds.seconds(timer.substring(equals + 1));
    if (equals == 0 || (equals > 0 && !(age >= 0))) {
      throw new UsageException(
          "--timer: '" + timer + "' is no timer with an age, such as logrotate=25h");
    }
    return age;
  }

  private static void lookAtTimer(
      String timer, Systemd systemd, List<Unit> units, Machine machine, Problems problems)
      throws IOException, UsageException {
    int equals = timer.indexOf('=');
    var name = whole(equals < 0 ? timer : timer.substring(0, equals), ".timer");
    var unit = look(name, systemd, units, List.of("active"), problems);
    if (unit == null) {
      return;
    }
    var started = find(systemd.property(unit.path(), TIMER, "Unit"), units);
    if (started != null && started.active().equals("failed")) {
      problems.add(Status.CRITICAL, started.name() + ", which " + name + " starts, has failed");
    }
    double most = age(timer);
    if (Double.isNaN(most)) {
      return;
    }
    var micros = systemd.property(unit.path(), TIMER, "LastTriggerUSec");
    long last = micros.length() > 18 ? 0 : Long.parseLong(micros) / 1_000_000;
    long age = machine.clock().instant().getEpochSecond() - last;
    if (last == 0) {
      problems.add(Status.CRITICAL, name + " has not yet had its time");
    } else if (age > most) {
      problems.add(Status.CRITICAL, name + " had its last time " + Uptime.words(age) + " ago");
    }
  }
}
