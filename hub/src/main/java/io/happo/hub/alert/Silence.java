package io.happo.hub.alert;

import io.happo.core.plan.AgentView;
import io.happo.core.plan.Period;
import io.happo.core.plan.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A time in which troubles are not told: a silence, because somebody wants peace, or a downtime,
 * because work is done, which does not count as time that a trouble has lasted. Times are unix
 * milliseconds.
 *
 * @param downtime whether it is a downtime
 * @param target of which agents
 * @param checks names, {@code *} stands for any characters; none: all checks, and the agents
 *     themselves
 * @param end the greatest: never by itself
 * @param untilWell whether it ends when all that it silences is well again
 * @param flexibleMillis above 0: begins with the first trouble between begin and end, and lasts so
 *     long
 * @param startedAt of a flexible one, when it did; 0: not yet
 * @param times between begin and end those at which it holds
 */
public record Silence(
    long number,
    boolean downtime,
    Target target,
    List<String> checks,
    long begin,
    long end,
    boolean untilWell,
    long flexibleMillis,
    long startedAt,
    Period times,
    String author,
    String reason) {
  public Silence {
    checks = List.copyOf(checks);
    if (end <= begin || flexibleMillis < 0) {
      throw new IllegalArgumentException("ends before it begins");
    }
  }

  /** From one time to another. */
  private record Span(long from, long to) {}

  /** Whether something belongs to it, whenever that is. */
  boolean covers(Subject subject, AgentView agent) {
    return target.matches(agent) && (checks.isEmpty() || Target.suits(checks, subject.names()));
  }

  /** Whether it waits for the first trouble. */
  boolean waits(long now) {
    return flexibleMillis > 0 && startedAt == 0 && now >= begin && now < end;
  }

  Silence begun(long now) {
    return new Silence(
        number,
        downtime,
        target,
        checks,
        begin,
        end,
        untilWell,
        flexibleMillis,
        now,
        times,
        author,
        reason);
  }

  /** Whether it holds. */
  public boolean holds(long now) {
    if (flexibleMillis > 0) {
      return startedAt > 0 && now >= startedAt && now < startedAt + flexibleMillis;
    }
    return now >= begin && now < end && times.contains(now);
  }

  /** What it is for those who are not told, while it holds. */
  Around.Pause pause(long now) {
    long until = flexibleMillis > 0 ? startedAt + flexibleMillis : Math.min(end, times.end(now));
    return new Around.Pause(
        (downtime ? "downtime by " : "silenced by ")
            + author
            + (reason.isEmpty() ? "" : ": " + reason),
        until);
  }

  /** The one of some that holds longest. */
  static Optional<Around.Pause> longest(List<Silence> those, long now) {
    return those.stream()
        .filter(one -> one.holds(now))
        .map(one -> one.pause(now))
        .max(Comparator.comparingLong(Around.Pause::until));
  }

  /** How much of a time was downtime of any of some. */
  static long downtimeMillis(List<Silence> those, long from, long to) {
    var spans = new ArrayList<Span>();
    for (var one : those) {
      if (one.downtime) {
        one.spans(from, to, spans);
      }
    }
    spans.sort(Comparator.comparingLong(Span::from));
    long sum = 0;
    long reached = from;
    for (var span : spans) {
      sum += Math.max(0, span.to() - Math.max(reached, span.from()));
      reached = Math.max(reached, span.to());
    }
    return sum;
  }

  private void spans(long from, long to, List<Span> spans) {
    if (flexibleMillis > 0) {
      add(startedAt, startedAt == 0 ? 0 : startedAt + flexibleMillis, from, to, spans);
      return;
    }
    long last = Math.min(to, end);
    for (long at = Math.max(from, begin); at < last; ) {
      long opens = times.nextOpening(at);
      if (opens >= last) {
        return;
      }
      long closes = Math.min(times.end(opens), last);
      add(opens, closes, from, to, spans);
      at = closes;
    }
  }

  private static void add(long begin, long end, long from, long to, List<Span> spans) {
    if (Math.max(begin, from) < Math.min(end, to)) {
      spans.add(new Span(Math.max(begin, from), Math.min(end, to)));
    }
  }
}
