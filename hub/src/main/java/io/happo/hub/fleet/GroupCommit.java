package io.happo.hub.fleet;

import io.happo.hub.store.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes what many threads bring at the same time as one: each commit costs a sync of the disk, and
 * after a restart of the hub all agents say hello at once. Whoever brings something waits until it
 * is written, while the next gathers. Any thread.
 */
final class GroupCommit<T> {
  /** Few enough that whoever else writes does not wait long. */
  private static final int MOST = 500;

  private record Brought<T>(T one, CompletableFuture<@Nullable Void> written) {}

  private final Consumer<List<T>> writer;
  private final Queue<Brought<T>> waiting = new ArrayDeque<>(); // Under this, as the next.
  private boolean writing;

  /**
   * @param writer writes all of a list, or throws and has written nothing of it
   */
  GroupCommit(Consumer<List<T>> writer) {
    this.writer = writer;
  }

  /**
   * Returns when it is written.
   *
   * @throws StoreException when it is not
   */
  void write(T one) {
    var brought = new Brought<T>(one, new CompletableFuture<>());
    synchronized (this) {
      waiting.add(brought);
      if (!writing) {
        writing = true;
        Thread.ofVirtual().name("group-commit").start(this::writeAll);
      }
    }
    try {
      brought.written().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StoreException failure ? failure : e;
    }
  }

  private void writeAll() {
    for (var group = next(); !group.isEmpty(); group = next()) {
      writeTogether(group);
    }
  }

  private synchronized List<Brought<T>> next() {
    var group = new ArrayList<Brought<T>>();
    while (group.size() < MOST && !waiting.isEmpty()) {
      group.add(waiting.remove());
    }
    writing = !group.isEmpty();
    return group;
  }

  private void writeTogether(List<Brought<T>> group) {
    try {
      writer.accept(group.stream().map(Brought::one).toList());
      group.forEach(brought -> brought.written().complete(null));
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.FAULT && group.size() > 1) {
        group.forEach(
            brought -> writeTogether(List.of(brought))); // One bad one keeps out no other.
      } else {
        group.forEach(brought -> brought.written().completeExceptionally(e));
      }
    } catch (RuntimeException | Error e) {
      group.forEach(brought -> brought.written().completeExceptionally(e));
    }
  }
}
