package io.happo.core.plan;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The times of the week at which something holds, such as {@code mon-fri 08:00-18:00, sat
 * 10:00-14:00}, by the clocks of a time zone: where these are put forward or back, an opening is
 * shorter or longer.
 *
 * @param text as it was written
 * @param spans any of which is enough; none: always
 */
public record Period(String text, List<Span> spans, ZoneId zone) {
  /** Always. */
  public static final Period ALWAYS = new Period("always", List.of(), ZoneId.of("UTC"));

  private static final int MINUTES_OF_DAY = 24 * 60;
  private static final int DAYS_OF_WEEK = 7;
  private static final int MAX_SPANS = 50;
  private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

  /**
   * The same hours of some days.
   *
   * @param days on which it opens
   * @param from minute of the day
   * @param to minute of the day, at most 1440; not after {@code from}: of the day after
   */
  public record Span(Set<DayOfWeek> days, int from, int to) {
    public Span {
      days = Set.copyOf(days);
      if (days.isEmpty() || from < 0 || from >= MINUTES_OF_DAY || to < 0 || to > MINUTES_OF_DAY) {
        throw new IllegalArgumentException("no hours of a day: " + from + " to " + to);
      }
    }
  }

  /** From a moment to another one, which does not belong to it. */
  private record Opening(Instant from, Instant to) {
    boolean contains(Instant time) {
      return !time.isBefore(from) && time.isBefore(to);
    }
  }

  public Period {
    spans = List.copyOf(spans);
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException with what to write instead
   */
  public static Period parse(String text, ZoneId zone) {
    var spans = new ArrayList<Span>();
    for (var part : text.toLowerCase(Locale.ROOT).split(",", -1)) {
      spans.add(span(part.strip(), text));
    }
    if (spans.size() > MAX_SPANS) {
      throw new IllegalArgumentException("has more than " + MAX_SPANS + " parts");
    }
    return new Period(text, spans, zone);
  }

  private static Span span(String part, String whole) {
    var words = part.split(" +", -1);
    if (words.length > 2 || part.isEmpty()) {
      throw wrong(whole);
    }
    boolean hasHours = words[words.length - 1].indexOf(':') >= 0;
    boolean hasDays = words.length == 2 || !hasHours;
    if (words.length == 2 && !hasHours) {
      throw wrong(whole);
    }
    var days = hasDays ? days(words[0], whole) : EnumSet.allOf(DayOfWeek.class);
    if (!hasHours) {
      return new Span(days, 0, MINUTES_OF_DAY);
    }
    var hours = words[words.length - 1].split("-", -1);
    if (hours.length != 2) {
      throw wrong(whole);
    }
    int from = minute(hours[0], whole);
    int to = minute(hours[1], whole);
    if (from == MINUTES_OF_DAY || from == to) {
      throw wrong(whole);
    }
    return new Span(days, from, to);
  }

  private static EnumSet<DayOfWeek> days(String text, String whole) {
    var ends = text.split("-", -1);
    int first = DAYS.indexOf(ends[0]);
    int last = DAYS.indexOf(ends[ends.length - 1]);
    if (first < 0 || last < 0 || ends.length > 2) {
      throw wrong(whole);
    }
    var days = EnumSet.noneOf(DayOfWeek.class);
    for (int day = first; ; day = (day + 1) % DAYS_OF_WEEK) {
      days.add(DayOfWeek.of(day + 1));
      if (day == last) {
        return days;
      }
    }
  }

  private static int minute(String text, String whole) {
    if (text.matches("[0-9]{1,2}:[0-9]{2}")) {
      int colon = text.indexOf(':');
      int hour = Integer.parseInt(text.substring(0, colon));
      int minute = Integer.parseInt(text.substring(colon + 1));
      if (minute < 60 && hour * 60 + minute <= MINUTES_OF_DAY) {
        return hour * 60 + minute;
      }
    }
    throw wrong(whole);
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        Rules.shown(text)
            + " is no time of the week: write such as 'mon-fri 08:00-18:00', 'sat-sun',"
            + " '22:00-06:00', or several of these with commas");
  }

  /** Whether it holds at a time, unix milliseconds. */
  public boolean contains(long time) {
    if (spans.isEmpty()) {
      return true;
    }
    var at = Instant.ofEpochMilli(time);
    return openings(at, -1, 0).stream().anyMatch(opening -> opening.contains(at));
  }

  /** When it holds next, unix milliseconds: the same time where it does. */
  public long nextOpening(long time) {
    if (contains(time)) {
      return time;
    }
    var at = Instant.ofEpochMilli(time);
    // A span whose hours a clock that is put forward leaves out is empty on that day.
    return openings(at, 0, 2 * DAYS_OF_WEEK).stream()
        .filter(opening -> opening.from().isAfter(at) && opening.from().isBefore(opening.to()))
        .mapToLong(opening -> opening.from().toEpochMilli())
        .min()
        .orElse(Long.MAX_VALUE);
  }

  /** When it ends, unix milliseconds: the same time where it does not hold; never: the greatest. */
  public long end(long time) {
    if (spans.isEmpty()) {
      return Long.MAX_VALUE;
    }
    var end = Instant.ofEpochMilli(time);
    var openings = openings(end, -1, 2 * DAYS_OF_WEEK);
    for (boolean longer = true; longer; ) {
      longer = false;
      for (var opening : openings) {
        if (opening.contains(end)) {
          end = opening.to();
          longer = true;
        }
      }
    }
    return end.toEpochMilli() - time > DAYS_OF_WEEK * 86_400_000L
        ? Long.MAX_VALUE
        : end.toEpochMilli();
  }

  /** Those that begin on a day near a time, counted from that one. */
  private List<Opening> openings(Instant near, int firstDay, int lastDay) {
    var today = near.atZone(zone).toLocalDate();
    var openings = new ArrayList<Opening>();
    for (int i = firstDay; i <= lastDay; i++) {
      var day = today.plusDays(i);
      for (var span : spans) {
        if (span.days().contains(day.getDayOfWeek())) {
          var endDay = span.to() > span.from() ? day : day.plusDays(1);
          openings.add(new Opening(at(day, span.from()), at(endDay, span.to())));
        }
      }
    }
    return openings;
  }

  private Instant at(LocalDate day, int minute) {
    return day.plusDays(minute / MINUTES_OF_DAY)
        .atStartOfDay()
        .plusMinutes(minute % MINUTES_OF_DAY)
        .atZone(zone)
        .toInstant();
  }

  /** As it was written, without the zone. */
  @Override
  public String toString() {
    return text;
  }
}
