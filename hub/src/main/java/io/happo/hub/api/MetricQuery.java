package io.happo.hub.api;

import io.happo.core.plan.Target;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.metrics.Aggregate;
import io.happo.hub.metrics.Grid;
import io.happo.hub.metrics.Grouping;
import io.happo.hub.metrics.Level;
import io.happo.hub.store.Samples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a request for values asks for.
 *
 * @param tags values of which one must suit, by name
 * @param asked the parts of time that were asked for
 * @param points whether that was a number of them, and not their width
 * @param aggregate empty: each series is a line
 * @param as value, rate, or empty: as the unit has it
 * @param max lines
 */
record MetricQuery(
    Samples.Wanted wanted,
    Map<String, List<String>> tags,
    Grid asked,
    boolean points,
    Optional<Aggregate> aggregate,
    Grouping grouping,
    String as,
    int max) {
  static final int MOST_LINES = 1_000;
  static final int MOST_POINTS = 11_000;

  private static final Duration SPAN = Duration.ofDays(1);

  /** What is kept in hours is read instead of more parts of 5 minutes than this. */
  private static final long MOST_PARTS = 500_000;

  /** But an answer has at least as many points as this has hours. */
  private static final long LEAST_MILLIS = Duration.ofDays(2).toMillis();

  /** Of the plugin guidelines: a continuous counter. */
  private static final String COUNTER = "c";

  /**
   * Reads it.
   *
   * @throws ApiException with what is wrong
   * @throws NoSuchAgentException when an agent is named that is none
   */
  static MetricQuery of(Call call, Fleet fleet, long now)
      throws ApiException, NoSuchAgentException {
    var metric = call.query("metric");
    if (metric.isEmpty()) {
      throw new ApiException(
          400,
          "metric is missing: give the name of one, or a part of it with *;"
              + " GET /v1/metrics?search= finds names");
    }
    var aggregate = aggregate(call.query("aggregate").orElse("none"));
    var by = call.queries("by");
    if (aggregate.isEmpty() && !by.isEmpty()) {
      throw new ApiException(
          400,
          "by makes groups, and nothing is made of them: give aggregate as well, one of "
              + String.join(", ", Aggregate.words()));
    }
    var as = call.query("as").orElse("");
    if (!List.of("", "value", "rate").contains(as)) {
      throw new ApiException(400, "as is '" + as + "', expected value or rate");
    }
    return new MetricQuery(
        new Samples.Wanted(
            metric.get(),
            call.query("check").orElse("*"),
            call.query("host").orElse("*"),
            agents(call.queries("agent"), fleet)),
        tags(call.queries("tag")),
        grid(call, now),
        call.query("step").isEmpty(),
        aggregate,
        new Grouping(by),
        as,
        call.query("max", 100, 1, MOST_LINES));
  }

  private static Optional<Set<Long>> agents(List<String> words, Fleet fleet)
      throws NoSuchAgentException {
    if (words.isEmpty()) {
      return Optional.empty();
    }
    var numbers = new HashSet<Long>();
    for (var word : words) {
      var suiting = new HashSet<Long>();
      for (var member : fleet.everyone()) {
        // A machine that was installed anew is there twice, and all of it is the machine's past.
        if (Target.suits(List.of(word), member.name())
            || Target.suits(List.of(word), member.id())) {
          suiting.add(member.number());
        }
      }
      if (suiting.isEmpty() && word.indexOf('*') < 0) {
        suiting.add(fleet.find(word).number());
      }
      numbers.addAll(suiting);
    }
    return Optional.of(numbers);
  }

  private static Map<String, List<String>> tags(List<String> texts) throws ApiException {
    var tags = new TreeMap<String, List<String>>();
    for (var text : texts) {
      int colon = text.indexOf(':');
      if (colon < 1) {
        throw new ApiException(400, "tag is '" + text + "', expected NAME:VALUE");
      }
      tags.computeIfAbsent(text.substring(0, colon), _ -> new ArrayList<>())
          .add(text.substring(colon + 1));
    }
    return tags;
  }

  private static Optional<Aggregate> aggregate(String word) throws ApiException {
    var aggregate = Aggregate.of(word);
    if (aggregate.isEmpty() && !word.equals("none")) {
      throw new ApiException(
          400,
          "aggregate is '"
              + word
              + "', expected none or one of "
              + String.join(", ", Aggregate.words()));
    }
    return aggregate;
  }

  private static Grid grid(Call call, long now) throws ApiException {
    long to = CheckRoutes.time(call, "to", now);
    long from = CheckRoutes.time(call, "from", Math.max(0, to - SPAN.toMillis()));
    if (from < 0 || from >= to || to > Grid.LAST) {
      throw new ApiException(
          400, "from is " + from + " and to " + to + ", expected times, and to the later one");
    }
    if (call.query("step").isEmpty()) {
      return Grid.inParts(from, to, call.query("points", 300, 1, MOST_POINTS));
    }
    if (call.query("points").isPresent()) {
      throw new ApiException(400, "points and step are given: give one of them");
    }
    long step = call.query("step", 1, 1, Integer.MAX_VALUE) * 1_000L;
    long count = Grid.count(from, to, step);
    if (count > MOST_POINTS) {
      throw new ApiException(
          400,
          "a step of "
              + step / 1_000
              + " seconds makes "
              + count
              + " points, at most "
              + MOST_POINTS
              + " are given: take a shorter time, or a step of at least "
              + Math.ceilDiv(to - from, (MOST_POINTS - 1) * 1_000L)
              + " seconds");
    }
    return Grid.ofWidth(from, to, step);
  }

  /**
   * The parts of time of the answer: of an hour each where so many series are made one that those
   * asked for would take long, unless their width was asked for.
   *
   * @param series how many suit
   */
  Grid grid(int series) {
    long hour = Level.HOUR.width();
    long millis = asked.to() - asked.from();
    boolean isMuch =
        points
            && aggregate.isPresent()
            && asked.width() < hour
            && millis >= LEAST_MILLIS
            && series * (millis / Level.FIVE_MINUTES.width()) > MOST_PARTS;
    return isMuch ? Grid.ofWidth(asked.from(), asked.to(), hour) : asked;
  }

  /** Whether values of a unit are shown as what they grow by in a second. */
  boolean isRate(String unit) {
    return as.isEmpty() ? unit.equals(COUNTER) : as.equals("rate");
  }

  /** Whether a series has the tags that are asked for: of its own, or of its agent. */
  boolean suits(Map<String, String> own, Map<String, String> agents) {
    return tags.entrySet().stream()
        .allMatch(
            tag ->
                suits(tag.getValue(), own.get(tag.getKey()))
                    || suits(tag.getValue(), agents.get(tag.getKey())));
  }

  private static boolean suits(List<String> patterns, @Nullable String value) {
    return value != null && Target.suits(patterns, value);
  }
}
