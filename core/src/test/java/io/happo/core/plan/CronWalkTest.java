package io.happo.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Random expressions against a walker that tries each minute, mostly where clocks are changed. */
class CronWalkTest {
  private static final int EXPRESSIONS = 1_500;
  private static final Duration WALK = Duration.ofDays(3);
  private static final List<ZoneId> ZONES =
      List.of(
          ZoneId.of("UTC"),
          ZoneId.of("Europe/Berlin"),
          ZoneId.of("America/New_York"),
          ZoneId.of("Australia/Lord_Howe"),
          ZoneId.of("America/Sao_Paulo"),
          ZoneId.of("Africa/Casablanca"),
          ZoneId.of("Asia/Kathmandu"),
          ZoneId.of("Pacific/Apia"));

  /** A field as text, and what it means. */
  private record Field(String text, SortedSet<Integer> values) {
    static Field random(Random random, int first, int last) {
      int step = 1 + random.nextInt(Math.max(1, (last - first) / 2));
      int a = first + random.nextInt(last - first + 1);
      int b = a + random.nextInt(last - a + 1);
      return switch (random.nextInt(6)) {
        case 0, 1 -> new Field("*", values(first, last, 1));
        case 2 -> new Field("*/" + step, values(first, last, step));
        case 3 -> new Field(a + "-" + b, values(a, b, 1));
        case 4 -> new Field(a + "-" + b + "/" + step, values(a, b, step));
        default -> new Field(a + "," + b, new TreeSet<>(List.of(a, b)));
      };
    }

    private static SortedSet<Integer> values(int first, int last, int step) {
      var values = new TreeSet<Integer>();
      for (int value = first; value <= last; value += step) {
        values.add(value);
      }
      return values;
    }

    boolean isStar() {
      return text.startsWith("*");
    }
  }

  private record Expression(Field minute, Field hour, Field day, Field month, Field weekday) {
    static Expression random(Random random) {
      var day = Field.random(random, 1, 31);
      while (day.values.first() > 28) {
        day = Field.random(random, 1, 31); // In some months it would never come.
      }
      return new Expression(
          Field.random(random, 0, 59),
          Field.random(random, 0, 23),
          day,
          Field.random(random, 1, 12),
          Field.random(random, 0, 6));
    }

    String text() {
      return String.join(" ", minute.text, hour.text, day.text, month.text, weekday.text);
    }

    boolean suits(LocalDateTime time) {
      boolean days = day.values.contains(time.getDayOfMonth());
      boolean weekdays = weekday.values.contains(time.getDayOfWeek().getValue() % 7);
      boolean both = day.isStar() || weekday.isStar();
      return minute.values.contains(time.getMinute())
          && hour.values.contains(time.getHour())
          && month.values.contains(time.getMonthValue())
          && (both ? days && weekdays : days || weekdays);
    }

    boolean isEveryHour() {
      return hour.values.size() == 24;
    }
  }

  @Test
  void random_expressions_come_at_the_minutes_that_a_walker_finds() {
    var random = new Random(20_260_401);
    int times = 0;
    for (int i = 0; i < EXPRESSIONS; i++) {
      var expression = Expression.random(random);
      var zone = ZONES.get(random.nextInt(ZONES.size()));
      var begin = begin(random, zone);
      var walked = walked(expression, zone, begin);
      var computed = new TreeSet<Instant>();
      var cron = Cron.parse(expression.text());
      for (var at = cron.next(begin, zone);
          at.isBefore(begin.plus(WALK));
          at = cron.next(at, zone)) {
        assertThat(computed.add(at)).isTrue();
      }
      assertThat(computed).as("%s in %s from %s", expression.text(), zone, begin).isEqualTo(walked);
      times += walked.size();
    }
    assertThat(times).as("times compared").isGreaterThan(10_000);
  }

  /** Two of three times shortly before a change of the offset. */
  private static Instant begin(Random random, ZoneId zone) {
    var any =
        Instant.parse("2005-01-01T00:00:00Z")
            .plus(random.nextInt(15 * 365 * 24 * 60), ChronoUnit.MINUTES);
    var change = zone.getRules().nextTransition(any);
    return change == null || random.nextInt(3) == 0
        ? any
        : change.getInstant().minus(random.nextInt(2 * 24 * 60), ChronoUnit.MINUTES);
  }

  private static SortedSet<Instant> walked(Expression expression, ZoneId zone, Instant begin) {
    var found = new TreeSet<Instant>();
    var rules = zone.getRules();
    var end = begin.plus(WALK);
    for (var at = begin.plusSeconds(60); at.isBefore(end); at = at.plusSeconds(60)) {
      var local = at.atZone(zone);
      var offsets = rules.getValidOffsets(local.toLocalDateTime());
      boolean first = offsets.getFirst().equals(local.getOffset());
      if (expression.suits(local.toLocalDateTime()) && (first || expression.isEveryHour())) {
        found.add(at);
      }
    }
    for (var change = rules.nextTransition(begin);
        change != null && change.getInstant().isBefore(end);
        change = rules.nextTransition(change.getInstant())) {
      for (var left = change.getDateTimeBefore();
          change.isGap() && left.isBefore(change.getDateTimeAfter());
          left = left.plusMinutes(1)) {
        if (expression.suits(left)) {
          found.add(change.getInstant());
        }
      }
    }
    return found;
  }
}
