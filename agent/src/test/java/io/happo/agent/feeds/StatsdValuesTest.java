package io.happo.agent.feeds;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatsdValuesTest {
  private static final long NOW = 1_800_000_000;
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(NOW));

  private final Losses losses = new Losses("statsd", event -> {}, CLOCK, Losses.Rhythm.USUAL);
  private final StatsdValues values = new StatsdValues(100, losses);

  @AfterEach
  void close() {
    losses.close();
  }

  private void take(String... lines) {
    for (var line : lines) {
      values.take(StatsdLine.read(line), NOW);
    }
  }

  @Test
  void counters_give_count_and_rate_and_nothing_when_nothing_came() {
    take("hits:1|c", "hits:2|c", "hits:1|c|@0.5", "t:1|c|#dc:eu");
    assertThat(values.flush(10, NOW))
        .isEqualTo(
            Map.of("hits.count", 5.0, "hits.rate", 0.5, "t.count;dc=eu", 1.0, "t.rate;dc=eu", 0.1));
    assertThat(values.flush(10, NOW)).isEmpty();
  }

  @Test
  void gauges_are_told_at_each_flush_until_nobody_has_set_them_for_a_day() {
    take("up:5|g", "up:-2|g", "up:+0.5|g", "new:+1|g");
    assertThat(values.flush(10, NOW)).isEqualTo(Map.of("up", 3.5, "new", 1.0));
    assertThat(values.flush(10, NOW + StatsdValues.GAUGE_KEPT_SECONDS))
        .isEqualTo(Map.of("up", 3.5, "new", 1.0));
    assertThat(values.flush(10, NOW + StatsdValues.GAUGE_KEPT_SECONDS + 1)).isEmpty();
  }

  @Test
  void sets_tell_how_many_different_members_came() {
    take("users:a|s", "users:b|s", "users:a|s");
    assertThat(values.flush(10, NOW)).isEqualTo(Map.of("users", 2.0));
    assertThat(values.flush(10, NOW)).isEmpty();
  }

  @Test
  void timers_tell_what_etsys_daemon_tells_under_its_names() {
    for (int i = 100; i >= 1; i--) {
      take("db:" + i + "|ms");
    }
    take("one:7|h", "two:1|ms|@0.1", "two:2|ms");
    var told = values.flush(10, NOW);
    assertThat(told)
        .containsEntry("db.count", 100.0)
        .containsEntry("db.sum", 5_050.0)
        .containsEntry("db.lower", 1.0)
        .containsEntry("db.upper", 100.0)
        .containsEntry("db.mean", 50.5)
        .containsEntry("db.median", 50.5)
        .containsEntry("db.upper_95", 95.0)
        .containsEntry("one.median", 7.0)
        .containsEntry("one.upper_95", 7.0)
        .containsEntry("two.count", 11.0)
        .containsEntry("two.sum", 3.0)
        .hasSize(21);
  }

  @Test
  void beyond_the_most_names_new_ones_are_dropped_and_known_ones_go_on() {
    for (int i = 0; i < 120; i++) {
      take("name" + i + ":1|c", "name0:1|c");
    }
    assertThat(values.flush(10, NOW)).hasSize(200).containsEntry("name0.count", 121.0);
    assertThat(losses.figures().dropped()).isEqualTo(Map.of("names", 20L));
    assertThat(losses.figures().taken()).isEqualTo(220);
    take("name119:1|c");
    assertThat(values.flush(10, NOW)).containsKey("name119.count");
  }

  @Test
  void timer_of_very_many_values_tells_count_and_limits_of_all_and_a_fair_median() {
    for (int i = 0; i < 3 * StatsdValues.MAX_TIMER_VALUES; i++) {
      take("db:" + i + "|ms");
    }
    var told = values.flush(10, NOW);
    assertThat(told)
        .containsEntry("db.count", 30_000.0)
        .containsEntry("db.upper", 29_999.0)
        .containsEntry("db.mean", 14_999.5);
    assertThat(told.get("db.median")).isBetween(14_000.0, 16_000.0);
    assertThat(losses.figures().dropped()).isEqualTo(Map.of("timer_values", 20_000L));
  }

  @Test
  void all_timers_and_all_sets_share_a_limit_and_each_timer_tells_something() {
    for (int i = 0; i < StatsdValues.MAX_TIMER_VALUES; i++) {
      for (int timer = 0; timer < 6; timer++) {
        take("t" + timer + ":" + i + "|ms");
      }
    }
    take("late:3|ms");
    for (int i = 0; i <= StatsdValues.MAX_MEMBERS; i++) {
      take("users:" + i + "|s");
    }
    assertThat(losses.figures().dropped())
        .isEqualTo(Map.of("timer_values", 10_000L, "set_members", 1L));
    assertThat(values.flush(10, NOW))
        .containsEntry("late.median", 3.0)
        .containsEntry("users", (double) StatsdValues.MAX_MEMBERS);
  }

  @Test
  void lines_that_cannot_be_read_and_sums_beyond_any_number_harm_nothing_else() {
    take("what", "big:1e308|c", "big:1e308|c", "good:1|g");
    assertThat(values.flush(10, NOW)).isEqualTo(Map.of("good", 1.0));
    assertThat(losses.figures().dropped()).isEqualTo(Map.of("bad_line", 1L));
  }
}
