package io.happo.net;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One open conversation of text messages (RFC 6455). Safe for many threads; each method may block.
 * Both ends close it; whoever is closed on finds out at its next call.
 *
 * <p>It has no thread of its own: only while somebody receives is anything read, are pings sent and
 * answered, and is a peer noticed that is gone. So one thread receives all the time, and does not
 * take longer over a message than the peer waits for a sign of life.
 */
public interface WebSocket extends AutoCloseable {
  /**
   * Sends one message and waits until it was handed to the socket.
   *
   * @throws WebSocketClosedException when the conversation is over
   */
  void send(String text) throws IOException;

  /**
   * The next message, or null when none came in time. An interrupt ends the conversation.
   *
   * @throws WebSocketClosedException when the conversation is over and every message that came was
   *     received
   */
  @Nullable String receive(Duration timeout) throws IOException;

  /** How long nothing at all has arrived; no pong either. */
  Duration silence();

  /** The subprotocol both sides agreed on. */
  Optional<String> subprotocol();

  /**
   * Says goodbye, waits at most 5 seconds for the peer to do so too, and closes. Does nothing when
   * closed already.
   *
   * @param code 1000 for a normal end, others by RFC 6455, 7.4
   * @param reason at most 123 bytes in UTF-8
   */
  void close(int code, String reason);

  @Override
  default void close() {
    close(1000, "");
  }
}
