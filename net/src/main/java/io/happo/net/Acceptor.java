package io.happo.net;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The listening socket of a server, and the connections that came in by it, each with a thread of
 * its own. Lets in at most so many at once: one more is let in when another can be dropped for it
 * ({@link Room}), else it waits unaccepted. When a connection cannot be accepted, as without a free
 * descriptor, some are dropped as well, or accepting rests for a moment.
 */
final class Acceptor {
  /** Whom a server would drop to let another one in. Asked by any thread. */
  interface Room {
    /** Of servers that drop nobody. */
    Room NONE =
        new Room() {
          @Override
          public boolean canBeMade() {
            return false;
          }

          @Override
          public boolean make() {
            return false;
          }
        };

    boolean canBeMade();

    /** Closes one connection, at once; false when there is none that may be dropped. */
    boolean make();
  }

  /** Serves one connection, from its first byte on. */
  @FunctionalInterface
  interface Service {
    /**
     * Serves it.
     *
     * @return what is to go on with it, on a thread of its own; empty: it is closed
     */
    Optional<Runnable> serve(Connection connection) throws IOException;
  }

  private static final Duration REST = Duration.ofMillis(100);
  private static final int FREED_AT_ONCE = 16;
  private static final long COMPLAINT_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final String name;
  private final int maxConnections;
  private final Room room;
  private final Deadlines deadlines;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable ServerSocketChannel listener;
  private @Nullable Thread accepting;
  private int open; // Under the lock, as all that follows.
  private boolean stopped;
  private long complained;
  private @Nullable String complaint;

  /**
   * Makes one that does not listen yet.
   *
   * @param name of its threads
   */
  Acceptor(String name, int maxConnections, Room room) {
    this.name = name;
    this.maxConnections = maxConnections;
    this.room = room;
    deadlines = new Deadlines(name + "-deadlines");
  }

  /**
   * Binds and accepts until stopped.
   *
   * @param family with an address that stands for all: those of this family only
   * @param backlog connections that the kernel keeps until they are accepted
   * @throws BindException when the address cannot be had; the message names it
   */
  void listen(
      InetSocketAddress address, Optional<ProtocolFamily> family, int backlog, Service service)
      throws BindException {
    if (family.equals(Optional.of(StandardProtocolFamily.INET6))
        && address.getAddress().isAnyLocalAddress()) {
      // Java has no way to switch IPV6_V6ONLY on.
      throw new BindException(
          "cannot listen on all addresses of IPv6 and none of IPv4; name one IPv6 address");
    }
    ServerSocketChannel bound = null;
    try {
      bound =
          family.isPresent() ? ServerSocketChannel.open(family.get()) : ServerSocketChannel.open();
      bound.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      bound.bind(address, backlog);
    } catch (IOException e) {
      close(bound);
      deadlines.close();
      throw refused(address, e);
    }
    var listening = bound;
    listener = listening;
    accepting = Thread.ofVirtual().name(name + "-accept").start(() -> accept(listening, service));
  }

  private static BindException refused(InetSocketAddress address, IOException cause) {
    var refused =
        new BindException(
            "cannot listen on "
                + address.getHostString()
                + " port "
                + address.getPort()
                + ": "
                + SocketFailure.ofBind(cause));
    refused.initCause(cause);
    return refused;
  }

  /** Where it listens; the port is the real one when 0 was asked for. */
  InetSocketAddress address() {
    try {
      if (listener != null) {
        return (InetSocketAddress) listener.getLocalAddress();
      }
    } catch (IOException e) {
      // It was stopped.
    }
    throw new IllegalStateException("not listening");
  }

  /** Whether it lets in who comes, or waits for room to do so. */
  boolean isAccepting() {
    var thread = accepting;
    return thread != null && thread.isAlive();
  }

  /** Connections that are open now. */
  int connections() {
    return connections.size();
  }

  /** What ends connections that take too long. */
  Deadlines deadlines() {
    return deadlines;
  }

  private void accept(ServerSocketChannel listening, Service service) {
    while (awaitRoom(false)) {
      try {
        // A connection over the limit must not be accepted on the way, so one at a time.
        var channel = listening.accept();
        begin(channel, service);
      } catch (ClosedChannelException e) {
        return;
      } catch (Throwable e) {
        rest(e); // Whatever it is: nobody else would accept.
      }
    }
  }

