package io.happo.agent.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NtpAndEchoTest {
  private static final long COOKIE = 0x0123_4567_89ab_cdefL;

  private static ByteBuffer answer() {
    var bytes = ByteBuffer.allocate(48);
    return bytes.put(0, (byte) 0x24).put(1, (byte) 2).putLong(24, COOKIE).putLong(40, 1);
  }

  @Test
  void answer_of_a_time_server_must_be_one_to_the_question() {
    assertThat(NtpPacket.answer(answer().array(), COOKIE)).isNotNull();
    assertThat(NtpPacket.answer(answer().array(), COOKIE + 1)).isNull();
    assertThat(NtpPacket.answer(answer().put(0, (byte) 0x23).array(), COOKIE)).isNull();
    assertThat(NtpPacket.answer(new byte[47], 0)).isNull();
    assertThat(NtpPacket.answer(new byte[0], 0)).isNull();
    assertThat(NtpPacket.question(COOKIE)).hasSize(48).startsWith(0x23);
  }

  @ParameterizedTest
  @CsvSource({
    "0x24, 1, true",
    "0x24, 15, true",
    "0x24, 16, false",
    "0x24, 0, false",
    "0xe4, 2, false"
  })
  void clock_counts_when_it_is_synchronized(int flags, int stratum, boolean isGood) {
    var packet = answer().put(0, (byte) flags).put(1, (byte) stratum).array();
    assertThat(Objects.requireNonNull(NtpPacket.answer(packet, COOKIE)).isGood()).isEqualTo(isGood);
  }

  @Test
  void time_that_is_not_told_does_not_count() {
    var packet = Objects.requireNonNull(NtpPacket.answer(answer().putLong(40, 0).array(), COOKIE));
    assertThat(packet.isGood()).isFalse();
  }

  /** In 2036 the seconds of the protocol begin anew. */
  @ParameterizedTest
  @CsvSource({
    "2024-06-01T00:00:00.25Z, 0",
    "2024-06-01T00:00:00.25Z, 3600000",
    "2036-02-07T06:28:15.9Z, 500",
    "2036-02-07T06:28:16.1Z, -500",
    "2036-02-07T06:28:15.999Z, 100000",
    "2100-01-01T00:00:00Z, -1"
  })
  void offset_is_counted_over_the_end_of_an_era(Instant asked, long aheadMillis) {
    var answered = asked.plusMillis(20);
    var there = asked.plusMillis(10).plus(Duration.ofMillis(aheadMillis));
    var packet = new NtpPacket(0, 1, 0, 0, NtpPacket.of(there), NtpPacket.of(there));
    assertThat(packet.offset(NtpPacket.of(asked), NtpPacket.of(answered)))
        .isCloseTo(aheadMillis / 1e3, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "-0.5, -0.5",
    "0.0001, 0.0001",
    "0.00001, 1e-05",
    "-9.509720257e-05, -9.509720257e-05",
    "123456789.123, 123456789.1",
    "12345678912, 1.234567891e+10",
    "99999999999, 1e+11",
    "0.30000000001, 0.3",
    "1e-300, 1e-300"
  })
  void offset_is_written_as_the_plugin_writes_it(double value, String text) {
    assertThat(CheckNtpTime.general(value)).isEqualTo(text);
  }

  @Test
  void echo_request_has_a_checksum_that_makes_the_sum_complete() {
    for (int number : new int[] {0, 1, 0xffff}) {
      var request = ByteBuffer.wrap(Echo.request(true, number, COOKIE));
      int sum = 0;
      while (request.hasRemaining()) {
        sum += request.getShort() & 0xffff;
      }
      assertThat((sum & 0xffff) + (sum >>> 16)).isEqualTo(0xffff);
    }
  }

  @Test
  void echo_reply_must_be_ours() {
    var reply = Echo.request(true, 7, COOKIE);
    assertThat(Echo.answered(reply, true, COOKIE)).isEqualTo(-1);
    reply[0] = 0;
    assertThat(Echo.answered(reply, true, COOKIE)).isEqualTo(7);
    assertThat(Echo.answered(reply, true, COOKIE + 1)).isEqualTo(-1);
    assertThat(Echo.answered(reply, false, COOKIE)).isEqualTo(-1);
    assertThat(Echo.answered(new byte[15], true, 0)).isEqualTo(-1);
    var reply6 = Echo.request(false, 0xffff, COOKIE);
    assertThat(reply6[0]).isEqualTo((byte) 128);
    reply6[0] = (byte) 129;
    assertThat(Echo.answered(reply6, false, COOKIE)).isEqualTo(0xffff);
  }

  @ParameterizedTest
  @CsvSource({
    "5, 200, 10000, 1000, 1400",
    "1, 0, 10000, 1000, 1000",
    "5, 200, 3000, 450, 900",
    "1, 100000, 10000, 1000, 9000",
    "100, 200, 10000, 89, 178",
    "1, 1e300, 10000, 1000, 9000"
  })
  void questions_fit_into_the_time_there_is(
      int count, double slowest, long time, long interval, long patience) {
    var plan = Pings.Plan.of(count, slowest, Duration.ofMillis(time));
    assertThat(plan.interval() / 1_000_000).isEqualTo(interval);
    assertThat(plan.patience() / 1_000_000).isCloseTo(patience, within(11L));
    assertThat(plan.interval() * (count - 1) + plan.patience())
        .isLessThanOrEqualTo(Duration.ofMillis(time).toNanos());
  }

  @Test
  void loss_is_told_in_percent() {
    assertThat(new Pings(3, 2, 1).lost()).isEqualTo(33);
    assertThat(new Pings(100, 0, 0).lost()).isEqualTo(100);
    assertThat(new Pings(5, 5, 1).lost()).isZero();
  }
}
