package io.happo.net;

import java.util.Optional;

/**
 * How a server goes on after it agreed to a WebSocket.
 *
 * @param subprotocol the one chosen from what the client offered in Sec-WebSocket-Protocol
 * @param settings limits and heartbeat
 * @param beginning what is done first
 */
public record WebSocketUpgrade(
    Optional<String> subprotocol, WebSocketSettings settings, Beginning beginning) {
  /** The server's side of one conversation. */
  @FunctionalInterface
  public interface Session {
    /** Talks until it is over; then the connection is closed. */
    void talk(WebSocket socket) throws Exception;
  }

  /**
   * What is done before a conversation that mostly waits. It has a thread of its own: the stack of
   * one that waits is memory, and what a stack has once grown to is not given back.
   */
  @FunctionalInterface
  public interface Beginning {
    /** Returns who goes on, on another thread; empty: it is over, and the connection is closed. */
    Optional<Session> begin(WebSocket socket) throws Exception;
  }

  /** Without a beginning. */
  public static WebSocketUpgrade of(
      Optional<String> subprotocol, WebSocketSettings settings, Session session) {
    return new WebSocketUpgrade(subprotocol, settings, _ -> Optional.of(session));
  }
}
