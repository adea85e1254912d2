package io.happo.agent.metrics;

import io.happo.agent.buffer.DurableQueue;
import io.happo.agent.buffer.Lease;
import io.happo.agent.buffer.Stats;
import io.happo.core.JsonWriter;
import io.happo.core.MetricBatch;
import io.happo.core.Utf8;
import io.happo.core.link.Item;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Metric batches between their arrival and their collection. A record of the queue is the JSON of
 * the batches that arrived together, kept under the second of their arrival; it is handed over as
 * it was written. When there is a hub, it is brought the same batches, whoever else collects them.
 */
public final class MetricStore {
  /** The most seconds' worth of batches that one collection gets. */
  public static final int MAX_SECONDS = 60;

  /** The agent's hub, as who measures sees it. */
  @FunctionalInterface
  public interface Hub {
    /**
     * Brings it these items; durable on return.
     *
     * @throws IOException one line; the hub does not get them
     */
    void bring(List<? extends Item> items) throws IOException;
  }

  private static final System.Logger LOG = System.getLogger("io.happo.agent.metrics");

  private final DurableQueue queue;
  private final InstantSource clock;
  private volatile @Nullable Hub hub;

  public MetricStore(DurableQueue queue, InstantSource clock) {
    this.queue = queue;
    this.clock = clock;
  }

  /** From now on this hub is brought what is measured; null: there is none any more. */
  public void use(@Nullable Hub now) {
    hub = now;
  }

  /** Tells the hub something, when there is one. */
  public void tell(Item.Event event) {
    bring(List.of(event));
  }

  /** Keeps batches that arrived now; they are on disk when this returns. */
  public void append(List<MetricBatch> batches) throws IOException {
    append(clock.instant().getEpochSecond(), batches);
  }

  /** Keeps batches that belong to one second; they are on disk when this returns. */
  public void append(long second, List<MetricBatch> batches) throws IOException {
    if (batches.isEmpty()) {
      return;
    }
    var json = new JsonWriter().beginArray();
    batches.forEach(batch -> batch.write(json));
    var array = json.endArray().toBytes();
    // Without its brackets the array can stand inside that of the answer.
    try {
      queue.append(second, Arrays.copyOfRange(array, 1, array.length - 1));
    } finally {
      bring(hub == null ? List.of() : MetricItems.of(batches)); // Also when it is not kept here.
    }
  }

  /** That this fails is no matter of who measured: nobody else could bring it. */
  private void bring(List<? extends Item> items) {
    var now = hub;
    if (now == null || items.isEmpty()) {
      return;
    }
    try {
      now.bring(items);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the hub does not get what was measured: {0}", e.getMessage());
    }
  }

  /**
   * The oldest batches, at most {@link #MAX_SECONDS} seconds' worth; the caller ends the
   * collection.
   */
  public Collection collect() throws IOException {
    return new Collection(queue.lease(MAX_SECONDS));
  }

  /** Unix time of the oldest second kept; 0 when there is none. */
  public long oldest() {
    return queue.oldestTime().orElse(0L);
  }

  /** Unix time of the newest second kept; 0 when there is none. */
  public long newest() {
    return queue.newestTime().orElse(0L);
  }

  /** Figures about the queue. */
  public Stats stats() {
    return queue.stats();
  }

  /** Batches on their way to a collector. */
  public static final class Collection {
    private final Lease lease;

    private Collection(Lease lease) {
      this.lease = lease;
    }

    /** Writes {@code metric_data}: an array, or null when there is nothing. */
    public void write(JsonWriter json) {
      if (lease.entries().isEmpty()) {
        json.nullValue();
        return;
      }
      json.beginArray();
      for (var entry : lease.entries()) {
        json.raw(Utf8.decode(entry.payload()));
      }
      json.endArray();
    }

    /**
     * The collector has them, or not: then they are the oldest again. So they are when that cannot
     * be written down.
     */
    public void end(boolean handedOver) throws IOException {
      if (handedOver) {
        try {
          lease.forget();
        } catch (IOException e) {
          lease.giveBack();
          throw e;
        }
      } else {
        lease.giveBack();
      }
    }
  }
}
