package io.happo.agent.collectors;

import io.happo.core.MetricBatch;
import java.io.IOException;
import java.util.List;

/** Takes what was measured. Any thread. */
@FunctionalInterface
public interface Values {
  /**
   * Keeps batches that arrived now; they are on disk when this returns.
   *
   * @throws IOException one line; they are lost
   */
  void append(List<MetricBatch> batches) throws IOException;
}
