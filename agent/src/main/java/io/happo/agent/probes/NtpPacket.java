package io.happo.agent.probes;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An answer of a time server (RFC 5905, 7.3).
 *
 * @param leap 3 when its clock is not synchronized
 * @param stratum how far it is from a clock that tells the time: 1 to 15, 16 for one that is not
 *     synchronized, 0 for one that does not want to be asked
 * @param rootDelay how long its way to that clock takes, in seconds
 * @param rootDispersion how wrong it may be, in seconds
 * @param receive when it got the question, in units of 2^-32 seconds; likewise the other
 */
record NtpPacket(
    int leap, int stratum, double rootDelay, double rootDispersion, long receive, long transmit) {
  private static final int BYTES = 48;
  private static final int CLIENT = 3;
  private static final int SERVER = 4;
  private static final int VERSION = 4;
  private static final int ORIGIN = 24;
  private static final int RECEIVE = 32;
  private static final int TRANSMIT = 40;
  private static final double SHORT_UNIT = 1 << 16;
  private static final double UNIT = 1L << 32;
  private static final int SYNCHRONIZED_MOST = 15;

  /** Seconds from 1900 to 1970. */
  private static final long EPOCH = 2_208_988_800L;

  /** A time in the format of the protocol, which begins anew in 2036 and so on. */
  static long of(Instant time) {
    return (time.getEpochSecond() + EPOCH) << 32 | (((long) time.getNano() << 32) / 1_000_000_000);
  }

  /**
   * A question.
   *
   * @param cookie what the server is to send back: RFC 9769 has a number nobody can guess, others
   *     the time
   */
  static byte[] question(long cookie) {
    var bytes = ByteBuffer.allocate(BYTES);
    bytes.put(0, (byte) (VERSION << 3 | CLIENT));
    bytes.putLong(TRANSMIT, cookie);
    return bytes.array();
  }

  /** Reads an answer to a question with that cookie; null when it is none. */
  static @Nullable NtpPacket answer(byte[] packet, long cookie) {
    if (packet.length < BYTES) {
      return null;
    }
    var bytes = ByteBuffer.wrap(packet);
    if ((packet[0] & 7) != SERVER || bytes.getLong(ORIGIN) != cookie) {
      return null;
    }
    return new NtpPacket(
        packet[0] >> 6 & 3,
        packet[1] & 0xff,
        bytes.getInt(4) / SHORT_UNIT,
        (bytes.getInt(8) & 0xffff_ffffL) / SHORT_UNIT,
        bytes.getLong(RECEIVE),
        bytes.getLong(TRANSMIT));
  }

  /** Whether it tells a time that counts. */
  boolean isGood() {
    return leap != 3 && stratum >= 1 && stratum <= SYNCHRONIZED_MOST && transmit != 0;
  }

  /**
   * By how many seconds its clock is ahead of ours (RFC 5905, 8). Differences are taken before
   * anything is rounded, and over the beginning of an era.
   *
   * @param asked when the question was sent by our clock, in its units
   * @param answered when the answer came
   */
  double offset(long asked, long answered) {
    return ((receive - asked) / UNIT + (transmit - answered) / UNIT) / 2;
  }
}
