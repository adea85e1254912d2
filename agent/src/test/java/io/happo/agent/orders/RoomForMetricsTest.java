package io.happo.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RoomForMetricsTest {
  private static final Item METRICS =
      new Item.Metrics(new MetricBatch("host", 1_700_000_000, new TreeMap<>(Map.of("load", 1.0))));
  private static final Item EVENT = new Item.Event("e", 1, "text", new TreeMap<>());

  private long bytes;
  private final RoomForMetrics room =
      new RoomForMetrics(() -> bytes, 1_000, InstantSource.system());

  @Test
  void half_of_the_outbox_is_for_results_and_what_is_left_out_is_told_once() {
    bytes = 499;
    assertThat(room.of(List.of(METRICS, EVENT))).containsExactly(METRICS, EVENT);
    bytes = 500;
    assertThat(room.of(List.of(METRICS, EVENT))).containsExactly(EVENT);
    assertThat(room.of(List.of(METRICS))).isEmpty();
    bytes = 0;
    var told = room.of(List.of(METRICS));
    assertThat(told).hasSize(2).endsWith(METRICS);
    assertThat(told.getFirst())
        .isInstanceOfSatisfying(
            Item.Event.class,
            event -> {
              assertThat(event.name()).isEqualTo(RoomForMetrics.LEFT_OUT);
              assertThat(event.details()).containsEntry("batches", "2");
            });
    assertThat(room.of(List.of(METRICS))).containsExactly(METRICS);
  }
}
