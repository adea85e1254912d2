package io.happo.agent.checks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A time server (RFC 5905) that may be wrong. */
final class FakeNtp {
  private static final long EPOCH = 2_208_988_800L;

  /**
   * What it says of its clock.
   *
   * @param leap 3 when it is not synchronized
   * @param ahead of the true time
   */
  record Clock(int leap, int stratum, Duration ahead) {}

  private FakeNtp() {}

  static FakeUdp server(Clock clock) throws IOException {
    return new FakeUdp(question -> List.of(answer(question, clock)));
  }

  private static byte[] answer(byte[] question, Clock clock) {
    var answer = ByteBuffer.allocate(48);
    answer.put((byte) (clock.leap() << 6 | 4 << 3 | 4)).put((byte) clock.stratum());
    answer.put((byte) 6).put((byte) -20).putInt(1 << 8).putInt(1 << 7).putInt(0x7f000001);
    long now = time(Instant.now().plus(clock.ahead()));
    answer.putLong(now).put(question, 40, 8).putLong(now).putLong(now);
    return answer.array();
  }

  private static long time(Instant instant) {
    return (instant.getEpochSecond() + EPOCH) << 32
        | ((long) instant.getNano() << 32) / 1_000_000_000;
  }
}
