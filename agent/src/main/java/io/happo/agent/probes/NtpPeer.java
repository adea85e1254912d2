package io.happo.agent.probes;

import io.happo.agent.checks.Machine;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One of the addresses of a time server, and what it has answered. Of one thread. */
final class NtpPeer implements Closeable {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Udp udp;
  private @Nullable NtpPacket last;
  private int answers;
  private double offsets;
  private boolean isGone;

  NtpPeer(InetSocketAddress address) throws IOException {
    udp = new Udp(address);
  }

  /** Asks once, and waits so long for the answer. */
  void ask(Machine machine, Duration most) throws InterruptedException {
    long cookie = RANDOM.nextLong();
    long end = System.nanoTime() + most.toNanos();
    var question = NtpPacket.question(cookie);
    try {
      long asked = NtpPacket.of(machine.clock().instant());
      udp.send(question);
      for (long left = most.toNanos(); left > 0; left = end - System.nanoTime()) {
        var packet = udp.receive(Duration.ofNanos(left));
        long answered = NtpPacket.of(machine.clock().instant());
        var answer = packet == null ? null : NtpPacket.answer(packet, cookie);
        if (answer != null) {
          last = answer;
          answers++;
          offsets += answer.offset(asked, answered);
          return;
        }
      }
    } catch (IOException e) {
      isGone = true;
    }
  }

  /** Whether it has answered so often, or cannot be reached at all. */
  boolean isDone(int wanted) {
    return isGone || answers >= wanted;
  }

  boolean hasAnswered() {
    return answers > 0;
  }

  /** Its offset in seconds, on the average. */
  double offset() {
    return offsets / answers;
  }

  /** Whether its time counts, and rather than that of another. */
  boolean isBetterThan(@Nullable NtpPeer other) {
    if (last == null || !last.isGood()) {
      return false;
    }
    var known = other == null ? null : other.last;
    if (known == null || last.stratum() != known.stratum()) {
      return known == null || last.stratum() < known.stratum();
    }
    return last.rootDispersion() + last.rootDelay() / 2
        < known.rootDispersion() + known.rootDelay() / 2;
  }

  @Override
  public void close() {
    udp.close();
  }
}
