package io.happo.agent.orders;

import io.happo.core.link.Item;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * How much of the outbox what is measured may fill: half. A hub that is away for long would else
 * cost the results of checks, which are few, for values, which are many.
 */
final class RoomForMetrics {
  /** Event: values were left out. */
  static final String LEFT_OUT = "metrics-left-out";

  private static final System.Logger LOG = System.getLogger(RoomForMetrics.class.getName());

  private final LongSupplier waiting;
  private final long most;
  private final InstantSource clock;
  private long left; // Batches since there was no room.

  /**
   * @param waiting bytes that the outbox holds
   * @param limit bytes that it may hold
   */
  RoomForMetrics(LongSupplier waiting, long limit, InstantSource clock) {
    this.waiting = waiting;
    this.most = limit / 2;
    this.clock = clock;
  }

  /** Of some items those that there is room for, with word of what was left out before. */
  synchronized List<Item> of(List<? extends Item> items) {
    long bytes = waiting.getAsLong();
    boolean hasRoom = bytes < most;
    var kept = new ArrayList<Item>(items.size() + 1);
    for (var item : items) {
      if (hasRoom || !(item instanceof Item.Metrics)) {
        kept.add(item);
      }
    }
    if (left == 0 && kept.size() < items.size()) {
      LOG.log(
          Level.WARNING,
          "what is measured is not kept for the hub, which has been away for long:"
              + " {0} bytes wait, and what is left is for results",
          bytes);
    }
    left += items.size() - kept.size();
    if (hasRoom && left > 0) {
      kept.addFirst(told());
      left = 0;
    }
    return kept;
  }

  private Item told() {
    var text =
        left + " batches of metrics were left out, as half of the buffer for the hub was full";
    LOG.log(Level.WARNING, text);
    var details = new TreeMap<String, String>();
    details.put("batches", Long.toString(left));
    return new Item.Event(LEFT_OUT, clock.millis(), text, details);
  }
}
