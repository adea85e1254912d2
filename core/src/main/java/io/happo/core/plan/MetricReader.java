package io.happo.core.plan;

import io.happo.core.AlertRange;
import io.happo.core.plan.AlertRule.About;
import io.happo.core.plan.AlertRule.Aggregate;
import io.happo.core.plan.AlertRule.Group;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** Reads what a rule about values says of them. */
final class MetricReader {
  private static final List<String> LIMITS =
      List.of("above", "below", "outside", "rises-by", "falls-by", "absent");

  private static final List<String> OTHERS = List.of("within", "aggregate", "by");

  /** Values that come each minute are the usual ones. */
  private static final Duration SHORTEST = Duration.ofMinutes(1);

  private MetricReader() {}

  /** Tells those that stand in a rule that is not about values. */
  static void refuse(Members members) {
    for (var keys : List.of(LIMITS, OTHERS)) {
      for (var key : keys) {
        if (members.has(key)) {
          members.problem(key, "belongs to metric");
        }
      }
    }
  }

  static Optional<About> read(Members members, List<String> checks) {
    var name = members.made("metric", MetricPattern::parse);
    var limit = limit(members);
    var group = group(members);
    return name.isPresent() && limit.isPresent()
        ? Optional.of(new About.Metric(checks, name.get(), limit.get(), group))
        : Optional.empty();
  }

  private static Optional<Limit> limit(Members members) {
    var given = new ArrayList<String>();
    for (var key : LIMITS) {
      if (members.has(key)) {
        given.add(key);
      }
    }
    if (given.size() != 1) {
      members.problem(
          "",
          given.isEmpty()
              ? "does not say what is a trouble: one of " + String.join(", ", LIMITS) + " is needed"
              : "needs only one of "
                  + String.join(", ", given)
                  + (given.equals(List.of("above", "below"))
                      ? "; for both write outside: \"10:20\""
                      : ""));
    }
    var key = given.isEmpty() ? "" : given.getFirst();
    boolean changes = key.endsWith("-by");
    if (members.has("within") && !changes) {
      members.problem("within", "belongs to rises-by and falls-by");
    }
    return switch (key) {
      case "" -> Optional.empty();
      case "above", "below" -> members.made(key, text -> level(key, text));
      case "outside" -> members.made(key, MetricReader::outside);
      case "absent" -> time(members, key, AlertRule.MAX_TIME).map(Limit.Absent::new);
      default -> change(members, key);
    };
  }

  private static Limit level(String key, String text) {
    double limit = number(text);
    return new Limit.Level(
        key,
        text,
        key.equals("above")
            ? new AlertRange(Double.NEGATIVE_INFINITY, limit, false)
            : new AlertRange(limit, Double.POSITIVE_INFINITY, false));
  }

  private static Limit outside(String text) {
    var range = AlertRange.parse(text);
    if (range.isEmpty() || text.indexOf(':') < 0) {
      throw new IllegalArgumentException(
          "is "
              + Rules.shown(text)
              + ", expected a range such as 10:20, of which both ends are still good, or @10:20 for"
              + " what lies inside");
    }
    return new Limit.Level("outside", text, range.get());
  }

  private static Optional<Limit> change(Members members, String key) {
    var amount = members.text(key).orElse("");
    boolean percent = amount.endsWith("%");
    var by =
        members.made(
            key,
            text -> {
              double number = number(percent ? text.substring(0, text.length() - 1) : text);
              if (number <= 0) {
                throw new IllegalArgumentException(
                    "is " + Rules.shown(text) + ", expected more than 0");
              }
              return number;
            });
    if (!members.has("within")) {
      members.problem("within", "is missing: in which time it changes so much, such as 1h");
    }
    var within = time(members, "within", Limit.Change.LONGEST);
    return by.isPresent() && within.isPresent()
        ? Optional.of(new Limit.Change(key.equals("rises-by"), by.get(), percent, within.get()))
        : Optional.empty();
  }

  private static Optional<Duration> time(Members members, String key, Duration longest) {
    return members.made(
        key,
        text -> {
          var time = Durations.parse(text);
          if (time.compareTo(SHORTEST) < 0 || time.compareTo(longest) > 0) {
            throw new IllegalArgumentException(
                "is "
                    + Durations.text(time)
                    + "; from "
                    + Durations.text(SHORTEST)
                    + " to "
                    + Durations.text(longest)
                    + " are possible");
          }
          return time;
        });
  }

  private static double number(String text) {
    try {
      double number = Double.parseDouble(text);
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new IllegalArgumentException("is " + Rules.shown(text) + ", expected a number");
  }

  private static Optional<Group> group(Members members) {
    var by = members.textOrTexts("by");
    members.problem("by", Rules.count(by.size(), Group.MAX_BY));
    members.problem("by", Rules.texts(by));
    if (!members.has("aggregate")) {
      if (members.has("by")) {
        members.problem("by", "belongs to aggregate");
      }
      return Optional.empty();
    }
    var found =
        AlertReader.words(members, "aggregate", Aggregate.class, EnumSet.noneOf(Aggregate.class));
    if (found.size() > 1) {
      members.problem("aggregate", "names several");
    }
    return found.stream().findFirst().map(aggregate -> new Group(aggregate, by));
  }
}
