package io.happo.net;

import io.happo.net.MessageReader.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a server, on a thread of its own: reads a request, has it handled, writes the
 * answer, and only then reads on. A peer that is slow in the handshake, in sending or in reading is
 * cut off after {@link HttpsServerSettings#requestTimeout}; a handler may take as long as it likes.
 */
final class ServerConnection {
  private static final Response FAILED = new Response(500, Headers.NONE, new byte[0]);

  private static final Response BUSY =
      Response.text(503, "too much is being held for other requests; ask again later");

  private static final byte[] NOT_TLS =
      "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
          .getBytes(StandardCharsets.US_ASCII);

  // A peer that still sends would lose an error answer to a reset, were the socket closed at once.
  private static final Duration LINGER = Duration.ofMillis(500);

  /**
   * What a connection may hold without asking the budget, so that large requests never keep small
   * ones out.
   */
  private static final int FREE_BYTES = 8 * 1_024;

  private static final int GOING_AWAY = 1001; // RFC 6455, 7.4.1

  private record Exchange(Request request, String version, boolean persistent) {}

  private final HttpsServer server;
  private final HttpsServerSettings settings;
  private final Connection connection;
  private final MessageReader reader;
  private long held;
  private boolean continued;
  private volatile boolean idle = true; // Nothing is lost when it ends now.
  private volatile @Nullable WebSocketConnection socket;
  private volatile @Nullable Thread streaming; // Which may wait for what it is to write.
  private @Nullable WebSocketUpgrade upgrade; // How it goes on after the last answer.
  private CompletableFuture<Void> told = HttpsServer.TOLD; // Who waited for the last answer's end.

  ServerConnection(HttpsServer server, Connection connection) {
    this.server = server;
    this.connection = connection;
    settings = server.settings();
    reader =
        new MessageReader(RequestLine::framing, settings.maxHeaderBytes(), settings.maxBodyBytes());
  }

  /**
   * Serves until the connection ends, or a conversation begins.
   *
   * @return the rest of the conversation, for a thread of its own; empty: the connection ends
   */
  Optional<Runnable> serve() {
    try {
      if (greet() && isAdmitted()) {
        answerAll();
        var agreed = upgrade;
        if (agreed != null) {
          return converse(agreed);
        }
        connection.endOutput();
      }
    } catch (MalformedMessageException e) {
      refuse(e);
    } catch (IOException e) {
      // A peer that fails or goes away is no event of ours.
    } finally {
      forget();
    }
    return Optional.empty();
  }

  /** A method of its own, so that no request is kept in memory while a conversation goes on. */
  private void answerAll() throws IOException, MalformedMessageException {
    var exchange = next();
    while (exchange != null && answer(exchange)) {
      exchange = next();
    }
  }

  /**
   * Ends it when it is between two requests, and tells a conversation to end. By any thread, once
   * the server is stopping.
   */
  void stop() {
    var talking = socket;
    if (talking != null) {
      // A thread for each: one whose peer does not read would keep the others waiting.
      Thread.ofVirtual()
          .name("happo-websocket-stop")
          .start(() -> talking.leave(GOING_AWAY, "the server is stopping"));
    } else if (idle) {
      connection.close();
      var waiting = streaming;
      if (waiting != null) {
        waiting.interrupt();
      }
    }
  }

  private boolean greet() throws IOException {
    connection.mustEndWithin(settings.requestTimeout());
    var first = connection.read();
    if (first == null) {
      return false;
    }
    // A handshake begins with 0x16; a capital letter begins an HTTP method.
    if (first[0] >= 'A' && first[0] <= 'Z') {
      connection.write(NOT_TLS);
      return false;
    }
    var tls = server.newTls();
    try {
      connection.secure(tls, first);
      return true;
    } catch (SSLException e) {
      linger(); // The alert must reach it.
      return false;
    }
  }

  /** Asks once, before anything of the peer is looked at. */
  private boolean isAdmitted() throws IOException, MalformedMessageException {
    connection.mustEndWithin(settings.requestTimeout());
    var first = connection.read();
    if (first == null) {
      return false;
    }
    idle = false;
    var refusal = server.handler().refuse(connection.peer());
    if (refusal.isPresent()) {
      connection.write(whole("HTTP/1.1", refusal.get(), false, false));
      linger();
      return false;
    }
    add(first);
    return true;
  }

  private void add(byte[] bytes) throws MalformedMessageException {
    if (!server.budget().take(charge(held + bytes.length) - charge(held))) {
      throw new MalformedMessageException(503, "too much is held for other requests");
    }
    held += bytes.length;
    reader.add(bytes);
  }

  private static long charge(long bytes) {
    return Math.max(0, bytes - FREE_BYTES);
  }

  /** Lets go of what has arrived. */
  private void forget() {
    server.budget().give(charge(held));
    held = 0;
    reader.clear();
  }

  /** The next request; null when the peer ends before a whole one came. */
  private @Nullable Exchange next() throws IOException, MalformedMessageException {
    continued = false;
    boolean begun = false;
    connection.mustEndWithin(settings.requestTimeout());
    while (true) {
      var message = reader.next();
      if (message != null) {
        idle = false;
        connection.mayTakeLong();
        return exchange(message);
      }
      if (reader.hasBegun()) {
        if (!begun) {
          begun = true;
          idle = false;
          connection.mustEndWithin(settings.requestTimeout());
        }
        tellToContinue();
      } else {
        idle = true;
        if (server.isStopping()) {
          return null;
        }
      }
      var bytes = connection.read();
      if (bytes == null) {
        return null;
      }
      idle = false;
      add(bytes);
    }
  }

  private void tellToContinue() throws IOException, MalformedMessageException {
    var headers = reader.headersAwaitingBody();
    var expected = headers == null ? Optional.<String>empty() : headers.first("Expect");
    if (continued || expected.isEmpty()) {
      return;
    }
    if (!expected.get().equalsIgnoreCase("100-continue")) {
      throw new MalformedMessageException(417, "unknown expectation");
    }
    continued = true;
    connection.write(ascii("HTTP/1.1 100 Continue\r\n\r\n"));
  }

  private Exchange exchange(Message message) throws IOException, MalformedMessageException {
    var line = RequestLine.parse(message.startLine());
    var headers = message.headers();
    return new Exchange(
        new Request(
            line.method(),
            line.target(),
            line.path(),
            line.query(),
            headers,
            message.body(),
            connection.peer()),
        line.persistent() ? "HTTP/1.1" : "HTTP/1.0",
        line.persistent()
            ? !headers.lists("Connection", "close")
            : headers.lists("Connection", "keep-alive"));
  }

  /** Has a request handled and answers it; false when the connection ends with that. */
  private boolean answer(Exchange exchange) throws IOException {
    var request = exchange.request();
    long charged = charge(held) - charge(reader.size());
    held = reader.size();
    boolean keep = exchange.persistent() && !server.isStopping();
    boolean bodiless = request.method().equals("HEAD");
    var answer = FAILED;
    var listener = Response.NOBODY;
    byte[] bytes;
    told.join(); // So the handler sees what came of the answer before.
    try {
      var handled = server.handler().handle(request);
      listener = handled.whenDone();
      answer =
          handled.webSocket().isPresent() ? WebSocketHandshake.answer(request, handled) : handled;
      keep &= answer.streamed().isEmpty();
      bytes = whole(exchange.version(), answer, keep, bodiless);
    } catch (Throwable e) {
      logger()
          .log(
              System.Logger.Level.ERROR,
              "the handler of " + request.method() + " " + request.path() + " failed",
              e);
      told = server.announce(listener).apply(false);
      listener = Response.NOBODY;
      answer = FAILED;
      bytes = whole(exchange.version(), FAILED, keep, bodiless);
    } finally {
      server.budget().give(charged);
    }
    long held = charge(bytes.length);
    if (!server.budget().take(held)) {
      told = server.announce(listener).apply(false);
      listener = Response.NOBODY;
      answer = BUSY;
      bytes = whole(exchange.version(), BUSY, keep, bodiless);
      held = 0;
    }
    write(bytes, held, listener);
    if (answer.streamed().isPresent() && !bodiless) {
      stream(answer.streamed().get());
      return false;
    }
    upgrade = answer.webSocket().orElse(null);
    return upgrade == null && keep && !server.isStopping();
  }

  private void stream(Streamed streamed) throws IOException {
    connection.mayTakeLong();
    streaming = Thread.currentThread();
    idle = true; // Nothing is lost when it ends.
    if (server.isStopping()) {
      return; // Whoever stopped it may have come before.
    }
    try {
      streamed.write(
          bytes -> {
            connection.mustEndWithin(settings.requestTimeout());
            connection.write(bytes);
            connection.mayTakeLong();
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      logger().log(System.Logger.Level.ERROR, "an answer that is written bit by bit failed", e);
    }
  }

  /**
   * @param charged what the bytes hold of the budget
   */
  private void write(byte[] bytes, long charged, Consumer<Boolean> listener) throws IOException {
    boolean arrived = false;
    var announced = server.announce(listener);
    try {
      // A peer that has ended its side is gone, as far as anybody can tell; it gets its answer in
      // case it is not.
      connection.mustEndWithin(settings.requestTimeout());
      boolean gone = !listener.equals(Response.NOBODY) && connection.hasPeerEnded();
      connection.write(bytes);
      arrived = !gone;
    } finally {
      server.budget().give(charged);
      var end = announced.apply(arrived);
      if (!listener.equals(Response.NOBODY)) {
        told = end; // Else it is of whoever waited for an answer that this one stands for.
      }
    }
  }

  private static byte[] whole(String version, Response answer, boolean keep, boolean bodiless) {
    var head = AnswerHead.of(version, answer, keep);
    if (bodiless || AnswerHead.isBodiless(answer.status())) {
      return head;
    }
    var bytes = Arrays.copyOf(head, head.length + answer.body().length);
    System.arraycopy(answer.body(), 0, bytes, head.length, answer.body().length);
    return bytes;
  }

  private Optional<Runnable> converse(WebSocketUpgrade upgrade) {
    connection.mayTakeLong();
    var rest = reader.rest();
    forget();
    var talking =
        new WebSocketConnection(
            connection, true, upgrade.settings(), upgrade.subprotocol(), rest, server.budget());
    socket = talking;
    if (server.isStopping()) {
      stop(); // Whoever stopped it may have come before there was a conversation.
    }
    Optional<WebSocketUpgrade.Session> session = Optional.empty();
    try {
      session = upgrade.beginning().begin(talking);
    } catch (Throwable e) {
      ended(e);
    } finally {
      if (session.isEmpty()) {
        talking.close();
      }
    }
    return session.map(goesOn -> () -> talk(talking, goesOn));
  }

  private void talk(WebSocketConnection socket, WebSocketUpgrade.Session session) {
    try (socket) {
      session.talk(socket);
    } catch (Throwable e) {
      ended(e);
    }
  }

  private static void ended(Throwable why) {
    // The peer has its own way to end it.
    if (!(why instanceof WebSocketClosedException)) {
      logger().log(System.Logger.Level.ERROR, "the session of a WebSocket failed", why);
    }
  }

  private void refuse(MalformedMessageException e) {
    var text = e.answer();
    try {
      connection.mustEndWithin(settings.requestTimeout());
      connection.write(
          ascii(
              "HTTP/1.1 "
                  + text
                  + "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
                  + text));
      linger();
    } catch (IOException failure) {
      // It is gone.
    }
  }

  /** Goes on reading for a while, only to throw it away. */
  private void linger() throws IOException {
    forget();
    connection.mustEndWithin(LINGER);
    connection.endOutput();
    connection.discard(Integer.MAX_VALUE);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static System.Logger logger() {
    return System.getLogger("io.happo.net");
  }
}
