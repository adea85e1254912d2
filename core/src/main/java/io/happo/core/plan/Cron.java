package io.happo.core.plan;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Times as in crontab(5): minute, hour, day of the month, month, day of the week. Each field is
 * {@code *}, a value, a range {@code a-b}, any of the last two but the value with a step {@code /n},
 * or a list of these with commas; months and days of the week have their English names of three
 * letters too; Sunday is 0 and 7. {@code @hourly}, {@code @daily} (or {@code @midnight}), {@code
 * @weekly}, {@code @monthly} and {@code @yearly} (or {@code @annually}) stand for all five.
 *
 * <p>Where neither day field begins with {@code *}, a day that suits one of them is enough; else it
 * must suit both.
 *
 * <p>Where clocks are put forward, a time that is left out comes at the first instant after the
 * gap, together with others that are left out. Where they are put back, a time that comes twice
 * counts the first time. An expression of every hour means a rhythm and not a time of the day: it
 * goes on through both.
 */
public final class Cron {
  private static final int ALL_HOURS = (1 << 24) - 1;

  /** After as many years the calendar repeats, days of the week included. */
  private static final int CALENDAR_YEARS = 400;

  /** A field: what its values are called, from where to where they go, and their names. */
  private enum Field {
    MINUTE("minute", 0, 59, ""),
    HOUR("hour", 0, 23, ""),
    DAY("day of the month", 1, 31, ""),
    MONTH("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
    WEEKDAY("day of the week", 0, 7, "SUN MON TUE WED THU FRI SAT");

    private final String title;
    private final int first;
    private final int last;
    private final String names;

    Field(String title, int first, int last, String names) {
      this.title = title;
      this.first = first;
      this.last = last;
      this.names = names;
    }
  }

  private final String text;
  private final long minutes;
  private final int hours;
  private final int days;
  private final int months;
  private final int weekdays;
  private final boolean eitherDay;

  private Cron(String text, List<String> fields) {
    this.text = text;
    minutes = bits(Field.MINUTE, fields.get(0));
    hours = (int) bits(Field.HOUR, fields.get(1));
    days = (int) bits(Field.DAY, fields.get(2));
    months = (int) bits(Field.MONTH, fields.get(3));
    int both = (int) bits(Field.WEEKDAY, fields.get(4));
    weekdays = (both | both >> 7) & 0x7F;
    eitherDay = !fields.get(2).startsWith("*") && !fields.get(4).startsWith("*");
  }

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  public static Cron parse(String expression) {
    var fields = fields(meaning(expression.strip()));
    if (fields.size() != Field.values().length) {
      throw new IllegalArgumentException(
          Rules.shown(expression)
              + " has "
              + fields.size()
              + " fields; five are needed: minute, hour, day of the month, month, day of the week");
    }
    var cron = new Cron(expression.strip(), fields);
    if (cron.firstMatch(LocalDate.of(2000, 1, 1).atStartOfDay(), true) == null) {
      throw new IllegalArgumentException(
          Rules.shown(expression) + " never comes: none of its months has such a day");
    }
    return cron;
  }

  private static String meaning(String expression) {
    if (!expression.startsWith("@")) {
      return expression;
    }
    return switch (expression) {
      case "@hourly" -> "0 * * * *";
      case "@daily", "@midnight" -> "0 0 * * *";
      case "@weekly" -> "0 0 * * 0";
      case "@monthly" -> "0 0 1 * *";
      case "@yearly", "@annually" -> "0 0 1 1 *";
      default ->
          throw new IllegalArgumentException(
              Rules.shown(expression)
                  + " is not known: @hourly, @daily, @weekly, @monthly and @yearly are");
    };
  }

  private static List<String> fields(String expression) {
    var fields = new ArrayList<String>();
    int begin = -1;
    for (int i = 0; i <= expression.length(); i++) {
      boolean blank =
          i == expression.length() || expression.charAt(i) == ' ' || expression.charAt(i) == '\t';
      if (!blank && begin < 0) {
        begin = i;
      } else if (blank && begin >= 0) {
        fields.add(expression.substring(begin, i));
        begin = -1;
      }
    }
    return fields;
  }

  private static long bits(Field field, String text) {
    long bits = 0;
    int begin = 0;
    while (begin <= text.length()) {
      int comma = text.indexOf(',', begin);
      int end = comma < 0 ? text.length() : comma;
      bits |= partBits(field, text.substring(begin, end));
      begin = end + 1;
    }
    return bits;
  }