  private void begin(SocketChannel channel, Service service) throws IOException {
    lock.lock();
    try {
      open++;
    } finally {
      lock.unlock();
    }
    boolean begun = false;
    try {
      // Its place may have gone to another one while it was waited for.
      if (!awaitRoom(true)) {
        return;
      }
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      var connection = new Connection(channel, deadlines);
      connections.add(connection);
      Thread.ofVirtual().name(name).start(() -> serve(connection, service));
      begun = true;
    } finally {
      if (!begun) {
        close(channel);
        ended();
      }
    }
  }

  private void serve(Connection connection, Service service) {
    Optional<Runnable> rest = Optional.empty();
    try {
      rest = service.serve(connection);
    } catch (IOException e) {
      // It is gone before it was looked at.
    } catch (Throwable e) {
      failed(e);
    }
    if (rest.isEmpty()) {
      ended(connection);
    } else {
      goOn(connection, rest.get());
    }
  }

  private void goOn(Connection connection, Runnable rest) {
    try {
      Thread.ofVirtual().name(name).start(() -> serve(connection, rest));
    } catch (RuntimeException | Error e) {
      serve(connection, rest); // Without a thread of its own: what it has begun must be ended.
    }
  }

  private void serve(Connection connection, Runnable rest) {
    try {
      rest.run();
    } catch (Throwable e) {
      failed(e);
    } finally {
      ended(connection);
    }
  }

  private static void failed(Throwable e) {
    System.getLogger("io.happo.net").log(System.Logger.Level.ERROR, "a connection failed", e);
  }

  private void ended(Connection connection) {
    connection.close();
    connections.remove(connection);
    ended();
  }

  private void ended() {
    lock.lock();
    try {
      open--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there is a place.
   *
   * @param accepted whether the connection counts already, and others have to be dropped for it
   * @return false when this was stopped
   */
  private boolean awaitRoom(boolean accepted) {
    lock.lock();
    try {
      while (!stopped) {
        if (open < maxConnections + (accepted ? 1 : 0)) {
          return true;
        }
        if (!room.canBeMade()) {
          changed.awaitUninterruptibly();
        } else if (!accepted || makeRoom()) {
          return true;
        }
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Closes a connection, which takes its time, without the lock that the caller holds. */
  private boolean makeRoom() {
    lock.unlock();
    try {
      return room.make();
    } finally {
      lock.lock();
    }
  }

  private void rest(Throwable cause) {
    // Most likely no descriptor is left, neither for this nor for what handlers have to open. One
    // comes free only once the thread of its connection has ended; to try again before would drop
    // more and more for nothing.
    lock.lock();
    try {
      int after = open;
      for (int i = 0; i < FREED_AT_ONCE && makeRoom(); i++) {
        after--;
      }
      int most = Math.min(after, open - 1);
      for (long left = REST.toNanos(); open > most && left > 0; ) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    } finally {
      lock.unlock();
    }
    try {
      complain(SocketFailure.words(cause));
    } catch (Throwable e) {
      // Without a descriptor even that may fail; accepting must go on.
    }
  }

  private void complain(String what) {
    long now = System.nanoTime();
    if (!what.equals(complaint) || now - complained > COMPLAINT_NANOS) {
      complaint = what;
      complained = now;
      System.getLogger("io.happo.net")
          .log(
              System.Logger.Level.WARNING,
              "connections cannot be accepted, with "
                  + connections.size()
                  + " open: "
                  + what
                  + "; if too many files are open, raise that limit for this process or allow"
                  + " fewer connections");
    }
  }

  /** To be called whenever what {@link Room#canBeMade} says may have become true. */
  void reconsider() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Stops listening; connections go on. */
  void stopListening() {
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    close(listener);
  }

  /**
   * Gives the connections that long to end by themselves, then closes them. A handler that goes on
   * after that is not waited for.
   */
  void end(Duration grace) {
    lock.lock();
    try {
      for (long left = grace.toNanos(); open > 0 && left > 0; ) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    connections.forEach(Connection::close);
    deadlines.close();
  }

  private static void close(java.nio.channels.@Nullable Channel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // There is nothing left to do about it.
      }
    }
  }
}
