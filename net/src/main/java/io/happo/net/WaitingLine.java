package io.happo.net;

import java.util.LinkedHashSet;

/**
 * Which connections of a server may be dropped for new ones: before all others those that have sent
 * nothing, then those that have begun and not given their packet, then those that were answered and
 * do not close; of each kind the one that came to it first. On the event loop of the server only.
 */
final class WaitingLine implements Acceptor.Room {
  /** Where a connection stands. */
  enum Stand {
    SILENT,
    /** It has begun, and its peer has to go on. */
    WAITED_FOR,
    /** It must not be dropped, or a thread works for it. */
    BUSY,
    LEAVING,
    GONE
  }

  private final LinkedHashSet<PacketConnection> silent = new LinkedHashSet<>();
  private final LinkedHashSet<PacketConnection> leaving = new LinkedHashSet<>();
  private final Places begun;
  private final Places anonymous;

  WaitingLine(Places begun, Places anonymous) {
    this.begun = begun;
    this.anonymous = anonymous;
  }

  /** Moves a connection. */
  void stands(PacketConnection connection, Stand stand) {
    silent.remove(connection);
    leaving.remove(connection);
    switch (stand) {
      case SILENT -> silent.add(connection);
      case WAITED_FOR -> {
        begun.isWaiting(connection);
        anonymous.isWaiting(connection);
      }
      case BUSY -> {
        begun.isBusy(connection);
        anonymous.isBusy(connection);
      }
      case LEAVING, GONE -> {
        begun.leave(connection);
        anonymous.leave(connection);
        if (stand == Stand.LEAVING) {
          leaving.add(connection);
        }
      }
    }
  }

  @Override
  public boolean canBeMade() {
    return !silent.isEmpty() || begun.canDrop() || !leaving.isEmpty();
  }

  @Override
  public void make() {
    if (!silent.isEmpty()) {
      silent.getFirst().makeRoom();
    } else if (!begun.dropFirst() && !leaving.isEmpty()) {
      leaving.getFirst().makeRoom();
    }
  }
}
