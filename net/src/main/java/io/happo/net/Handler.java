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
   * Asked once for each connection, when the first bytes of it arrive: an answer ends the
   * connection with it, and nothing that the peer sends is looked at. Must not wait for anything.
   */
  default Optional<Response> refuse(InetSocketAddress peer) {
    return Optional.empty();
  }
}
