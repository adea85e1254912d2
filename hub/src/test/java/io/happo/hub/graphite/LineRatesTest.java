package io.happo.hub.graphite;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LineRatesTest {
  private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress OTHER = InetAddress.ofLiteral("192.0.2.2");

  private final AtomicLong nanos = new AtomicLong(-5);
  private final LineRates rates = new LineRates(2, nanos::get);

  @Test
  void each_address_has_so_many_lines_in_a_minute() {
    assertThat(rates.take(ONE)).isZero();
    assertThat(rates.take(ONE)).isZero();
    nanos.addAndGet(Duration.ofSeconds(45).toNanos());
    assertThat(rates.take(ONE)).isEqualTo(Duration.ofSeconds(15).toNanos());
    assertThat(rates.take(OTHER)).isZero();
    nanos.addAndGet(Duration.ofSeconds(15).toNanos());
    assertThat(rates.take(ONE)).isZero();
  }
}
