package io.happo.hub.graphite;

import io.happo.core.MetricBatch;
import io.happo.hub.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Stands in for intake: it stores at once, when told to, or not. Any thread. */
final class FakeIntake implements GraphiteSink {
  private final List<String> stored = new ArrayList<>(); // Under this, as what follows.
  private final List<Runnable> held = new ArrayList<>();
  private boolean holds;
  private StoreException.@Nullable Reason refusal;

  @Override
  public synchronized CompletableFuture<Void> measured(long agent, MetricBatch batch) {
    var answer = new CompletableFuture<Void>();
    if (refusal != null) {
      answer.completeExceptionally(new StoreException(refusal, "not now"));
    } else if (holds) {
      held.add(() -> store(agent, batch, answer));
    } else {
      store(agent, batch, answer);
    }
    return answer;
  }

  private synchronized void store(long agent, MetricBatch batch, CompletableFuture<Void> answer) {
    batch
        .metrics()
        .forEach(
            (name, value) ->
                stored.add(agent + " " + name + " " + value + " " + batch.timestamp()));
    answer.complete(null);
  }

  /** Each value as {@code agent name value time}. */
  synchronized List<String> stored() {
    return List.copyOf(stored);
  }

  /** From now on nothing is stored until {@link #release}. */
  synchronized void hold() {
    holds = true;
  }

  synchronized void release() {
    holds = false;
    held.forEach(Runnable::run);
    held.clear();
  }

  synchronized int held() {
    return held.size();
  }

  /** From now on nothing is taken, for that reason; null: all is. */
  synchronized void refuse(StoreException.@Nullable Reason reason) {
    refusal = reason;
  }
}
