package io.happo.hub.graphite;

import io.happo.core.GraphiteLine;
import io.happo.core.LineCutter;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lines as they come from somebody, and what becomes of them. One who is patient is not read
 * further while there is no room, or he has sent too much in this minute; of others such lines are
 * dropped. Belongs to one thread.
 */
final class Source {
  /** As intake has it. */
  private static final long MAX_AHEAD_MILLIS = Duration.ofDays(1).toMillis();

  private static final int LOOK_MILLIS = 100;

  private final Shared shared;
  private final boolean isPatient;
  private final Batches batches;
  private final LineCutter cutter;
  private InetAddress peer;

  Source(Shared shared, InetAddress peer, boolean isPatient) {
    this.shared = shared;
    this.peer = peer;
    this.isPatient = isPatient;
    batches = new Batches(shared);
    cutter =
        new LineCutter(
            GraphiteLine.MAX_BYTES,
            new LineCutter.Lines() {
              @Override
              public void line(String text) {
                take(text);
              }

              @Override
              public void tooLong() {
                shared.losses().count(Loss.LONG_LINE, 1, from());
              }
            });
  }

  /** Takes what has come of a stream. */
  void take(ByteBuffer bytes) {
    cutter.take(bytes);
    sendWhenDue();
  }

  /** Takes a packet, whose end is the end of its last line. */
  void takePacket(InetAddress sender, ByteBuffer bytes) {
    peer = sender;
    cutter.take(bytes);
    cutter.end();
    sendWhenDue();
  }

  /** How long this may wait for more; 0: for ever, since nothing waits to be sent. */
  int patienceMillis() {
    if (batches.isEmpty()) {
      return 0;
    }
    // One that does not wait for the store looks at it now and then.
    int least = isPatient || !batches.isBusy() ? 1 : LOOK_MILLIS;
    return (int) Math.max(least, TimeUnit.NANOSECONDS.toMillis(batches.leftNanos()));
  }

  /** Sends what has waited for long enough, or is enough. */
  void sendWhenDue() {
    if (!batches.isEmpty() && batches.leftNanos() <= 0 && (isPatient || !batches.isBusy())) {
      batches.send();
    }
  }

  /** Nothing more comes: returns when all that came is stored, or given up. */
  void end() {
    if (cutter.isWithinLine()) {
      shared.losses().count(Loss.UNFINISHED_LINE, 1, from());
    }
    batches.send();
    batches.awaitStored();
  }

  private String from() {
    return "from " + peer.getHostAddress();
  }

  private void take(String line) {
    if (!isWithinRate()) {
      shared.losses().count(Loss.RATE, 1, from());
      return;
    }
    long now = shared.clock().millis();
    switch (GraphiteLine.read(line, now)) {
      case GraphiteLine.Value value -> take(value, now);
      case GraphiteLine.Unknown _ -> shared.losses().unknown();
      case GraphiteLine.Bad bad ->
          shared.losses().count(Loss.BAD_LINE, 1, from() + ": " + bad.why());
    }
  }

  private boolean isWithinRate() {
    try {
      long left = shared.rates().take(peer);
      if (left > 0 && isPatient) {
        batches.send(); // What came before does not wait for this.
      }
      while (left > 0 && isPatient && !shared.closing().await(left, TimeUnit.NANOSECONDS)) {
        left = shared.rates().take(peer);
      }
      return left == 0 || isPatient;
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }

  private void take(GraphiteLine.Value value, long now) {
    if (value.time() - now > MAX_AHEAD_MILLIS) {
      shared
          .losses()
          .count(Loss.WRONG_TIME, 1, from() + ": " + value.name() + " of " + value.time() / 1_000);
      return;
    }
    var owned = shared.owners().find(value.name());
    if (owned.isEmpty()) {
      shared.losses().count(Loss.NOT_JOINED, 1, from() + ": " + value.name());
    } else if (hasRoom()) {
      batches.add(owned.get(), value.time(), value.value());
    } else {
      shared.losses().count(Loss.BUSY, 1, from());
    }
  }

  /** Whether there is a permit for one more value, and this has taken it. */
  private boolean hasRoom() {
    Semaphore room = shared.room();
    if (batches.isFull()) {
      if (!isPatient && batches.isBusy()) {
        return false;
      }
      batches.send();
    }
    if (room.tryAcquire()) {
      return true;
    }
    if (isPatient) {
      // Nobody may wait for room with what others need gone to get theirs.
      batches.send();
      room.acquireUninterruptibly();
    }
    return isPatient;
  }
}
