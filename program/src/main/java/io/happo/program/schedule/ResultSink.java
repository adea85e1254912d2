package io.happo.program.schedule;

import io.happo.core.link.Item;
import java.io.IOException;

/** Where results go. Any thread. */
public interface ResultSink {
  /**
   * Takes an item for good; may wait for the disk.
   *
   * @throws IOException when it could not be kept
   */
  void accept(Item item) throws IOException;
}
