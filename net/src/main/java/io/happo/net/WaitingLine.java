package io.happo.net;

import java.util.TreeMap;

/**
 * The connections that may be dropped for new ones, those first that came first: before all others
 * those that have not given their packet, then those that were answered and do not close. On the
 * event loop of their server only.
 */
final class WaitingLine implements Acceptor.Room {
  private final TreeMap<Long, PacketConnection> waiting = new TreeMap<>();
  private final TreeMap<Long, PacketConnection> leaving = new TreeMap<>();

  void isWaiting(long number, PacketConnection connection) {
    waiting.put(number, connection);
  }

  void isLeaving(long number, PacketConnection connection) {
    leaving.put(number, connection);
  }

  /** It must not be dropped now, or is gone. */
  void isNeither(long number) {
    waiting.remove(number);
    leaving.remove(number);
  }

  @Override
  public boolean canBeMade() {
    return !waiting.isEmpty() || !leaving.isEmpty();
  }

  @Override
  public void make() {
    var first = waiting.isEmpty() ? leaving.firstEntry() : waiting.firstEntry();
    if (first != null) {
      first.getValue().makeRoom();
    }
  }
}