  private static long partBits(Field field, String part) {
    int slash = part.indexOf('/');
    var range = slash < 0 ? part : part.substring(0, slash);
    int first = field.first;
    // Seven is another name of Sunday, not an eighth day.
    int last = field == Field.WEEKDAY ? 6 : field.last;
    if (!range.equals("*")) {
      int hyphen = range.indexOf('-');
      if (hyphen < 0 && slash >= 0) {
        throw wrong(field, part, "a step needs a range: write " + range + "-" + last + "/n");
      }
      first = value(field, hyphen < 0 ? range : range.substring(0, hyphen));
      last = hyphen < 0 ? first : value(field, range.substring(hyphen + 1));
      if (field == Field.WEEKDAY && last == 0 && first > 0) {
        last = 7;
      }
      if (last < first) {
        throw wrong(field, part, "the range ends before it begins");
      }
    }
    int step = slash < 0 ? 1 : number(part.substring(slash + 1));
    if (step < 1) {
      throw wrong(field, part, "a step is a number from 1 on");
    }
    long bits = 0;
    for (int value = first; value <= last; value += step) {
      bits |= 1L << value;
    }
    return bits;
  }

  private static int value(Field field, String text) {
    int name = text.length() == 3 ? field.names.indexOf(text.toUpperCase(Locale.ROOT)) : -1;
    int value = name < 0 || name % 4 != 0 ? number(text) : name / 4 + field.first;
    if (value < field.first || value > field.last) {
      throw wrong(
          field,
          text,
          field.first
              + " to "
              + field.last
              + (field.names.isEmpty() ? "" : " or one of " + field.names)
              + " are possible");
    }
    return value;
  }

  /** A number of few digits; -1 for anything else. */
  private static int number(String text) {
    if (text.isEmpty() || text.length() > 4) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + c - '0';
    }
    return number;
  }

  private static IllegalArgumentException wrong(Field field, String part, String why) {
    return new IllegalArgumentException(
        "the " + field.title + " " + Rules.shown(part) + " is not possible: " + why);
  }

  /** The first time that comes later than an instant. */
  public Instant next(Instant after, ZoneId zone) {
    var rules = zone.getRules();
    var at = after;
    boolean inclusive = false;
    while (true) {
      // Between two changes of the offset local time runs as instants do.
      var offset = rules.getOffset(at);
      var local = match(LocalDateTime.ofInstant(at, offset), inclusive);
      var time = local.toInstant(offset);
      var change = rules.nextTransition(at);
      if (change == null || time.isBefore(change.getInstant())) {
        if (hours == ALL_HOURS || !isSecondTime(rules, local, offset)) {
          return time;
        }
        at = time;
        inclusive = false;
      } else {
        at = change.getInstant();
        inclusive = true;
        if (change.isGap()
            && !match(change.getDateTimeBefore(), true).isAfter(change.getDateTimeAfter())) {
          return at;
        }
      }
    }
  }

  private static boolean isSecondTime(ZoneRules rules, LocalDateTime local, ZoneOffset offset) {
    var offsets = rules.getValidOffsets(local);
    return offsets.size() == 2 && offsets.get(1).equals(offset);
  }

  private LocalDateTime match(LocalDateTime from, boolean inclusive) {
    var match = firstMatch(from, inclusive);
    if (match == null) {
      throw new IllegalStateException(this + " does not come after " + from);
    }
    return match;
  }

  /**
   * The first minute that suits all fields; null when there is none before the calendar repeats.
   */
  private @Nullable LocalDateTime firstMatch(LocalDateTime from, boolean inclusive) {
    var begin = from.truncatedTo(ChronoUnit.MINUTES);
    if (!inclusive || begin.isBefore(from)) {
      begin = begin.plusMinutes(1);
    }
    int minute = begin.getHour() * 60 + begin.getMinute();
    var date = begin.toLocalDate();
    var end = date.plusYears(CALENDAR_YEARS).plusDays(1);
    while (!date.isAfter(end)) {
      if ((months >> date.getMonthValue() & 1) == 0) {
        date = date.withDayOfMonth(1).plusMonths(1);
      } else {
        int found = isDay(date) ? firstMinute(minute) : -1;
        if (found >= 0) {
          return date.atTime(found / 60, found % 60);
        }
        date = date.plusDays(1);
      }
      minute = 0;
    }
    return null;
  }

  private boolean isDay(LocalDate date) {
    boolean day = (days >> date.getDayOfMonth() & 1) != 0;
    boolean weekday = (weekdays >> date.getDayOfWeek().getValue() % 7 & 1) != 0;
    return eitherDay ? day || weekday : day && weekday;
  }

  /** The first minute of a day from one on; -1 when the day has none left. */
  private int firstMinute(int from) {
    long mask = -1L << from % 60;
    for (int hour = from / 60; hour < 24; hour++) {
      if ((hours >> hour & 1) != 0 && (minutes & mask) != 0) {
        return hour * 60 + Long.numberOfTrailingZeros(minutes & mask);
      }
      mask = -1L;
    }
    return -1;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Cron cron && text.equals(cron.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The expression as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
