package io.happo.hub.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryTest {
  private static final OutputLimits PATIENT =
      new OutputLimits(
          500,
          100,
          1 << 20,
          Duration.ofSeconds(1),
          Duration.ofMillis(20),
          Duration.ofSeconds(10),
          Duration.ofHours(1),
          Duration.ofMillis(1));

  @TempDir Path folder;
  private final Tally tally = new Tally();

  private Delivery delivery(Measuring measuring, SampleSource source) {
    return new Delivery(
        "prom",
        source,
        measuring.book(),
        () -> {
          throw new IOException("nobody is there");
        },
        Choice.of(Map.of()),
        tally,
        PATIENT,
        InstantSource.system());
  }

  @Test
  void a_mistake_of_the_hub_is_not_made_again_at_once() throws Exception {
    var sixTimes = new CountDownLatch(6);
    var source =
        new MemorySource() {
          @Override
          public OptionalLong position(String reader) {
            sixTimes.countDown();
            throw new IllegalArgumentException("port out of range");
          }
        };
    try (var measuring = new Measuring(folder, new MemorySource())) {
      long begin = System.nanoTime();
      var thread = Thread.ofVirtual().start(delivery(measuring, source)::run);
      assertThat(sixTimes.await(20, TimeUnit.SECONDS)).isTrue();
      // At least half of 20, 40, 80, 160 and 320 ms.
      assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(300));
      assertThat(tally.counts().problem()).contains("this hub made a mistake");
      thread.interrupt();
      thread.join();
    }
  }

  @Test
  void one_that_is_over_writes_no_position_though_nobody_interrupts_it() throws Exception {
    var asked = new CountDownLatch(1);
    var over = new CountDownLatch(1);
    var source =
        new MemorySource() {
          @Override
          public long lost() {
            asked.countDown();
            try {
              assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            return 7;
          }
        };
    source.setPosition("prom", 1);
    try (var measuring = new Measuring(folder, new MemorySource())) {
      var delivery = delivery(measuring, source);
      var thread = Thread.ofVirtual().start(delivery::run);
      assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
      delivery.end();
      over.countDown();
      thread.join();
      assertThat(source.position("prom")).hasValue(1);
    }
  }
}
