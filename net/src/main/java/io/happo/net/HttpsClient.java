package io.happo.net;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request at a time over HTTPS or plain HTTP and waits for the whole answer. Redirects
 * are not followed. Safe for many threads; each call may block until its deadline. Names are looked
 * up by the system's resolver.
 */
public final class HttpsClient implements AutoCloseable {
  /** The most that an answer may hold, in bytes. */
  public static final int MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

  static final int MAX_HEADER_BYTES = 64 * 1024;
  private static final long LONGEST_CONNECT_MILLIS = 3_600_000;
  private static final int WEB_SOCKET_KEY_BYTES = 16;

  private final Trust trust;
  private Optional<Identity> identity;
  private final Deadlines deadlines = new Deadlines("happo-client-deadlines");
  private @Nullable TlsContext tls;
  private @Nullable PeerCheck check;
  private boolean closed;

  /**
   * A client of that trust.
   *
   * @param identity shown to servers that ask for a client certificate
   */
  public HttpsClient(Trust trust, Optional<Identity> identity) {
    this.trust = trust;
    this.identity = identity;
  }

  /**
   * Shows this identity from the next connection on; those that are open keep theirs.
   *
   * @throws IOException when it cannot be used; then nothing has changed
   */
  public synchronized void use(Identity identity) throws IOException {
    if (tls != null && !closed) {
      var next = TlsContext.client(Optional.of(identity));
      tls.release();
      tls = next;
    }
    this.identity = Optional.of(identity);
  }

  /**
   * Sends a request and returns the answer, whatever its status.
   *
   * @param deadline for all of it: name, connect, TLS, request, answer
   * @throws java.net.SocketTimeoutException when the deadline is over
   * @throws java.net.ConnectException when nobody listens there
   * @throws javax.net.ssl.SSLException when TLS fails or the peer is not to be trusted; the message
   *     says why
   * @throws IOException for anything else, with a message that a person can act on
   */
  public Response send(String method, URI uri, Headers headers, byte[] body, Duration deadline)
      throws IOException {
    return send(method, uri, Optional.empty(), headers, body, deadline);
  }

  /**
   * As {@link #send(String, URI, Headers, byte[], Duration)}, but connects to an address that the
   * caller knows; the name of the URI is not looked up, and is what the peer is asked and judged
   * by.
   *
   * @param at where to connect; empty to look the name up
   */
  public Response send(
      String method,
      URI uri,
      Optional<InetSocketAddress> at,
      Headers headers,
      byte[] body,
      Duration deadline)
      throws IOException {
    var destination = Destination.of(uri);
    var exchange = new ClientExchange(destination, method, headers, body, Optional.empty());
    var answer = run(exchange, at, deadline);
    return new Response(answer.status(), answer.headers(), answer.body());
  }

  /**
   * Opens a WebSocket.
   *
   * @param uri of wss (or https), or of ws (or http)
   * @param headers what the server may want to know first, as authorization
   * @param subprotocols what this side speaks, the preferred one first
   * @param deadline for all of it, until the conversation is open
   * @throws WebSocketRefusedException when the server answers with something else
   * @throws IOException as {@link #send}
   */
  public WebSocket openWebSocket(
      URI uri,
      Headers headers,
      List<String> subprotocols,
      WebSocketSettings settings,
      Duration deadline)
      throws IOException {
    return openWebSocket(uri, Optional.empty(), headers, subprotocols, settings, deadline);
  }

  /**
   * As {@link #openWebSocket(URI, Headers, List, WebSocketSettings, Duration)}, but connects to an
   * address that the caller knows; the name of the URI is not looked up, and is what the peer is
   * asked and judged by.
   *
   * @param at where to connect; empty to look the name up
   */
  public WebSocket openWebSocket(
      URI uri,
      Optional<InetSocketAddress> at,
      Headers headers,
      List<String> subprotocols,
      WebSocketSettings settings,
      Duration deadline)
      throws IOException {
    var random = new byte[WEB_SOCKET_KEY_BYTES];
    ThreadLocalRandom.current().nextBytes(random);
    var key = Base64.getEncoder().encodeToString(random);
    var destination = Destination.of(uri);
    var asked = WebSocketHandshake.ask(headers, subprotocols, key);
    var exchange =
        new ClientExchange(destination, "GET", asked, new byte[0], Optional.of(settings));
    var answer = run(exchange, at, deadline);
    var socket = answer.webSocket();
    if (socket == null) {
      throw new WebSocketRefusedException(
          destination.toString(), new Response(answer.status(), answer.headers(), answer.body()));
    }
    var problem = WebSocketHandshake.problem(answer.headers(), subprotocols, key);
    if (problem != null) {
      socket.close(1002, "");
      throw new IOException(destination + " does not open a WebSocket: " + problem);
    }
    return socket;
  }

