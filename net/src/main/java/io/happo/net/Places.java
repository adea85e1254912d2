package io.happo.net;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The connections of a server that have come to some point, at most so many at once: one more takes
 * the place of the one that its server has waited for longest. A connection that a thread works for
 * keeps its place until the thread is done, whatever became of its peer; so this bounds the threads
 * too. On the event loop of the server only.
 */
final class Places {
  private final int most;
  private final String what;
  private final LinkedHashSet<PacketConnection> waiting = new LinkedHashSet<>();
  private final Set<PacketConnection> busy = new HashSet<>();

  /**
   * @param what connections do that have a place
   */
  Places(int most, String what) {
    this.most = most;
    this.what = what;
  }

  /** Takes a place, as busy; false when all are taken by others that are busy. */
  boolean take(PacketConnection connection) {
    if (waiting.size() + busy.size() >= most && !dropFirst()) {
      return false;
    }
    busy.add(connection);
    return true;
  }

  /** It may be dropped, if it has a place. */
  void isWaiting(PacketConnection connection) {
    if (busy.remove(connection)) {
      waiting.add(connection);
    }
  }

  /** It must not be dropped, if it has a place. */
  void isBusy(PacketConnection connection) {
    if (waiting.remove(connection)) {
      busy.add(connection);
    }
  }

  void leave(PacketConnection connection) {
    waiting.remove(connection);
    busy.remove(connection);
  }

  boolean canDrop() {
    return !waiting.isEmpty();
  }

  /** Closes the one that has been waiting longest; false when there is none. */
  boolean dropFirst() {
    if (waiting.isEmpty()) {
      return false;
    }
    waiting.getFirst().makeRoom(); // Which leaves its place.
    return true;
  }

  /** What one is told for which {@link #take} has no place. */
  String refusal() {
    return "came while as many as may be, " + most + ", " + what + "; ask again later";
  }
}
