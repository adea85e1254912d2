package io.happo.hub.intake;

import io.happo.core.Perfdata;
import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.hub.alert.Reported;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * A batch that waits to be stored.
 *
 * @param perfdata of each item; empty for those that are no results of checks
 * @param receivedAt unix milliseconds
 * @param bytes that it takes in memory, roughly
 * @param lateAt when no agent but somebody else has brought it, as {@link Reported} has it
 * @param stored completed after the commit
 */
record Submission(
    long agent,
    ToHub.Results batch,
    List<List<Perfdata>> perfdata,
    long receivedAt,
    long bytes,
    OptionalLong lateAt,
    CompletableFuture<Void> stored) {
  private static final int ITEM_BYTES = 300;
  private static final int VALUE_BYTES = 150;

  /** Does here, on the thread of whoever brings it, what the writer need not do. */
  static Submission of(long agent, ToHub.Results batch, OptionalLong lateAt, long now) {
    var perfdata = new ArrayList<List<Perfdata>>(batch.items().size());
    long bytes = 0;
    for (var item : batch.items()) {
      List<Perfdata> values = List.of();
      bytes +=
          switch (item) {
            case Item.CheckResult result -> {
              values = Perfdata.of(result.output());
              yield ITEM_BYTES + result.output().length() + (long) VALUE_BYTES * values.size();
            }
            case Item.Metrics metrics ->
                ITEM_BYTES + (long) VALUE_BYTES * metrics.batch().metrics().size();
            case Item.Inventory inventory -> ITEM_BYTES + inventory.text().length();
            case Item.Event event ->
                ITEM_BYTES + event.text().length() + (long) VALUE_BYTES * event.details().size();
          };
      perfdata.add(values);
    }
    return new Submission(agent, batch, perfdata, now, bytes, lateAt, new CompletableFuture<>());
  }

  /** Whether no agent has brought it. */
  boolean isReported() {
    return lateAt.isPresent();
  }

  int items() {
    return batch.items().size();
  }
}
