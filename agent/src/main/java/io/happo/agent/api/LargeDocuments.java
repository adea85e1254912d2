package io.happo.agent.api;

import java.util.concurrent.Semaphore;

/**
 * Lets large documents be read and written one at a time: meanwhile each takes many times its size
 * in memory. Small ones do not wait. For any thread that may block.
 */
final class LargeDocuments {
  /** What is done with a document. */
  @FunctionalInterface
  interface Work<T, E extends Exception> {
    T run() throws E;
  }

  private static final int LARGE_BYTES = 64 * 1024;

  private final Semaphore turn = new Semaphore(1, true);

  /** Does the work with a document of that many bytes, when its turn comes. */
  <T, E extends Exception> T work(long bytes, Work<T, E> work) throws E {
    if (bytes < LARGE_BYTES) {
      return work.run();
    }
    turn.acquireUninterruptibly();
    try {
      return work.run();
    } finally {
      turn.release();
    }
  }
}
