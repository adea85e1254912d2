package io.happo.net;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One whole answer.
 *
 * @param status the HTTP status code
 * @param headers the header fields; Content-Length, Date and Connection are added by the server
 * @param body the whole body; not sent in answer to HEAD
 * @param whenDone told once, on a thread that may block, whether the last byte of the answer was
 *     handed to the peer's socket ({@code true}); {@code false} when the connection failed before
 *     that, or the peer had ended its side before the answer began; the next request of the
 *     connection is handled when this has returned
 * @param webSocket who talks on the connection after this answer, instead of HTTP; only with status
 *     101
 * @param streamed what is written after the head instead of a body
 */
public record Response(
    int status,
    Headers headers,
    byte[] body,
    Consumer<Boolean> whenDone,
    Optional<WebSocketUpgrade> webSocket,
    Optional<Streamed> streamed) {
  static final Consumer<Boolean> NOBODY = written -> {};

  public Response {
    if (status < 100 || status > 599) {
      throw new IllegalArgumentException("no HTTP status: " + status);
    }
    if ((status == 101) != webSocket.isPresent()) {
      throw new IllegalArgumentException("status 101 goes with a WebSocket and only with one");
    }
  }

  /** An answer somebody waits for the end of. */
  public Response(int status, Headers headers, byte[] body, Consumer<Boolean> whenDone) {
    this(status, headers, body, whenDone, Optional.empty(), Optional.empty());
  }

  /** An answer nobody waits for. */
  public Response(int status, Headers headers, byte[] body) {
    this(status, headers, body, NOBODY);
  }

  /** Plain text in UTF-8. */
  public static Response text(int status, String text) {
    return new Response(
        status,
        Headers.of("Content-Type", "text/plain; charset=utf-8"),
        text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Agrees to speak WebSocket (RFC 6455); a request that did not ask for it is answered 426 or 400
   * instead.
   */
  public static Response webSocket(WebSocketUpgrade upgrade) {
    return new Response(
        101, Headers.NONE, new byte[0], NOBODY, Optional.of(upgrade), Optional.empty());
  }

  /** An answer of status 200 whose body is written bit by bit, and ends with the connection. */
  public static Response streamed(Headers headers, Streamed streamed) {
    return new Response(200, headers, new byte[0], NOBODY, Optional.empty(), Optional.of(streamed));
  }

  /** This answer, with somebody waiting for its end. */
  public Response whenDone(Consumer<Boolean> listener) {
    return new Response(status, headers, body, listener, webSocket, streamed);
  }
}
