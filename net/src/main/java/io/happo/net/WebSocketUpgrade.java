package io.happo.net;

import java.util.Optional;

/**
 * How a server goes on after it agreed to a WebSocket.
 *
 * @param subprotocol the one chosen from what the client offered in Sec-WebSocket-Protocol
 * @param settings limits and heartbeat
 * @param session talks; runs on a thread of its own and the connection is closed when it returns
 */
public record WebSocketUpgrade(
    Optional<String> subprotocol, WebSocketSettings settings, Session session) {
  /** The server's side of one conversation. */
  @FunctionalInterface
  public interface Session {
    /** Talks until it is over. */
    void talk(WebSocket socket) throws Exception;
  }
}
