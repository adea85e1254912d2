package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
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
import io.happo.agent.machine.Sensor.Kind;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code check_sensors}: temperatures, fans, voltages, currents and power, by {@code
 * /sys/class/hwmon}, where the programs of lm-sensors look as well.
 */
final class CheckSensors implements BuiltinCheck.OfAnyUser {
  private static final Command TABLE =
      Tables.check(
          "check_sensors",
          "Temperatures, fans and voltages",
          List.of(
              "CRITICAL is a sensor whose chip raises an alarm or whose value is beyond the critical"
                  + " limit of the chip; WARNING one beyond its other limits; UNKNOWN one that its chip"
                  + " says is broken.",
              "Sensors are named by their chip and their label, such as 'coretemp/Core 0'. With -w or"
                  + " -c for a sensor, the limits of its chip do not count."),
          "",
          List.of(
              Tables.warning(
                      "[WHICH=]RANGE",
                      "WARNING when a temperature is outside this range, in degrees Celsius; or"
                          + " sensors of another kind (temp, fan, in, curr, power, humidity), or the"
                          + " one of this name. What is given later counts.")
                  .thatRepeats(),
              Tables.critical("[WHICH=]RANGE", "CRITICAL likewise.").thatRepeats(),
              Option.of("sensor", Type.TEXT, "REGEX", "Look at sensors alone whose name matches.")
                  .withKey('s'),
              Option.of("exclude", Type.TEXT, "REGEX", "Leave out sensors whose name matches.")
                  .withKey('x'),
              Option.flag("no-limits", "Take the limits of the chips as if they were not there."),
              Option.flag("ignore-fault", "Leave out sensors that are broken.").withKey('i')),
          List.of(
              new Example("By the limits and alarms of the chips", "check_sensors"),
              new Example(
                  "Temperatures, and the fans of one chip",
                  "check_sensors -w 70 -c 85 -w fan=500: -s 'coretemp|nct6775/fan'")));

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    for (var one : given.inOrder()) {
      if (one.name().equals("warning") || one.name().equals("critical")) {
        Thresholds.of(range(one.value()), null);
      }
    }
    var sensors = chosen(given, Sensor.all(machine));
    if (sensors.isEmpty()) {
      throw CheckException.unknown(
          given.has("sensor") || given.has("exclude")
              ? "no sensor is left by -s and -x"
              : "the kernel knows no sensors of this machine: /sys/class/hwmon has none; load the"
                  + " modules of its chips, which sensors-detect finds");
    }
    var problems = new Problems();
    var perfdata = new PerfdataText();
    var counts = new EnumMap<Kind, Integer>(Kind.class);
    for (var sensor : sensors) {
      counts.merge(sensor.kind(), 1, Integer::sum);
      look(sensor, given, problems, perfdata);
    }
    return problems.finding("SENSORS", words(counts), perfdata);
  }

  private static List<Sensor> chosen(Given given, List<Sensor> all)
      throws UsageException, CheckException, InterruptedException {
    var in = expression(given, "sensor");
    var out = expression(given, "exclude");
    var chosen = new ArrayList<Sensor>();
    for (var sensor : all) {
      boolean isIn = in == null || Interruptible.finds(in, sensor.name());
      if (isIn && (out == null || !Interruptible.finds(out, sensor.name()))) {
        chosen.add(sensor);
      }
    }
    return chosen;
  }

  private static @Nullable Pattern expression(Given given, String option) throws UsageException {
    var text = given.find(option);
    return text.isEmpty() ? null : PosixRegex.extended(text.get(), false);
  }

  private static String words(Map<Kind, Integer> counts) {
    var text = new StringBuilder();
    for (var count : counts.entrySet()) {
      text.append(text.isEmpty() ? "" : ", ").append(count.getKey().word);
      text.append(' ').append(count.getValue());
    }
    return "sensors are within their limits (" + text + ")";
  }

  private static void look(Sensor sensor, Given given, Problems problems, PerfdataText perfdata)
      throws UsageException {
    if (sensor.hasFault()) {
      if (!given.has("ignore-fault")) {
        problems.add(Status.UNKNOWN, sensor.name() + " is broken");
      }
      return;
    }
    var warn = last(given, "warning", sensor);
    var crit = last(given, "critical", sensor);
    boolean isOurs = warn != null || crit != null;
    double value = sensor.value();
    var status = Status.OK;
    if (isOurs) {
      status = Thresholds.of(warn, crit).of(value);
    } else if (!given.has("no-limits")) {
      status = byLimits(sensor);
      warn = range(sensor.low(), sensor.high(), sensor.kind());
      crit = range(sensor.lowest(), sensor.highest(), sensor.kind());
    }
    if (!Double.isNaN(value)) {
      var least = sensor.kind() == Kind.FAN ? "0" : null;
      perfdata.add(
          OneLine.of(sensor.name()),
          number(value, sensor) + (sensor.kind() == Kind.HUMIDITY ? "%" : ""),
          warn,
          crit,
          least,
          null);
    }
    if (sensor.hasAlarm() && !isOurs) {
      status = Status.CRITICAL;
    }
    if (status != Status.OK) {
      problems.add(
          status,
          sensor.name()
              + (Double.isNaN(value)
                  ? ""
                  : " is at " + number(value, sensor) + " " + sensor.kind().unit)
              + (sensor.hasAlarm() ? " (alarm)" : ""));
    }
  }

  private static String number(double value, Sensor sensor) {
    return Fixed.of(value, sensor.kind().digits());
  }

  /** The last threshold that is for this sensor. */
  private static @Nullable String last(Given given, String option, Sensor sensor) {
    for (var value : given.all(option).reversed()) {
      int equals = value.lastIndexOf('=');
      var which = equals < 0 ? "temp" : value.substring(0, equals);
      if (which.equals(sensor.kind().word) || which.equals(sensor.name())) {
        return range(value);
      }
    }
    return null;
  }

  private static String range(String threshold) {
    return threshold.substring(threshold.lastIndexOf('=') + 1);
  }

  /** Drivers give limits that nobody has set as 0, or the high one not above the low one. */
  private static Status byLimits(Sensor sensor) {
    double value = sensor.value();
    if (value >= sensor.highest() && sensor.highest() > 0) {
      return Status.CRITICAL;
    }
    if (value <= sensor.lowest() && sensor.lowest() != 0) {
      return Status.CRITICAL;
    }
    boolean isTooHigh =
        value >= sensor.high() && sensor.high() > 0 && !(sensor.high() <= sensor.low());
    boolean isTooLow =
        value < sensor.low() && sensor.low() != 0 && !(sensor.high() <= sensor.low());
    return isTooHigh || isTooLow ? Status.WARNING : Status.OK;
  }

  /** The limits of a chip as a range; null when there are none. */
  private static @Nullable String range(double low, double high, Kind kind) {
    boolean hasLow = !Double.isNaN(low) && low != 0 && !(high <= low);
    boolean hasHigh = high > 0 && !(high <= low);
    if (!hasLow && !hasHigh) {
      return null;
    }
    return (hasLow ? Fixed.of(low, kind.digits()) + ":" : kind == Kind.TEMP ? "~:" : "")
        + (hasHigh ? Fixed.of(high, kind.digits()) : "");
  }
}
