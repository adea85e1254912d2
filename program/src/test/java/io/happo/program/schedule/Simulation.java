package io.happo.program.schedule;

import io.happo.core.plan.Check;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A timetable in simulated time: looks when it wants to be looked at, ends each run after its
 * duration, and notes the starts.
 */
final class Simulation {
  /**
   * A start by both clocks: monotonic from the beginning on, and the time of the day; and how late
   * the table says it is.
   */
  record Start(String check, Duration at, Instant time, Duration late) {}

  final Timetable table;
  final List<Start> starts = new ArrayList<>();
  int mostRunning;

  private final int places;

  private final Instant begin;
  private long nanos;
  private long millis;
  private final Map<String, Long> ends = new HashMap<>();
  private final Map<String, Duration> durations = new HashMap<>();
  private final Set<String> bad = new HashSet<>();

  Simulation(Instant begin, int places) {
    this.begin = begin;
    this.places = places;
    this.millis = begin.toEpochMilli();
    this.nanos = Long.MAX_VALUE - Duration.ofMinutes(7).toNanos(); // It may begin anywhere.
    this.table = new Timetable("agent", places, ZoneId.of("Europe/Berlin"));
  }

  Now now() {
    return new Now(nanos, millis);
  }

  void use(Check... checks) {
    table.use(List.of(checks), now());
  }

  /** How long runs of a check take from now on; else no time. */
  void takes(String check, Duration duration) {
    durations.put(check, duration);
  }

  void isBad(String check, boolean isBad) {
    if (isBad) {
      bad.add(check);
    } else {
      bad.remove(check);
    }
  }

  /** Goes on for so long, by the monotonic clock. */
  void run(Duration duration) {
    long end = nanos + duration.toNanos();
    while (nanos != end) {
      look();
      long step = Math.min(table.untilLook(now()), end - nanos);
      for (long ending : ends.values()) {
        step = Math.min(step, ending - nanos);
      }
      pass(step);
      finish();
    }
  }

  /** Starts what is due; what takes no time ends at once and makes room for others. */
  private void look() {
    do {
      for (var check : table.start(now())) {
        starts.add(
            new Start(
                check.name(),
                Duration.ofMillis(millis - begin.toEpochMilli()),
                Instant.ofEpochMilli(millis),
                Duration.ofNanos(table.lateNanos(check.name()))));
        var duration = durations.getOrDefault(check.name(), Duration.ZERO);
        if (ends.put(check.name(), nanos + duration.toNanos()) != null) {
          throw new AssertionError(check.name() + " runs beside itself");
        }
      }
      mostRunning = Math.max(mostRunning, ends.size());
      if (ends.size() > places) {
        throw new AssertionError(ends.keySet() + " run at " + places + " places");
      }
    } while (finish());
  }

  private boolean finish() {
    boolean any = false;
    for (var name : List.copyOf(ends.keySet())) {
      if (ends.getOrDefault(name, nanos) - nanos <= 0) {
        ends.remove(name);
        table.finished(name, !bad.contains(name), now());
        any = true;
      }
    }
    return any;
  }

  private void pass(long duration) {
    nanos += duration;
    millis = Math.addExact(millis, duration / Now.NANOS_PER_MILLI);
  }

  /** The machine sleeps: only the clock of the day goes on. */
  void sleep(Duration duration) {
    millis += duration.toMillis();
  }

  /** The whole process stands still. */
  void stall(Duration duration) {
    pass(duration.toNanos());
  }

  /** The starts of a check since the last call, as something about each. */
  <T> List<T> starts(String check, Function<Start, T> what) {
    var found = starts.stream().filter(start -> start.check().equals(check)).map(what).toList();
    starts.clear();
    return found;
  }
}
