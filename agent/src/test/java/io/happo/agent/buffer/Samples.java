package io.happo.agent.buffer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** What the tests of this room have in common. */
final class Samples {
  static final long NOW = 1_800_000_000;
  static final Limits ROOMY = new Limits(64 << 20, Duration.ofDays(7));

  private Samples() {}

  /** A clock that stands still until it is set. */
  static final class Clock implements InstantSource {
    private final AtomicLong seconds = new AtomicLong(NOW);

    @Override
    public Instant instant() {
      return Instant.ofEpochSecond(seconds.get());
    }

    void advance(Duration duration) {
      seconds.addAndGet(duration.toSeconds());
    }
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(Entry entry) {
    return new String(entry.payload(), StandardCharsets.UTF_8);
  }

  /** Bytes that no compression makes shorter. */
  static byte[] noise(RandomGenerator random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** A batch of metrics as the agent keeps it, about 8 KB. */
  static byte[] metrics(RandomGenerator random, long time, int count) {
    StringBuilder json = new StringBuilder();
    json.append("{\"hostname\":\"web-01\",\"timestamp\":").append(time).append(",\"metrics\":{");
    for (int i = 0; i < count; i++) {
      json.append(
          String.format(
              Locale.ROOT,
              "%s\"linux.disk.elapsed.iotime_sda%02d\":%.2f",
              i == 0 ? "" : ",",
              i,
              random.nextDouble() * 10_000));
    }
    return text(json.append("}}").toString());
  }

  /** Everything free, in leases that nobody ends. */
  static List<Entry> leaseAll(DurableQueue queue) {
    List<Entry> all = new ArrayList<>();
    List<Entry> some = queue.lease(1000).entries();
    while (!some.isEmpty()) {
      all.addAll(some);
      some = queue.lease(1000).entries();
    }
    return all;
  }
}
