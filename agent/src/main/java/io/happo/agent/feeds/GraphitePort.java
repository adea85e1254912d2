package io.happo.agent.feeds;

import io.happo.core.GraphiteLine;
import io.happo.core.LineCutter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Graphite's plaintext protocol, over TCP and UDP on the same port. A connection is read on a
 * thread of its own, and not while the buffer takes nothing. One more than may be waits until
 * another ends, or has been silent for so long that it may be closed. A line without an end is
 * dropped when its connection ends, as Graphite does: nobody knows what is missing of it. A packet
 * ends its last line.
 */
final class GraphitePort implements AutoCloseable {
  /**
   * How many may connect.
   *
   * @param maxConnections at once
   * @param mayBeSilent after such a silence one is closed for another one
   */
  record Places(int maxConnections, Duration mayBeSilent) {
    static final Places USUAL = new Places(64, Duration.ofMinutes(5));
  }

  private static final System.Logger LOG = System.getLogger("io.happo.agent.feeds");
  private static final int READ_BYTES = 8 << 10;
  private static final int PORT_TRIES = 20;
  private static final Duration REST = Duration.ofSeconds(1);

  /** How long what has arrived may take to be read at the end. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private static final Duration LOOK = Duration.ofMillis(10);

  private final ServerSocketChannel listener;
  private final UdpPort udp;
  private final GraphiteBuffer buffer;
  private final Losses losses;
  private final Places places;
  private final InstantSource clock;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private final Set<Sender> senders = new HashSet<>(); // Under the lock.

  private GraphitePort(
      ServerSocketChannel listener,
      UdpPort udp,
      GraphiteBuffer buffer,
      Losses losses,
      Places places,
      InstantSource clock) {
    this.listener = listener;
    this.udp = udp;
    this.buffer = buffer;
    this.losses = losses;
    this.places = places;
    this.clock = clock;
  }

  /** One connection, and the lines that come by it. */
  private final class Sender {
    private final SocketChannel channel;
    private volatile long heardNanos = System.nanoTime();

    Sender(SocketChannel channel) {
      this.channel = channel;
    }

    void read() {
      var cutter = new LineCutter(GraphiteLine.MAX_BYTES, new Lines(true));
      var bytes = ByteBuffer.allocate(READ_BYTES);
      try (channel) {
        while (channel.read(bytes.clear()) >= 0) {
          heardNanos = System.nanoTime();
          cutter.take(bytes.flip());
        }
      } catch (IOException e) {
        // It is gone, or had to go.
      } finally {
        losses.count(Loss.UNFINISHED_LINE, cutter.isWithinLine() ? 1 : 0);
        gone(this);
      }
    }

    /** Whether something has arrived that is not read. */
    boolean hasMore() {
      try {
        return channel.socket().getInputStream().available() > 0;
      } catch (IOException e) {
        return false;
      }
    }
  }

  private final class Lines implements LineCutter.Lines {
    private final boolean patient;

    Lines(boolean patient) {
      this.patient = patient;
    }

    @Override
    public void line(String text) {
      buffer.add(GraphiteLine.read(text, clock.millis()), patient);
    }

    @Override
    public void tooLong() {
      losses.count(Loss.LONG_LINE, 1);
    }
  }

  /**
   * Listens and reads.
   *
   * @param port 0 lets the system choose
   * @param buffer gets what is read; the caller closes it after this
   */
  static GraphitePort start(
      int port, GraphiteBuffer buffer, Losses losses, Places places, InstantSource clock)
      throws IOException {
    GraphitePort graphite;
    try {
      graphite = bind(port, buffer, losses, places, clock);
    } catch (IOException e) {
      throw Ports.refused("--graphite-port", port, e);
    }
    graphite.begin();
    return graphite;
  }

  private static GraphitePort bind(
      int port, GraphiteBuffer buffer, Losses losses, Places places, InstantSource clock)
      throws IOException {
    for (int tries = port == 0 ? PORT_TRIES : 1; ; tries--) {
      var listener = ServerSocketChannel.open();
      try {
        listener.bind(Ports.loopback(port));
        var address = (InetSocketAddress) listener.getLocalAddress();
        var udp = UdpPort.bind(address.getPort());
        return new GraphitePort(listener, udp, buffer, losses, places, clock);
      } catch (IOException e) {
        listener.close();
        if (tries == 1) {
          throw e;
        }
        // The port that the system chose is another program's with UDP.
      }
    }
  }

  private void begin() {
    var cutter = new LineCutter(GraphiteLine.MAX_BYTES, new Lines(false));
    udp.start(
        Thread.ofVirtual().name("graphite-udp"),
        bytes -> {
          cutter.take(bytes);
          cutter.end();
        });
    Thread.ofVirtual().name("graphite-accept").start(this::accept);
  }

  InetSocketAddress address() {
    return udp.address();
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        var channel = listener.accept();
        if (!enter(new Sender(channel))) {
          channel.close();
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException | RuntimeException e) {
        LOG.log(Level.WARNING, "feed=graphite cannot accept a connection: {0}", e.getMessage());
        LockSupport.parkNanos(REST.toNanos());
      }
    }
  }

  /** Waits for a place; false when this was closed. */
  private boolean enter(Sender sender) throws IOException {
    for (var silent = takePlace(sender); silent != sender; silent = takePlace(sender)) {
      if (silent == null) {
        return false;
      }
      silent.channel.close();
    }
    sender.heardNanos = System.nanoTime();
    Thread.ofVirtual().name("graphite").start(sender::read);
    return true;
  }

  /**
   * Waits until it has a place, or another one has lost its own.
   *
   * @return which of the two; null when this was closed
   */
  private @Nullable Sender takePlace(Sender sender) {
    lock.lock();
    try {
      while (listener.isOpen()) {
        if (senders.size() < places.maxConnections()) {
          senders.add(sender);
          return sender;
        }
        var silent = longestSilent();
        if (silent != null) {
          senders.remove(silent);
          return silent;
        }
        // Until one has ended, or may have been silent for long enough.
        var _ = ended.awaitNanos(REST.toNanos());
      }
      return null;
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Sender longestSilent() {
    Sender longest = null;
    long most = places.mayBeSilent().toNanos();
    for (var sender : senders) {
      long silence = System.nanoTime() - sender.heardNanos;
      if (silence >= most) {
        longest = sender;
        most = silence;
      }
    }
    return longest;
  }

  private void gone(Sender sender) {
    lock.lock();
    try {
      senders.remove(sender);
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What has arrived by then is read, for a second at the most. */
  @Override
  public void close() {
    udp.close();
    try {
      listener.close();
      awaitSenders(this::anyHasMore);
      for (var sender : open()) {
        sender.channel.close();
      }
      awaitSenders(() -> !senders.isEmpty());
    } catch (IOException e) {
      // There is nothing left to do about it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until this is no longer so, for {@link #LAST_WORDS} at the most. */
  private void awaitSenders(BooleanSupplier so) throws InterruptedException {
    lock.lock();
    try {
      long end = System.nanoTime() + LAST_WORDS.toNanos();
      while (so.getAsBoolean() && System.nanoTime() - end < 0) {
        var _ = ended.awaitNanos(LOOK.toNanos());
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Sender> open() {
    lock.lock();
    try {
      return new ArrayList<>(senders);
    } finally {
      lock.unlock();
    }
  }

  private boolean anyHasMore() {
    for (var sender : senders) {
      if (sender.hasMore()) {
        return true;
      }
    }
    return false;
  }
}
