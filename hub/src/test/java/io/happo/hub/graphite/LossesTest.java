package io.happo.hub.graphite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LossesTest {
  @Test
  void each_reason_is_told_once_with_its_number_and_an_example() {
    var losses = new Losses(Losses.Rhythm.USUAL);
    assertThat(losses.untold()).isEmpty();
    losses.count(Loss.BAD_LINE, 1, "'x' is no number");
    losses.count(Loss.BAD_LINE, 2, "'y' is no number");
    losses.count(Loss.RATE, 4, "from 192.0.2.1");
    assertThat(losses.untold())
        .isEqualTo(
            "lines that cannot be read: 3 (such as: 'x' is no number), packets' lines beyond what"
                + " one address may send in a minute: 4 (such as: from 192.0.2.1)");
    assertThat(losses.untold()).isEmpty();
    losses.count(Loss.BAD_LINE, 1, "'z' is no number");
    assertThat(losses.untold())
        .isEqualTo("lines that cannot be read: 1 (such as: 'z' is no number)");
    assertThat(losses.counts(0).dropped()).containsEntry("bad_line", 4L).containsEntry("busy", 0L);
  }
}
