package io.happo.agent.feeds;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What StatsD lines add up to between two flushes. Names of counters, timers and sets are known
 * until the flush, a gauge until nobody has set it for a day. When there are as many names as may
 * be, new ones are dropped. Any thread.
 */
final class StatsdValues {
  /** Values of one timer that median and percentile are made of. */
  static final int MAX_TIMER_VALUES = 10_000;

  /** Likewise of all timers together, but one of each: 400 KB. */
  static final int MAX_ALL_TIMER_VALUES = 50_000;

  /** Members that are told apart, of all sets together. */
  static final int MAX_MEMBERS = 20_000;

  /** How long a gauge is known that nobody sets. */
  static final long GAUGE_KEPT_SECONDS = 86_400;

  private static final class Gauge {
    private double value;
    private long setAt;
  }

  private final int maxNames;
  private final Losses losses;
  private final Map<String, Gauge> gauges = new HashMap<>(); // Under this, as all that follows.
  private Map<String, Double> counters = new HashMap<>();
  private Map<String, StatsdTimer> timers = new HashMap<>();
  private Map<String, Set<Long>> sets = new HashMap<>();
  private int timerValues;
  private int members;

  StatsdValues(int maxNames, Losses losses) {
    this.maxNames = maxNames;
    this.losses = losses;
  }

  /**
   * Adds a line.
   *
   * @param now unix seconds
   */
  synchronized void take(StatsdLine line, long now) {
    switch (line) {
      case StatsdLine.Count count -> {
        if (isKnown(counters, count.name())) {
          counters.merge(count.name(), count.amount(), Double::sum);
        }
      }
      case StatsdLine.Gauge gauge -> {
        if (isKnown(gauges, gauge.name())) {
          var known = gauges.computeIfAbsent(gauge.name(), name -> new Gauge());
          known.value = gauge.change() ? known.value + gauge.value() : gauge.value();
          known.setAt = now;
        }
      }
      case StatsdLine.Timing timing -> {
        if (isKnown(timers, timing.name())) {
          add(timing);
        }
      }
      case StatsdLine.Member member -> {
        if (isKnown(sets, member.name())) {
          add(member);
        }
      }
      case StatsdLine.Bad bad -> losses.count(Loss.BAD_LINE, 1, bad.why());
    }
  }

  /** Whether values of this name are taken; counted either way. */
  private boolean isKnown(Map<String, ?> kind, String name) {
    boolean known =
        kind.containsKey(name)
            || counters.size() + gauges.size() + timers.size() + sets.size() < maxNames;
    if (known) {
      losses.took(1);
    } else {
      losses.count(Loss.NAMES, 1, name);
    }
    return known;
  }

  private void add(StatsdLine.Timing timing) {
    var timer = timers.computeIfAbsent(timing.name(), name -> new StatsdTimer());
    boolean kept = timer.add(timing.value(), timing.weight(), timerValues < MAX_ALL_TIMER_VALUES);
    if (kept) {
      timerValues++;
    } else {
      losses.count(Loss.TIMER_VALUES, 1);
    }
  }

  private void add(StatsdLine.Member member) {
    var set = sets.computeIfAbsent(member.name(), name -> new HashSet<>());
    if (members < MAX_MEMBERS) {
      members += set.add(hash(member.member())) ? 1 : 0;
    } else if (!set.contains(hash(member.member()))) {
      losses.count(Loss.SET_MEMBERS, 1, member.name());
    }
  }

  /** FNV-1a of 64 bits: that two of 20,000 members are taken for one is not to be expected. */
  private static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /**
   * The values since the flush before; counters, timers and sets begin anew.
   *
   * @param seconds since then, for rates; at least 1
   * @param now unix seconds
   */
  SortedMap<String, Double> flush(long seconds, long now) {
    Map<String, Double> counted;
    Map<String, StatsdTimer> timed;
    var values = new TreeMap<String, Double>();
    synchronized (this) {
      counted = counters;
      counters = new HashMap<>();
      timed = timers;
      timers = new HashMap<>();
      sets.forEach((name, set) -> values.put(name, (double) set.size()));
      sets = new HashMap<>();
      timerValues = 0;
      members = 0;
      gauges.values().removeIf(gauge -> now - gauge.setAt > GAUGE_KEPT_SECONDS);
      gauges.forEach((name, gauge) -> values.put(name, gauge.value));
    }
    counted.forEach(
        (name, count) -> {
          values.put(with(name, ".count"), count);
          values.put(with(name, ".rate"), count / seconds);
        });
    timed.forEach(
        (name, timer) -> timer.tell((suffix, value) -> values.put(with(name, suffix), value)));
    values.values().removeIf(value -> !Double.isFinite(value)); // Sums of what is very large.
    return values;
  }

  /** A name with something after it, before its tags. */
  private static String with(String name, String suffix) {
    int tags = name.indexOf(';');
    return tags < 0 ? name + suffix : name.substring(0, tags) + suffix + name.substring(tags);
  }
}
