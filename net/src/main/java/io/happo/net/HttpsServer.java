package io.happo.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLException;

/**
 * An HTTPS server (HTTP/1.1; TLS 1.2 and 1.3). Each connection has a virtual thread of its own,
 * which handlers may block.
 */
public final class HttpsServer implements AutoCloseable {
  private static final int BACKLOG = 1_024;

  /** How long whoever waited for the end of an answer may take when the server stops. */
  private static final Duration LISTENERS = Duration.ofSeconds(10);

  /** Nobody has to be told, or was. */
  static final CompletableFuture<Void> TOLD = CompletableFuture.completedFuture(null);

  private final HttpsServerSettings settings;
  private final Handler handler;
  private final ByteBudget budget;
  private final Acceptor acceptor;
  private final Phaser listeners = new Phaser(1);
  private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
  private TlsContext tls;
  private volatile boolean stopping;

  private HttpsServer(HttpsServerSettings settings, Identity identity, Handler handler)
      throws IOException {
    this.settings = settings;
    this.handler = handler;
    budget = new ByteBudget(settings.maxHeldBytes());
    tls = TlsContext.server(identity, settings.clientCa());
    acceptor = new Acceptor("happo-server", settings.maxConnections(), Acceptor.Room.NONE);
    try {
      acceptor.listen(settings.address(), Optional.empty(), BACKLOG, this::serve);
    } catch (BindException e) {
      tls.release();
      throw e;
    }
  }

  /**
   * Binds and serves until closed.
   *
   * @throws java.net.BindException when the address cannot be had; the message names it
   */
  public static HttpsServer start(HttpsServerSettings settings, Identity identity, Handler handler)
      throws IOException {
    return new HttpsServer(settings, identity, handler);
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
   * New connections are greeted with this identity; those that are open keep theirs.
   *
   * @throws UncheckedIOException when the identity or the clients' authorities cannot be used; then
   *     nothing has changed
   */
  public void use(Identity identity) {
    TlsContext next;
    try {
      next = TlsContext.server(identity, settings.clientCa());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    synchronized (this) {
      if (stopping) {
        next.release();
        return;
      }
      var last = tls;
      tls = next;
      last.release();
    }
  }

  private Optional<Runnable> serve(Connection connection) {
    var served = new ServerConnection(this, connection);
    connections.add(served);
    Optional<Runnable> rest = Optional.empty();
    try {
      if (!stopping) { // Else it came too late to be told.
        rest = served.serve();
      }
    } finally {
      if (rest.isEmpty()) {
        connections.remove(served);
      }
    }
    return rest.map(
        goesOn ->
            () -> {
              try {
                goesOn.run();
              } finally {
                connections.remove(served);
              }
            });
  }

  HttpsServerSettings settings() {
    return settings;
  }

  Handler handler() {
    return handler;
  }

  ByteBudget budget() {
    return budget;
  }

  /**
   * Whom to tell the end of an answer instead of who waits for it: that one gets a thread of its
   * own, and from now on {@link #stop} waits for it. What is given back is done when it was told.
   */
  Function<Boolean, CompletableFuture<Void>> announce(Consumer<Boolean> listener) {
    if (listener.equals(Response.NOBODY)) {
      return _ -> TOLD;
    }
    listeners.register();
    return written ->
        CompletableFuture.runAsync(
            () -> tell(listener, written),
            task -> Thread.ofVirtual().name("happo-answered").start(task));
  }

  private void tell(Consumer<Boolean> listener, boolean written) {
    try {
      listener.accept(written);
    } catch (Throwable e) {
      System.getLogger("io.happo.net")
          .log(System.Logger.Level.ERROR, "what waited for the end of an answer failed", e);
    } finally {
      listeners.arriveAndDeregister();
    }
  }

  boolean isStopping() {
    return stopping;
  }

  /** The server's side of a new connection. */
  synchronized TlsSide newTls() throws SSLException {
    return new NativeSide(tls, null);
  }

  /** Bytes that the connections hold now of {@link HttpsServerSettings#maxHeldBytes}. */
  long heldBytes() {
    return budget.held();
  }

  /**
   * Stops listening, lets requests that have begun finish for at most that long, then closes every
   * connection. WebSockets are closed with 1001 at once; their sessions have that long to end.
   */
  public void stop(Duration grace) {
    synchronized (this) {
      if (stopping) {
        return;
      }
      stopping = true;
    }
    acceptor.stopListening();
    connections.forEach(ServerConnection::stop);
    acceptor.end(grace);
    awaitListeners();
    synchronized (this) {
      tls.release();
    }
  }

  private void awaitListeners() {
    try {
      listeners.awaitAdvanceInterruptibly(
          listeners.arrive(), LISTENERS.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      System.getLogger("io.happo.net")
          .log(System.Logger.Level.ERROR, "stopped before all ends of answers were dealt with");
    }
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }
}
