package io.happo.net;

import java.io.IOException;

/**
 * An answer that is written bit by bit, for as long as somebody reads it; the connection ends with
 * it. Runs on the connection's thread.
 */
@FunctionalInterface
public interface Streamed {
  /** Writes until there is no more, or the peer is gone. */
  void write(Output output) throws IOException, InterruptedException;

  /** Where it goes. */
  @FunctionalInterface
  interface Output {
    /**
     * Returns when the peer's socket has taken it.
     *
     * @throws IOException when the peer is gone, does not read, or the server stops
     */
    void write(byte[] bytes) throws IOException;
  }
}
