package io.happo.net;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which connections of a server of packets may be dropped for new ones: before all others those
 * that have sent nothing, then those that have begun and not given their packet, then those that
 * were answered and do not close; of each kind the one that came to it first. And how many may have
 * come to some point at once. For any thread.
 */
final class WaitingLine implements Acceptor.Room {
  /** Where a connection stands. */
  enum Stand {
    SILENT,
    /** It has begun, and its peer has to go on. */
    WAITED_FOR,
    /** It must not be dropped. */
    BUSY,
    LEAVING,
    GONE
  }

  /** The connections that have come to some point, at most so many at once. */
  private static final class Places {
    private final int most;
    private final LinkedHashSet<PacketConnection> waiting = new LinkedHashSet<>();
    private final Set<PacketConnection> busy = new HashSet<>();

    Places(int most) {
      this.most = most;
    }

    boolean areFull() {
      return waiting.size() + busy.size() >= most;
    }

    void isWaiting(PacketConnection connection) {
      if (busy.remove(connection)) {
        waiting.add(connection);
      }
    }

    void isBusy(PacketConnection connection) {
      if (waiting.remove(connection)) {
        busy.add(connection);
      }
    }

    void leave(PacketConnection connection) {
      waiting.remove(connection);
      busy.remove(connection);
    }
  }

  private final LinkedHashSet<PacketConnection> silent = new LinkedHashSet<>();
  private final LinkedHashSet<PacketConnection> leaving = new LinkedHashSet<>();
  private final Places begun;
  private final Places anonymous;

  WaitingLine(int maxBegun, int maxAnonymous) {
    begun = new Places(maxBegun);
    anonymous = new Places(maxAnonymous);
  }

  /** Moves a connection. */
  synchronized void stands(PacketConnection connection, Stand stand) {
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

  /**
   * A connection that has sent its first byte is busy from now on; one that has waited longest is
   * dropped for it when too many have.
   *
   * @return why it cannot be taken, when all others are busy
   */
  Optional<String> begin(PacketConnection connection) {
    return take(begun, connection, "are being answered");
  }

  /** As {@link #begin}, for one that wants anonymous Diffie-Hellman. */
  Optional<String> beginAnonymous(PacketConnection connection) {
    return take(anonymous, connection, "speak anonymous Diffie-Hellman");
  }

  private Optional<String> take(Places places, PacketConnection connection, String what) {
    PacketConnection dropped = null;
    synchronized (this) {
      if (places.areFull()) {
        if (places.waiting.isEmpty()) {
          return Optional.of(
              "came while as many as may be, " + places.most + ", " + what + "; ask again later");
        }
        dropped = places.waiting.getFirst();
        stands(dropped, Stand.GONE);
      }
      silent.remove(connection);
      places.busy.add(connection);
    }
    if (dropped != null) {
      dropped.makeRoom();
    }
    return Optional.empty();
  }

  @Override
  public synchronized boolean canBeMade() {
    return next() != null;
  }

  @Override
  public boolean make() {
    PacketConnection dropped;
    synchronized (this) {
      dropped = next();
      if (dropped == null) {
        return false;
      }
      stands(dropped, Stand.GONE);
    }
    dropped.makeRoom();
    return true;
  }

  private @Nullable PacketConnection next() {
    if (!silent.isEmpty()) {
      return silent.getFirst();
    }
    if (!begun.waiting.isEmpty()) {
      return begun.waiting.getFirst();
    }
    return leaving.isEmpty() ? null : leaving.getFirst();
  }
}
