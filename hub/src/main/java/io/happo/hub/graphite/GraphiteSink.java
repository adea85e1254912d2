package io.happo.hub.graphite;

import io.happo.core.MetricBatch;
import java.util.concurrent.CompletableFuture;

/** Where values go: intake, or who stands in for it in a test. */
@FunctionalInterface
public interface GraphiteSink {
  /**
   * Takes a batch, once there is room for it; any thread.
   *
   * @param agent number of the agent that it is about; 0: none
   * @return completed once it is stored; with a {@link io.happo.hub.store.StoreException} when it
   *     is not, which for UNAVAILABLE may pass
   */
  CompletableFuture<Void> measured(long agent, MetricBatch batch) throws InterruptedException;
}
