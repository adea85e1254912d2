package io.happo.agent.feeds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.core.link.Item;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LossesTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_000));

  private final List<Item.Event> events = new CopyOnWriteArrayList<>();

  private Losses losses(Duration every) {
    return new Losses(
        "statsd", events::add, CLOCK, new Losses.Rhythm(Duration.ofMillis(50), every));
  }

  @Test
  void what_was_dropped_is_told_in_one_event_with_figures_and_an_example() {
    var losses = losses(Duration.ofHours(1));
    losses.count(Loss.BAD_LINE, 1, "'x' is no number");
    losses.count(Loss.BAD_LINE, 2, "'y' is no number");
    losses.count(Loss.NAMES, 40);
    losses.count(Loss.RATE, 0);
    await().until(() -> !events.isEmpty());
    var event = events.getFirst();
    assertThat(event.name()).isEqualTo("metrics-dropped");
    assertThat(event.time()).isEqualTo(1_000_000);
    assertThat(event.details())
        .containsEntry("feed", "statsd")
        .containsEntry("bad_line", "3")
        .containsEntry("names", "40")
        .hasSize(3);
    assertThat(event.text())
        .isEqualTo(
            "statsd dropped lines that cannot be read: 3, values of names beyond"
                + " --metrics-max-names: 40 (the last: 'y' is no number)");
  }

  @Test
  void next_words_wait_for_their_time_and_the_end_does_not() {
    var losses = losses(Duration.ofHours(1));
    losses.count(Loss.BAD_LINE, 1);
    await().until(() -> !events.isEmpty());
    losses.count(Loss.BAD_LINE, 1);
    losses.count(Loss.BAD_LINE, 1);
    assertThat(events).hasSize(1);
    losses.close();
    assertThat(events).hasSize(2);
    assertThat(events.getLast().details()).containsEntry("bad_line", "2");
  }

  @Test
  void losses_go_on_being_told() {
    var losses = losses(Duration.ofMillis(50));
    losses.count(Loss.BUSY, 1);
    await().until(() -> events.size() == 1);
    losses.count(Loss.BUSY, 1);
    await().until(() -> events.size() == 2);
    losses.close();
    assertThat(events).hasSize(2);
  }
}
