package io.happo.net;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Answers one request. Runs on a thread of its own and may block; whatever it throws becomes a bare
 * 500.
 */
@FunctionalInterface
public interface Handler {
  /** The answer to a request. */
  Response handle(Request request) throws Exception;

  /**
   * Asked before the body of a request is read: an answer ends the connection with it, and the body
   * is never taken in. Runs on the event loop and must not wait for anything.
   */
  default Optional<Response> refuse(InetSocketAddress peer) {
    return Optional.empty();
  }
}
