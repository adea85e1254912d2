package io.happo.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.hub.metrics.Aggregate;
import io.happo.hub.metrics.Grid;
import io.happo.hub.metrics.Grouping;
import io.happo.hub.store.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MetricQueryTest {
  private static final long HOUR = 3_600_000;

  @ParameterizedTest
  @CsvSource({
    // A week in half hours; series, whether points were asked for, aggregate, the width in minutes.
    "PT168H, 1000, true, avg, 60",
    "PT168H, 250, true, avg, 60",
    "PT168H, 248, true, avg, 30",
    "PT168H, 1000, false, avg, 30",
    "PT168H, 1000, true, none, 30",
    "PT48H, 1000, true, sum, 60",
    "PT47H, 10000, true, sum, 30",
  })
  void a_line_of_very_many_series_has_parts_of_an_hour_unless_others_were_asked_for(
      Duration span, int series, boolean points, String aggregate, int minutes) {
    var query =
        new MetricQuery(
            new Samples.Wanted("*", "*", "*", Optional.empty()),
            Map.of(),
            Grid.ofWidth(1_000 * HOUR, 1_000 * HOUR + span.toMillis(), HOUR / 2),
            points,
            Aggregate.of(aggregate),
            new Grouping(List.of()),
            "",
            100);
    var grid = query.grid(series);
    assertThat(Duration.ofMillis(grid.width())).isEqualTo(Duration.ofMinutes(minutes));
    assertThat(grid.from()).isEqualTo(1_000 * HOUR);
    assertThat(grid.to()).isEqualTo(1_000 * HOUR + span.toMillis());
  }
}
