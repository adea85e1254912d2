package io.happo.agent.nrpe;

import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;

/**
 * What the door refused: all of it counted, the latest kept for {@code /status}, each a line of the
 * log, but not more lines than a person reads. For any thread; never blocks on a peer.
 */
final class Refusals {
  /**
   * One of them.
   *
   * @param peer its address, without the port
   */
  record Refusal(Instant at, String peer, String reason) {}

  private static final System.Logger LOG = System.getLogger("io.happo.agent.nrpe");
  private static final int KEPT = 20;
  private static final int LINES = 20;
  private static final Duration WINDOW = Duration.ofSeconds(10);

  private final InstantSource clock;
  private final ArrayDeque<Refusal> latest = new ArrayDeque<>(KEPT);
  private long total;
  private Instant windowBegin = Instant.EPOCH;
  private int lines;
  private long silent;

  Refusals(InstantSource clock) {
    this.clock = clock;
  }

  void add(InetSocketAddress peer, String reason) {
    var now = clock.instant();
    var refusal = new Refusal(now, peer.getAddress().getHostAddress(), reason);
    long before;
    synchronized (this) {
      total++;
      if (latest.size() == KEPT) {
        latest.removeFirst();
      }
      latest.addLast(refusal);
      // A clock that was set back begins a new window, too.
      if (now.isBefore(windowBegin) || !now.isBefore(windowBegin.plus(WINDOW))) {
        windowBegin = now;
        lines = 0;
      }
      if (lines == LINES) {
        silent++;
        return;
      }
      lines++;
      before = silent;
      silent = 0;
    }
    if (before > 0) {
      LOG.log(Level.WARNING, "NRPE: {0} more refusals were not logged", before);
    }
    LOG.log(Level.WARNING, "NRPE: refused {0}: {1}", refusal.peer(), reason);
  }

  synchronized long total() {
    return total;
  }

  /** The latest ones, oldest first. */
  synchronized List<Refusal> latest() {
    return List.copyOf(latest);
  }
}
