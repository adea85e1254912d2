package io.happo.agent.uplink;

import io.happo.core.link.ToAgent.PlanOffer;
import io.happo.core.link.ToHub.PlanStatus;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Has plans applied, one after the other, on a thread that exists meanwhile. Of those that come
 * while one is being applied only the last counts. One that fails for what may pass is tried again
 * after a minute at the most, then after twice as long, up to an hour: at a random time, since the
 * whole fleet may have failed at once. Any thread.
 */
final class Plans {
  private static final Logger LOG = System.getLogger(Plans.class.getName());

  private static final Duration FIRST_WAIT = Duration.ofMinutes(1);
  private static final int MAX_DOUBLINGS = 6; // about an hour

  /** Tells the hub. */
  interface Telling {
    void send(PlanStatus status) throws IOException;
  }

  private record Offered(PlanOffer offer, Telling to) {}

  private final PlanApplier applier;
  private final Duration firstWait;
  private @Nullable Offered next;
  private boolean applying;

  Plans(PlanApplier applier) {
    this(applier, FIRST_WAIT);
  }

  Plans(PlanApplier applier, Duration firstWait) {
    this.applier = applier;
    this.firstWait = firstWait;
  }

  /** Applies it, and tells what became of it. */
  synchronized void offer(PlanOffer offer, Telling to) {
    next = new Offered(offer, to);
    notifyAll();
    if (!applying) {
      applying = true;
      Thread.ofVirtual().name("happo-plan").start(this::applyAll);
    }
  }

  private void applyAll() {
    for (var offered = take(); offered != null; offered = take()) {
      try {
        applyUntilItIsClear(offered);
      } catch (IOException e) {
        // The session is over; the hub finds out at the next hello.
      }
    }
  }

  private void applyUntilItIsClear(Offered offered) throws IOException {
    var told = apply(offered.offer);
    offered.to.send(told);
    for (int tries = 0; !told.applied() && applier.mayPass(); tries++) {
      long longest = firstWait.toMillis() << Math.min(tries, MAX_DOUBLINGS);
      if (isAnotherThere(ThreadLocalRandom.current().nextLong(longest / 2, longest + 1))) {
        return;
      }
      var again = apply(offered.offer);
      if (!again.equals(told)) {
        offered.to.send(again);
        told = again;
      }
    }
  }

  /** Waits, and returns at once when another plan is there. */
  private synchronized boolean isAnotherThere(long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    try {
      for (long left = millis;
          next == null && left > 0;
          left = (end - System.nanoTime()) / 1_000_000) {
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
    return next != null;
  }

  private synchronized @Nullable Offered take() {
    var taken = next;
    next = null;
    applying = taken != null;
    return taken;
  }

  private PlanStatus apply(PlanOffer offer) {
    try {
      return applier.apply(offer.hash(), offer.document());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a plan could not be applied", e);
      return new PlanStatus(offer.hash(), false, List.of("the agent failed: " + e));
    }
  }
}
