package io.happo.agent.feeds;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.GraphiteLine;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GraphiteBufferTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(1_800_000_000));

  private final Kept kept = new Kept(CLOCK);
  private final Losses losses =
      new Losses("graphite", kept.store::tell, CLOCK, Losses.Rhythm.USUAL);

  GraphiteBufferTest() throws IOException {}

  @AfterEach
  void close() throws IOException {
    losses.close();
    kept.close();
  }

  private static GraphiteLine line(String text) {
    return GraphiteLine.read(text, CLOCK.millis());
  }

  @Test
  void whoever_may_wait_waits_and_loses_nothing_up_to_the_most_of_a_minute() throws IOException {
    var buffer =
        new GraphiteBuffer(kept.store, () -> "h", 100, GraphiteBuffer.LINGER, losses, CLOCK);
    buffer.start();
    for (int i = 0; i < GraphiteBuffer.MAX_PER_MINUTE + 7; i++) {
      buffer.add(line("m" + i % 50 + " " + i + " " + i / 50), true);
    }
    buffer.close();
    assertThat(losses.figures().taken()).isEqualTo(60_000);
    assertThat(losses.figures().dropped()).isEqualTo(Map.of("rate", 7L));
    var batches = kept.batches();
    assertThat(batches.stream().mapToLong(batch -> batch.metrics().size()).sum()).isEqualTo(60_000);
    assertThat(kept.values()).containsEntry("m49", 59_999.0);
  }

  @Test
  void whoever_may_not_wait_loses_what_comes_beyond_and_that_is_counted() throws IOException {
    var buffer =
        new GraphiteBuffer(
            kept.store, () -> "h", 100, GraphiteBuffer.LINGER, losses, CLOCK); // Nobody writes.
    for (int i = 0; i < 5_003; i++) {
      buffer.add(line("m 1 " + i), false);
    }
    assertThat(losses.figures().taken()).isEqualTo(5_000);
    assertThat(losses.figures().dropped()).isEqualTo(Map.of("busy", 3L));
  }
}
