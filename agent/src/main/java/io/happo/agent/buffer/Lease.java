package io.happo.agent.buffer;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Records in one holder's hands: no other lease holds them until it ends. Ended by {@link #forget}
 * or {@link #giveBack}, whichever comes first; further calls do nothing. One that is never ended
 * holds its records until the queue is opened again. Any thread.
 */
public final class Lease {
  private enum State {
    HELD,
    ENDING,
    ENDED
  }

  private final DurableQueue queue;
  private final List<Entry> entries;
  private final AtomicReference<State> state = new AtomicReference<>(State.HELD);

  Lease(DurableQueue queue, List<Entry> entries) {
    this.queue = queue;
    this.entries = List.copyOf(entries);
  }

  /**
   * The records, oldest time first, those of one time in order of arrival; empty when there were
   * none.
   */
  public List<Entry> entries() {
    return entries;
  }

  /**
   * Takes the records out of the queue for good; durable on return.
   *
   * @throws IOException one line; the lease is then still held: try again or give it back
   */
  public void forget() throws IOException {
    if (!state.compareAndSet(State.HELD, State.ENDING)) {
      return;
    }
    boolean forgotten = false;
    try {
      queue.forget(entries);
      forgotten = true;
    } finally {
      state.set(forgotten ? State.ENDED : State.HELD);
    }
  }

  /** Puts the records back where they were. */
  public void giveBack() {
    if (state.compareAndSet(State.HELD, State.ENDED)) {
      queue.giveBack(entries);
    }
  }
}
