package io.happo.agent.machine;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Machine;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counters of network interfaces at one moment.
 *
 * @param boot which start of the machine they count from
 * @param seconds since that start
 * @param byName by interface and counter
 */
record NetCounters(String boot, double seconds, Map<String, Map<String, Long>> byName) {
  static final String IN = "rx_bytes";
  static final String OUT = "tx_bytes";

  /** The files of {@code statistics}, which are the names here. */
  static final List<String> COUNTERS =
      List.of(
          IN,
          OUT,
          "rx_packets",
          "tx_packets",
          "rx_errors",
          "tx_errors",
          "rx_dropped",
          "tx_dropped");

  static NetCounters read(Machine machine, List<String> names) throws CheckException {
    var byName = new LinkedHashMap<String, Map<String, Long>>();
    for (var name : names) {
      var counters = new HashMap<String, Long>();
      for (var counter : COUNTERS) {
        var text = Sys.text(machine, NetLink.FOLDER + "/" + name + "/statistics/" + counter);
        add(counters, counter, text);
      }
      byName.put(name, counters);
    }
    return new NetCounters(
        Sys.text(machine, "/proc/sys/kernel/random/boot_id"), Uptime.seconds(machine), byName);
  }

  private static void add(Map<String, Long> counters, String name, String text) {
    try {
      counters.put(name, Long.parseUnsignedLong(text));
    } catch (NumberFormatException e) {
      // This one is not counted.
    }
  }

  /** As they are kept. */
  String text() {
    var text = new StringBuilder(boot).append(' ').append(seconds).append('\n');
    for (var one : byName.entrySet()) {
      text.append(one.getKey());
      for (var counter : COUNTERS) {
        var count = one.getValue().get(counter);
        text.append('\t').append(count == null ? "" : Long.toUnsignedString(count));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** Of a kept text; null when it is none. */
  static @Nullable NetCounters parse(String text) {
    var lines = text.split("\n", -1);
    int blank = lines[0].lastIndexOf(' ');
    try {
      double seconds = Double.parseDouble(lines[0].substring(blank + 1));
      var byName = new HashMap<String, Map<String, Long>>();
      for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
        var words = lines[i].split("\t", -1);
        var counters = new HashMap<String, Long>();
        for (int j = 1; j < Math.min(words.length, COUNTERS.size() + 1); j++) {
          add(counters, COUNTERS.get(j - 1), words[j]);
        }
        byName.put(words[0], counters);
      }
      return new NetCounters(lines[0].substring(0, Math.max(0, blank)), seconds, byName);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  Map<String, Long> of(String name) {
    return byName.getOrDefault(name, Map.of());
  }

  /** Since the other; NaN when the machine was restarted between. */
  double secondsSince(NetCounters before) {
    return boot.equals(before.boot) ? seconds - before.seconds : Double.NaN;
  }

  /**
   * What each counter grew by in a second; without those that went back, since the interface was
   * made anew then.
   */
  Map<String, Double> ratesSince(NetCounters before, String name) {
    double time = secondsSince(before);
    var rates = new HashMap<String, Double>();
    for (var one : of(name).entrySet()) {
      var earlier = before.of(name).get(one.getKey());
      if (earlier != null && time > 0 && Long.compareUnsigned(one.getValue(), earlier) >= 0) {
        rates.put(one.getKey(), (one.getValue() - earlier) / time);
      }
    }
    return rates;
  }
}
