package io.happo.agent.uplink;

import io.happo.core.link.ToAgent.PlanOffer;
import io.happo.core.link.ToHub.PlanStatus;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has plans applied, one after the other, on a thread that exists meanwhile. Of those that come
 * while one is being applied only the last counts. Any thread.
 */
final class Plans {
  private static final Logger LOG = System.getLogger(Plans.class.getName());

  private record Offered(PlanOffer offer, Session from) {}

  private final PlanApplier applier;
  private @Nullable Offered next;
  private boolean applying;

  Plans(PlanApplier applier) {
    this.applier = applier;
  }

  /** Applies it, and tells the session that it is from what became of it. */
  synchronized void offer(PlanOffer offer, Session from) {
    next = new Offered(offer, from);
    if (!applying) {
      applying = true;
      Thread.ofVirtual().name("happo-plan").start(this::applyAll);
    }
  }

  private void applyAll() {
    for (var offered = take(); offered != null; offered = take()) {
      try {
        offered.from.send(apply(offered.offer));
      } catch (IOException e) {
        // The hub finds out at the next hello.
      }
    }
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