  private ClientExchange.Answer run(
      ClientExchange exchange, Optional<InetSocketAddress> at, Duration deadline)
      throws IOException {
    long end = System.nanoTime() + deadline.toNanos();
    var destination = exchange.destination();
    var secure = secure(destination.secure());
    Connection connection = null;
    boolean keep = false;
    try {
      var addresses =
          at.isPresent()
              ? List.of(at.get())
              : Resolver.resolve(
                  destination.host(), destination.port(), Duration.ofNanos(left(end)));
      connection = new Connection(connect(destination, addresses, end), deadlines);
      connection.mustEndWithin(Duration.ofNanos(left(end)));
      var asking = new ClientConnection(exchange, connection);
      if (secure != null) {
        asking.secure(secure.tls(), secure.check());
      }
      var answer = asking.ask();
      keep = answer.webSocket() != null;
      return answer;
    } catch (IOException e) {
      if (connection != null && connection.isExpired()) {
        throw timeout(
            destination,
            "did not answer in time; the deadline of " + deadline.toMillis() + " ms is over",
            e);
      }
      throw Thread.currentThread().isInterrupted() ? Resolver.interrupted(e) : e;
    } finally {
      if (secure != null) {
        secure.tls().release();
      }
      if (connection != null && !keep) {
        connection.close();
      }
    }
  }

  private static long left(long end) {
    return Math.max(0, end - System.nanoTime());
  }

  private static SocketTimeoutException timeout(
      Destination destination, String what, Exception cause) {
    var timeout = new SocketTimeoutException(destination + " " + what);
    timeout.initCause(cause);
    return timeout;
  }

  /** Tries the addresses in turn until one takes the connection. */
  private static SocketChannel connect(
      Destination destination, List<InetSocketAddress> addresses, long end) throws IOException {
    IOException failure = new ConnectException(destination + " has no address");
    for (var address : addresses) {
      long millis = Math.min(LONGEST_CONNECT_MILLIS, TimeUnit.NANOSECONDS.toMillis(left(end)));
      if (millis < 1) {
        throw timeout(destination, "could not be reached in time", failure);
      }
      var channel = SocketChannel.open();
      try {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.socket().connect(address, (int) millis);
        return channel;
      } catch (ClosedByInterruptException e) {
        throw e;
      } catch (IOException e) {
        channel.close();
        failure = notConnected(destination, e);
      }
    }
    throw failure;
  }

  private static IOException notConnected(Destination destination, IOException cause) {
    IOException failure =
        switch (cause) {
          case SocketTimeoutException _ ->
              new SocketTimeoutException(
                  destination + " could not be reached in time; check address and firewall");
          case NoRouteToHostException _ ->
              new NoRouteToHostException(
                  destination + " is unreachable: no route to it; check address and firewall");
          case SocketException _ when String.valueOf(cause.getMessage()).contains("unreachable") ->
              new NoRouteToHostException(destination + " is unreachable: no network leads there");
          case ConnectException _ ->
              new ConnectException(
                  "nobody listens at "
                      + destination
                      + " (connection refused); check the port and that the service runs");
          default ->
              new IOException(
                  "no connection to " + destination + ": " + SocketFailure.words(cause));
        };
    failure.initCause(cause);
    return failure;
  }

  private record Secure(TlsContext tls, PeerCheck check) {}

  // On first use, so that a client of plain HTTP never loads TLS, and making a client never fails.
  // The caller gives the context's reference back.
  private synchronized @Nullable Secure secure(boolean wanted) throws IOException {
    if (closed) {
      throw new IOException("this client is closed");
    }
    if (!wanted) {
      return null;
    }
    if (tls == null || check == null) {
      check = PeerCheck.of(trust);
      tls = TlsContext.client(identity);
    }
    tls.retain();
    return new Secure(tls, check);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (tls != null) {
        tls.release();
      }
    }
    deadlines.close();
  }
}
