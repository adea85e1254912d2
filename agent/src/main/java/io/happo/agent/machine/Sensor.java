package io.happo.agent.machine;

import io.happo.agent.checks.Machine;
import io.happo.core.Decimal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One sensor of {@code /sys/class/hwmon} (Documentation/hwmon/sysfs-interface.rst).
 *
 * @param name the chip, a slash and the label
 * @param kind which of {@link Kind}
 * @param value NaN when there is none now
 * @param lowest at or below it is critical; NaN where the chip has no such limit, as the others
 * @param low below it is too low
 * @param high at or above it is too high
 * @param highest at or above it is critical
 * @param hasAlarm whether the chip itself raises an alarm
 * @param hasFault whether the chip says that the sensor is broken
 */
record Sensor(
    String name,
    Kind kind,
    double value,
    double lowest,
    double low,
    double high,
    double highest,
    boolean hasAlarm,
    boolean hasFault) {
  private static final String FOLDER = "/sys/class/hwmon";

  /** What is measured. */
  enum Kind {
    TEMP("temp", 1000, 1, "C"),
    FAN("fan", 1, 0, "RPM"),
    IN("in", 1000, 3, "V"),
    CURR("curr", 1000, 3, "A"),
    POWER("power", 1_000_000, 2, "W"),
    HUMIDITY("humidity", 1000, 1, "%"),
    INTRUSION("intrusion", 1, 0, "");

    /** As its files begin, with a number behind. */
    final String word;

    private final int scale;
    private final int digits;
    final String unit;

    Kind(String word, int scale, int digits, String unit) {
      this.word = word;
      this.scale = scale;
      this.digits = digits;
      this.unit = unit;
    }

    int digits() {
      return digits;
    }

    private boolean isOf(String file, int end) {
      int from = word.length();
      boolean isNumbered = end > from && file.startsWith(word);
      for (int i = from; i < end; i++) {
        isNumbered &= Character.isDigit(file.charAt(i));
      }
      return isNumbered;
    }
  }

  /** All of them, by chip and in the order of its files. */
  static List<Sensor> all(Machine machine) {
    var sensors = new ArrayList<Sensor>();
    var folder = machine.file(FOLDER);
    var chips = Sys.names(folder);
    var known = new HashSet<String>();
    var twice = new HashSet<String>();
    for (var chip : chips) {
      var name = Sys.text(folder.resolve(chip).resolve("name"));
      if (!known.add(name)) {
        twice.add(name);
      }
    }
    for (var chip : chips) {
      var files = folder.resolve(chip);
      var name = Sys.text(files.resolve("name"));
      name = name.isEmpty() ? chip : name;
      addAll(files, twice.contains(name) ? name + "-" + device(files, chip) : name, sensors);
    }
    return sensors;
  }

  /** What tells two chips with one name apart: the device behind them, such as {@code nvme0}. */
  private static String device(Path files, String chip) {
    try {
      var name = files.resolve("device").toRealPath().getFileName();
      return name == null ? chip : name.toString();
    } catch (IOException e) {
      return chip;
    }
  }

  private static void addAll(Path files, String chip, List<Sensor> sensors) {
    var names = Sys.names(files);
    Set<String> there = new HashSet<>(names);
    for (var kind : Kind.values()) {
      for (var name : names) {
        int end = name.lastIndexOf('_');
        if (end > 0 && kind.isOf(name, end)) {
          var begin = name.substring(0, end);
          boolean isMain =
              name.endsWith("_input")
                  || (name.endsWith("_average") && !there.contains(begin + "_input"))
                  || (kind == Kind.INTRUSION && name.endsWith("_alarm"));
          if (isMain) {
            sensors.add(read(files, names, begin, name, kind, chip));
          }
        }
      }
    }
  }

  private static Sensor read(
      Path files, List<String> names, String begin, String main, Kind kind, String chip) {
    var label = Sys.text(files.resolve(begin + "_label"));
    boolean hasAlarm = false;
    for (var name : names) {
      boolean isAlarm = name.startsWith(begin + "_") && name.endsWith("_alarm");
      hasAlarm |= isAlarm && Sys.text(files.resolve(name)).equals("1");
    }
    return new Sensor(
        chip + "/" + (label.isEmpty() ? begin : label),
        kind,
        kind == Kind.INTRUSION ? Double.NaN : number(files, main, kind),
        number(files, begin + "_lcrit", kind),
        number(files, begin + "_min", kind),
        number(files, begin + "_max", kind),
        number(files, begin + "_crit", kind),
        hasAlarm,
        Sys.text(files.resolve(begin + "_fault")).equals("1"));
  }

  private static double number(Path files, String name, Kind kind) {
    return Decimal.read(Sys.text(files.resolve(name))) / kind.scale;
  }
}
