package io.happo.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A server of one question and one answer a connection, plain or in TLS. Each connection has a
 * virtual thread of its own, which the handler may block. What packets are is the handler's. An
 * answer leaves at once, as one TLS record where it fits into one (16 KiB), and the end of the
 * connection follows it at once; bytes after a packet are thrown away. A silent connection costs a
 * few KiB; when a new one needs its place, the one that has been silent longest is dropped before
 * those that have begun.
 */
public final class PacketServer implements AutoCloseable {
  /**
   * What all connections may hold together of packets and answers, each beyond its first 4 KiB;
   * never less than two packets.
   */
  private static final long HELD_MOST_BYTES = 16 * 1024 * 1024;

  private final PacketServerSettings settings;
  private final PacketHandler handler;
  private final ByteBudget budget;
  private final WaitingLine line;
  private final Acceptor acceptor;
  private final Set<PacketConnection> connections = ConcurrentHashMap.newKeySet();
  private @Nullable TlsOffer offer;
  private boolean stopping;

  private PacketServer(PacketServerSettings settings, PacketHandler handler) throws IOException {
    this.settings = settings;
    this.handler = handler;
    budget = new ByteBudget(Math.max(HELD_MOST_BYTES, 2L * settings.maxPacketBytes()));
    offer = settings.tls().isPresent() ? new TlsOffer(settings.tls().get()) : null;
    line = new WaitingLine(settings.maxBegun(), settings.maxAnonymous());
    acceptor = new Acceptor("happo-packets", settings.maxConnections(), line);
  }

  /**
   * Binds and serves until closed.
   *
   * @throws java.net.BindException when the address cannot be had; the message names it
   * @throws IOException when something of TLS cannot be used; the message names it
   */
  public static PacketServer start(PacketServerSettings settings, PacketHandler handler)
      throws IOException {
    var server = new PacketServer(settings, handler);
    try {
      server.acceptor.listen(
          settings.address(), settings.family(), settings.backlog(), server::serve);
      return server;
    } catch (IOException e) {
      server.releaseOffer();
      throw e;
    }
  }

  private Optional<Runnable> serve(Connection connection) throws IOException {
    var served = new PacketConnection(this, connection);
    connections.add(served);
    try {
      if (!isStopping()) { // Else it came too late to be told.
        served.serve();
      }
    } finally {
      connections.remove(served);
    }
    return Optional.empty();
  }

  /** Where it listens; the port is the real one when 0 was asked for. */
  public InetSocketAddress address() {
    return acceptor.address();
  }

  /** Whether it lets in who comes, or waits for room to do so; not once it was stopped. */
  public boolean isAccepting() {
    return acceptor.isAccepting();
  }

  /**
   * New connections are greeted so; those that have said their first words go on as they began.
   *
   * @throws UncheckedIOException when something of it cannot be used; then nothing has changed
   */
  public void use(PacketTls tls) {
    TlsOffer next;
    try {
      next = new TlsOffer(tls);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    synchronized (this) {
      if (offer == null) {
        next.release();
        throw new IllegalStateException(
            "a server that was started without TLS cannot begin with it, and a stopped one with"
                + " nothing; start another one");
      }
      offer.release();
      offer = next;
    }
  }

  /**
   * Stops listening, lets answers in the making finish for at most that long, then closes every
   * connection.
   */
  public void stop(Duration grace) {
    synchronized (this) {
      if (stopping) {
        return;
      }
      stopping = true;
    }
    acceptor.stopListening();
    connections.forEach(PacketConnection::stop);
    acceptor.end(grace);
    releaseOffer();
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }

  private synchronized void releaseOffer() {
    if (offer != null) {
      offer.release();
      offer = null;
    }
  }

  /** The current offer, with a reference more that the caller gives back. */
  synchronized TlsOffer borrowOffer() throws IOException {
    if (offer == null) {
      throw new IOException("the server has stopped");
    }
    return offer.retained();
  }

  synchronized boolean isStopping() {
    return stopping;
  }

  /** Moves a connection to where it stands now. */
  void stands(PacketConnection connection, WaitingLine.Stand stand) {
    line.stands(connection, stand);
    acceptor.reconsider();
  }

  PacketServerSettings settings() {
    return settings;
  }

  PacketHandler handler() {
    return handler;
  }

  ByteBudget budget() {
    return budget;
  }

  WaitingLine line() {
    return line;
  }

  /** Connections that are open now. */
  int connections() {
    return acceptor.connections();
  }
}
