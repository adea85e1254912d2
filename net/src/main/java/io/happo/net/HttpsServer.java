package io.happo.net;

import io.netty.channel.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An HTTPS server (HTTP/1.1; TLS 1.2 and 1.3) whose handlers block on threads of their own. */
@SuppressWarnings(
    "FutureReturnValueIgnored") // Netty: what fails closes the channel, which is seen.
public final class HttpsServer implements AutoCloseable {
  private static final int BACKLOG = 1_024;

  /** How long whoever waited for the end of an answer may take when the server stops. */
  private static final int LISTENERS_SECONDS = 10;

  private final Phaser listeners = new Phaser(1);

  private final HttpsServerSettings settings;
  private final Handler handler;
  private final ByteBudget budget;
  private final Acceptor acceptor;
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
      acceptor.listen(settings.address(), Optional.empty(), BACKLOG, this::prepare);
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

  /** Bytes that the connections hold now of {@link HttpsServerSettings#maxHeldBytes}. */
  long heldBytes() {
    return budget.held();
  }

  /** Runs what waits for the end of an answer; {@link #stop} waits for it. */
  private void afterwards(Runnable listener) {
    listeners.register();
    Thread.ofVirtual()
        .name("happo-answered")
        .start(
            () -> {
              try {
                listener.run();
              } finally {
                listeners.arriveAndDeregister();
              }
            });
  }

  private void awaitListeners() {
    try {
      listeners.awaitAdvanceInterruptibly(listeners.arrive(), LISTENERS_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      System.getLogger("io.happo.net")
          .log(System.Logger.Level.ERROR, "stopped before all ends of answers were dealt with");
    }
  }

  private synchronized void prepare(Channel channel) {
    if (stopping) {
      channel.close();
      return;
    }
    var handlerOfTls = new TlsHandler(tls, null);
    channel
        .pipeline()
        .addLast(
            handlerOfTls,
            new ServerConnection(
                settings, handler, handlerOfTls, budget, () -> stopping, this::afterwards));
  }

  /**
   * Stops listening, lets requests that have begun finish for at most that long, then closes every
   * connection.
   */
  public void stop(Duration grace) {
    synchronized (this) {
      if (stopping) {
        return;
      }
      stopping = true;
    }
    acceptor.stop(ServerConnection.Event.STOPPING, grace);
    // An answer that a close cut off is reported only after the close has succeeded: once the loops
    // have ended, all who wait for the end of an answer are known.
    end();
    awaitListeners();
  }

  private void end() {
    acceptor.end();
    synchronized (this) {
      tls.release();
    }
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }
}
