package io.happo.agent.machine;

import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import io.happo.core.Decimal;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What check_net judges interfaces by. NaN is a limit that was not given.
 *
 * @param bandwidth of all links, in bits a second
 * @param speed the least of a link, in bits a second
 */
record NetLimits(
    Rate warning,
    Rate critical,
    double bandwidth,
    Pair errors,
    Pair drops,
    double speed,
    Optional<String> duplex,
    Status down) {
  /** The most of a throughput: bits a second, or percent of the speed of the link. */
  private record Rate(double value, boolean isPercent) {
    static Rate of(String option, Optional<String> text) throws UsageException {
      if (text.isEmpty() || !text.get().endsWith("%")) {
        return new Rate(NetLimits.bits(option, text), false);
      }
      double percent = Decimal.read(text.get().substring(0, text.get().length() - 1));
      if (!(percent >= 0)) {
        throw new UsageException(option + ": '" + text.get() + "' is no percentage");
      }
      return new Rate(percent, true);
    }

    /** NaN where there is none, or where the speed of the link is not known. */
    double most(double bandwidth) {
      return isPercent ? value * bandwidth / 100 : value;
    }
  }

  /** For what happens seldom, in a second. */
  private record Pair(double warning, double critical) {
    static Pair of(String option, Optional<String> text) throws UsageException {
      if (text.isEmpty()) {
        return new Pair(Double.NaN, Double.NaN);
      }
      var parts = text.get().split(",", -1);
      double warning = Decimal.read(parts[0]);
      double critical = parts.length > 1 ? Decimal.read(parts[1]) : Double.NaN;
      if (!(warning >= 0) || parts.length > 2 || (parts.length == 2 && !(critical >= 0))) {
        throw new UsageException(
            option + ": '" + text.get() + "' is no number, nor two with a comma between them");
      }
      return new Pair(warning, critical);
    }
  }

  static NetLimits of(Given given) throws UsageException {
    return new NetLimits(
        Rate.of("-w (--warning)", given.find("warning")),
        Rate.of("-c (--critical)", given.find("critical")),
        bits("-b (--bandwidth)", given.find("bandwidth")),
        Pair.of("-e (--errors)", given.find("errors")),
        Pair.of("-d (--drops)", given.find("drops")),
        bits("-s (--speed)", given.find("speed")),
        given.find("duplex"),
        States.of("-a (--down)", given.text("down")));
  }

  /** {@code 500M}: with k, M or G, each 1000 times. */
  private static double bits(String option, Optional<String> text) throws UsageException {
    if (text.isEmpty()) {
      return Double.NaN;
    }
    int last = text.get().length() - 1;
    int unit = last < 1 ? 0 : 1 + "kMGT".indexOf(text.get().charAt(last));
    double number = Decimal.read(unit == 0 ? text.get() : text.get().substring(0, last));
    if (!(number >= 0)) {
      throw new UsageException(
          option + ": '" + text.get() + "' is no number of bits, such as 500M or 1G");
    }
    return number * Math.pow(1000, unit);
  }

  void look(NetLink link, Map<String, Double> rates, Problems problems) {
    if (!link.isUp()) {
      if (down != Status.OK) {
        problems.add(down, link.name() + " is down");
      }
      return;
    }
    if (link.megabits() * 1e6 < speed && link.megabits() >= 0) {
      problems.add(Status.WARNING, link.name() + " has a speed of " + link.megabits() + " Mbit/s");
    }
    if (duplex.isPresent() && !link.duplex().isEmpty() && !link.duplex().equals(duplex.get())) {
      problems.add(Status.WARNING, link.name() + " has a duplex of " + link.duplex());
    }
    boolean isUnknown = Double.isNaN(bandwidth(link));
    if (isUnknown && (warning.isPercent() || critical.isPercent())) {
      problems.add(Status.UNKNOWN, "the speed of " + link.name() + " is not known; give it by -b");
    }
    lookAtRate(link, "receives ", rates.get(NetCounters.IN), problems);
    lookAtRate(link, "sends ", rates.get(NetCounters.OUT), problems);
    lookAtPair(link, " errors", sum(rates, "rx_errors", "tx_errors"), errors, problems);
    lookAtPair(link, " dropped packets", sum(rates, "rx_dropped", "tx_dropped"), drops, problems);
  }

  private double bandwidth(NetLink link) {
    return bandwidth >= 0 ? bandwidth : link.megabits() > 0 ? link.megabits() * 1e6 : Double.NaN;
  }

  private void lookAtRate(NetLink link, String verb, @Nullable Double bytes, Problems problems) {
    if (bytes == null) {
      return;
    }
    double bits = bytes * 8;
    var status =
        bits > critical.most(bandwidth(link))
            ? Status.CRITICAL
            : bits > warning.most(bandwidth(link)) ? Status.WARNING : Status.OK;
    if (status != Status.OK) {
      problems.add(status, link.name() + " " + verb + CheckNet.bits(bits));
    }
  }

  private static void lookAtPair(
      NetLink link, String what, double rate, Pair limit, Problems problems) {
    var status =
        rate > limit.critical()
            ? Status.CRITICAL
            : rate > limit.warning() ? Status.WARNING : Status.OK;
    if (status != Status.OK) {
      problems.add(status, link.name() + " has " + Fixed.of(rate, 2) + what + " in a second");
    }
  }

  private static double sum(Map<String, Double> rates, String in, String out) {
    return rates.getOrDefault(in, 0.0) + rates.getOrDefault(out, 0.0);
  }

  /** Rates, and the counters as they are. */
  void perfdata(
      NetLink link, Map<String, Long> counters, Map<String, Double> rates, PerfdataText perfdata) {
    var name = OneLine.of(link.name());
    double all = bandwidth(link);
    var most = Double.isNaN(all) ? null : Fixed.of(all, 0);
    var warn = text(warning.most(all), 0);
    var crit = text(critical.most(all), 0);
    var in = rates.get(NetCounters.IN);
    var out = rates.get(NetCounters.OUT);
    if (in != null && out != null) {
      perfdata.add(name + "_in_bps", Fixed.of(in * 8, 0), warn, crit, "0", most);
      perfdata.add(name + "_out_bps", Fixed.of(out * 8, 0), warn, crit, "0", most);
      add(name + "_errors", sum(rates, "rx_errors", "tx_errors"), errors, perfdata);
      add(name + "_drops", sum(rates, "rx_dropped", "tx_dropped"), drops, perfdata);
    }
    for (var counter : NetCounters.COUNTERS) {
      var count = counters.get(counter);
      if (count != null) {
        perfdata.raw(name + "_" + counter, Long.toUnsignedString(count) + "c");
      }
    }
  }

  private static void add(String label, double rate, Pair limit, PerfdataText perfdata) {
    perfdata.add(
        label, Fixed.of(rate, 2), text(limit.warning(), 2), text(limit.critical(), 2), "0", null);
  }

  private static @Nullable String text(double limit, int digits) {
    return Double.isNaN(limit) ? null : Fixed.of(limit, digits);
  }
}
