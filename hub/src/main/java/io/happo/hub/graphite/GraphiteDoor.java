package io.happo.hub.graphite;

import io.happo.hub.fleet.Fleet;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Graphite's plaintext protocol, over TCP and UDP on the same port. It knows no password: who may
 * send is a matter of addresses. A connection one too many takes the place of the one that has been
 * silent longest, or is refused.
 */
public final class GraphiteDoor implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(GraphiteDoor.class.getName());
  private static final int PORT_TRIES = 20;
  private static final long REST_MILLIS = 1_000;

  /** How long what has arrived may take to be read at the end. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  /** How long what was read may take to be stored at the end. */
  private static final Duration LAST_STORED = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofMillis(10);

  private final GraphiteSettings settings;
  private final ServerSocket listener;
  private final Packets packets;
  private final Thread packetReader;
  private final Shared shared;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final Set<Connection> connections = new HashSet<>(); // Under the lock.

  /** Those that hold no place, but whose values are not all stored. */
  private int ending; // Under the lock.

  private GraphiteDoor(
      GraphiteSettings settings, ServerSocket listener, DatagramSocket udp, Shared shared) {
    this.settings = settings;
    this.listener = listener;
    this.shared = shared;
    packets = new Packets(udp, settings, shared);
    packetReader = Thread.ofVirtual().name("graphite-udp").unstarted(packets::read);
  }

  /**
   * Listens and reads.
   *
   * @param sink gets what is read; the caller closes it after this
   * @throws IOException when the port cannot be had: one line for the person who started it
   */
  public static GraphiteDoor start(
      GraphiteSettings settings, Fleet fleet, GraphiteSink sink, InstantSource clock)
      throws IOException {
    return start(settings, fleet, sink, clock, Losses.Rhythm.USUAL);
  }

  static GraphiteDoor start(
      GraphiteSettings settings,
      Fleet fleet,
      GraphiteSink sink,
      InstantSource clock,
      Losses.Rhythm rhythm)
      throws IOException {
    var limits = settings.limits();
    var shared =
        new Shared(
            limits,
            new Owners(fleet),
            new LineRates(limits.linesPerMinute(), System::nanoTime),
            new Losses(rhythm),
            sink,
            new Semaphore(limits.waiting()),
            new CountDownLatch(1),
            clock);
    GraphiteDoor door;
    try {
      door = bind(settings, shared);
    } catch (IOException e) {
      throw refused(settings.address(), e);
    }
    shared.losses().start();
    door.packetReader.start();
    Thread.ofVirtual().name("graphite-accept").start(door::accept);
    return door;
  }

  private static GraphiteDoor bind(GraphiteSettings settings, Shared shared) throws IOException {
    var wanted = settings.address();
    for (int tries = wanted.getPort() == 0 ? PORT_TRIES : 1; ; tries--) {
      var listener = new ServerSocket();
      try {
        listener.bind(wanted);
        var udp = Packets.bind(new InetSocketAddress(wanted.getAddress(), listener.getLocalPort()));
        return new GraphiteDoor(settings, listener, udp, shared);
      } catch (IOException e) {
        listener.close();
        if (tries == 1) {
          throw e;
        }
        // The port that the system chose is another program's with UDP.
      }
    }
  }

  private static IOException refused(InetSocketAddress address, IOException cause) {
    var words = String.valueOf(cause.getMessage());
    var what =
        words.contains("in use")
            ? "another program listens there already; stop it, or choose another port"
            : words;
    return new IOException(
        "--graphite-port: cannot listen on "
            + address.getAddress().getHostAddress()
            + " port "
            + address.getPort()
            + ": "
            + what,
        cause);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** How much it got since it was started. */
  public GraphiteCounts counts() {
    return shared.losses().counts(open().size());
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        enter(listener.accept());
      } catch (IOException | RuntimeException e) {
        rest(e);
      }
    }
  }

  /** After a failure, which may be there to stay. */
  private void rest(Exception e) {
    if (!listener.isClosed()) {
      LOG.log(Level.WARNING, "graphite port cannot accept a connection: {0}", e.getMessage());
      try {
        var _ = shared.closing().await(REST_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException never) {
        throw new AssertionError("nobody interrupts this thread", never);
      }
    }
  }

  private void enter(Socket socket) throws IOException {
    var peer = socket.getInetAddress();
    if (!settings.allows(peer)) {
      shared.losses().count(Loss.REFUSED_HOST, 1, peer.getHostAddress());
      socket.close();
      return;
    }
    socket.setKeepAlive(true);
    var connection = new Connection(socket, shared);
    var out = place(connection);
    if (out != null) {
      out.close();
    }
    if (out == connection) {
      shared.losses().count(Loss.CONNECTION, 1, "from " + peer.getHostAddress());
      return;
    }
    Thread.ofVirtual().name("graphite").start(() -> read(connection));
  }

  /**
   * Gives a connection a place.
   *
   * @return the one that has lost its place, or has got none; null when there was one left
   */
  private @Nullable Connection place(Connection connection) {
    lock.lock();
    try {
      if (listener.isClosed()) {
        return connection;
      }
      Connection out = null;
      if (connections.size() >= settings.limits().connections()) {
        out = longestSilent();
        if (out == null) {
          return connection;
        }
        connections.remove(out);
        ending++;
      }
      connections.add(connection);
      return out;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Connection longestSilent() {
    Connection longest = null;
    long most = settings.limits().mayBeSilent().toNanos();
    for (var connection : connections) {
      long silence = connection.silenceNanos();
      if (silence >= most) {
        longest = connection;
        most = silence;
      }
    }
    return longest;
  }

  private void read(Connection connection) {
    try {
      connection.read();
    } finally {
      lock.lock();
      try {
        if (!connections.remove(connection)) {
          ending--;
        }
        ended.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private List<Connection> open() {
    lock.lock();
    try {
      return List.copyOf(connections);
    } finally {
      lock.unlock();
    }
  }

  /**
   * What has arrived is read, for a second at the most, and what was read is stored; for 10 seconds
   * at the most.
   */
  @Override
  public void close() {
    shared.closing().countDown();
    packets.close();
    try {
      listener.close();
      await(() -> connections.stream().noneMatch(Connection::hasMore), LAST_WORDS);
      open().forEach(Connection::close);
      boolean stored =
          await(() -> connections.isEmpty() && ending == 0, LAST_STORED)
              && packetReader.join(LAST_STORED);
      if (!stored) {
        LOG.log(Level.WARNING, "graphite port: what is still to be stored is left behind");
      }
    } catch (IOException e) {
      // There is nothing left to do about it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    shared.losses().close();
  }

  /** Waits until this is so; false when it is not in time. */
  private boolean await(BooleanSupplier so, Duration most) throws InterruptedException {
    lock.lock();
    try {
      long end = System.nanoTime() + most.toNanos();
      while (!so.getAsBoolean() && System.nanoTime() - end < 0) {
        var _ = ended.awaitNanos(LOOK.toNanos());
      }
      return so.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }
}
