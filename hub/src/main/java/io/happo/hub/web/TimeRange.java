package io.happo.hub.web;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The time that the graphs of a page show, as its address has it: the last hours or days ({@code
 * span}), or one between two times ({@code from}, {@code to}); and with what it is compared ({@code
 * compare}). Addresses that say neither show the last day; what is no time counts as missing.
 *
 * @param path of the page
 * @param span the last so long; empty: a time that stays the same
 * @param from unix milliseconds
 * @param compare day, week, or empty: nothing
 * @param now unix milliseconds
 */
record TimeRange(String path, String span, long from, long to, String compare, long now) {
  private static final Duration SHORTEST = Duration.ofMinutes(1);

  /** The longest that anything is kept for, and some. */
  private static final Duration LONGEST = Duration.ofDays(800);

  private static final Duration USUAL = Duration.ofHours(24);
  private static final List<Duration> SPANS =
      List.of(Duration.ofHours(3), USUAL, Duration.ofDays(7), Duration.ofDays(31));
  private static final List<String> COMPARES = List.of("day", "week");

  /** A place to go to; without {@code href} it cannot be gone to now. */
  record Link(String title, String href, boolean here) {}

  static TimeRange of(Visit visit, String path) {
    var compare = COMPARES.contains(visit.query("compare")) ? visit.query("compare") : "";
    long from = seconds(visit.query("from"));
    long to = seconds(visit.query("to"));
    if (from >= 0 && to - from >= SHORTEST.toMillis() && to - from <= LONGEST.toMillis()) {
      return new TimeRange(path, "", from, to, compare, visit.now());
    }
    var length =
        SPANS.stream()
            .filter(one -> word(one).equals(visit.query("span")))
            .findFirst()
            .orElse(USUAL);
    return last(path, length, compare, visit.now());
  }

  private static TimeRange last(String path, Duration length, String compare, long now) {
    return new TimeRange(path, word(length), now - length.toMillis(), now, compare, now);
  }

  /** In whole seconds; -1: it is none. */
  private static long seconds(String text) {
    try {
      return text.isEmpty() ? -1 : 1000 * Instant.parse(text).getEpochSecond();
    } catch (DateTimeException e) {
      return -1;
    }
  }

  private static String word(Duration length) {
    return length.equals(USUAL) ? "24h" : Words.span(length);
  }

  boolean isFixed() {
    return span.isEmpty();
  }

  List<Link> spans() {
    var links = new ArrayList<Link>();
    for (var one : SPANS) {
      links.add(new Link(word(one), last(path, one, compare, now).href(), word(one).equals(span)));
    }
    return links;
  }

  /** What it can be compared with; who is there goes back. */
  List<Link> compares() {
    var links = new ArrayList<Link>();
    for (var one : COMPARES) {
      boolean here = one.equals(compare);
      var other = new TimeRange(path, span, from, to, here ? "" : one, now);
      links.add(new Link("a " + one + " before", other.href(), here));
    }
    return links;
  }

  /** By half of it to and fro, to half of it and to twice as much. */
  List<Link> moves() {
    long length = to - from;
    return List.of(
        move("Earlier", from - length / 2, length),
        to >= now ? new Link("Later", "", false) : move("Later", from + length / 2, length),
        length / 2 < SHORTEST.toMillis()
            ? new Link("Zoom in", "", false)
            : move("Zoom in", from + length / 4, length / 2),
        length * 2 > LONGEST.toMillis()
            ? new Link("Zoom out", "", false)
            : move("Zoom out", from - length / 2, length * 2));
  }

  /** Nothing is shown of what is to come; up to now it goes on with time. */
  private Link move(String title, long begin, long length) {
    long last = Math.min(begin + length, Math.max(now, to));
    for (var one : SPANS) {
      if (last >= now && one.toMillis() == length) {
        return new Link(title, last(path, one, compare, now).href(), false);
      }
    }
    return new Link(
        title,
        new TimeRange(path, "", Math.max(0, last - length), last, compare, now).href(),
        false);
  }

  /** The same page at this time. */
  String href() {
    return path + "?" + query();
  }

  String query() {
    return (isFixed() ? "from=" + iso(from) + "&to=" + iso(to) : "span=" + span)
        + (compare.isEmpty() ? "" : "&compare=" + compare);
  }

  private static String iso(long millis) {
    return Instant.ofEpochSecond(millis / 1000).toString();
  }
}
