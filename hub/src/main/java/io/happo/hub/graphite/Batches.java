package io.happo.hub.graphite;

import io.happo.core.MetricBatch;
import io.happo.hub.store.StoreException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Puts values of one sender together: those of the same agent and second are a batch. Of two of the
 * same name in it the later counts, as with Graphite. What has gathered is delivered on a thread of
 * its own, and before the next delivery begins the last one is stored: at most twice as many values
 * as make a delivery wait. What the store does not take for now is offered again, until the port
 * closes. Belongs to the thread that reads the sender.
 */
final class Batches {
  private record Key(long agent, long second) {}

  /** What is delivered; the batch holds at least one value. */
  private record Ready(long agent, MetricBatch batch) {
    int values() {
      return batch.metrics().size();
    }
  }

  private static final long PAUSE_MILLIS = 1_000;

  private final Shared shared;
  private Map<Key, SortedMap<String, Double>> gathered = new LinkedHashMap<>();
  private int size;
  private long firstNanos;
  private @Nullable Thread delivery;

  Batches(Shared shared) {
    this.shared = shared;
  }

  boolean isFull() {
    return size >= shared.limits().batch();
  }

  /** Whether the last delivery is not stored. */
  boolean isBusy() {
    return delivery != null && delivery.isAlive();
  }

  /**
   * Adds a value for which there is a permit.
   *
   * @param time unix time in milliseconds
   */
  void add(Owners.Owned owned, long time, double value) {
    var batch =
        gathered.computeIfAbsent(
            new Key(owned.agent(), Math.floorDiv(time, 1_000)), _ -> new TreeMap<>());
    if (batch.put(owned.name(), value) != null) {
      shared.room().release();
      shared.losses().stored(1); // By the later one, as Graphite would.
    } else if (size++ == 0) {
      firstNanos = System.nanoTime();
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** How long what has gathered may wait for more; not positive: it is to be sent. */
  long leftNanos() {
    return isFull() ? 0 : firstNanos + shared.limits().gather().toNanos() - System.nanoTime();
  }

  /** Begins to deliver what has gathered, once the last delivery is stored. */
  void send() {
    awaitStored();
    if (isEmpty()) {
      return;
    }
    var ready = new ArrayList<Ready>(gathered.size());
    gathered.forEach(
        (key, values) ->
            ready.add(new Ready(key.agent(), new MetricBatch("", key.second(), values))));
    gathered = new LinkedHashMap<>();
    size = 0;
    delivery = Thread.ofVirtual().name("graphite-deliver").start(() -> deliver(ready));
  }

  /** Waits until what was sent is stored, or given up. */
  void awaitStored() {
    try {
      if (delivery != null) {
        delivery.join();
      }
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }

  private void deliver(List<Ready> batches) {
    try {
      for (var left = offer(batches); !left.isEmpty(); left = offer(left)) {
        if (shared.closing().await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
          left.forEach(batch -> lost(batch, "the hub stops"));
          return;
        }
      }
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }

  /** Delivers, and returns what is to be offered again. */
  private List<Ready> offer(List<Ready> batches) throws InterruptedException {
    var answers = new ArrayList<CompletableFuture<Void>>(batches.size());
    for (var one : batches) {
      answers.add(shared.sink().measured(one.agent(), one.batch()));
    }
    var left = new ArrayList<Ready>();
    for (int i = 0; i < answers.size(); i++) {
      var one = batches.get(i);
      try {
        answers.get(i).get();
        shared.losses().stored(one.values());
        shared.room().release(one.values());
      } catch (ExecutionException e) {
        if (e.getCause() instanceof StoreException store
            && store.reason() != StoreException.Reason.FAULT) {
          left.add(one);
        } else {
          lost(one, String.valueOf(e.getCause()));
        }
      }
    }
    return left;
  }

  private void lost(Ready one, String why) {
    shared.losses().count(Loss.UNWRITTEN, one.values(), why);
    shared.room().release(one.values());
  }
}
