package io.happo.net;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What an HTTPS server must know at its start.
 *
 * @param address where to listen; port 0 takes any free one
 * @param maxConnections connections served at once; further ones wait unaccepted
 * @param maxHeaderBytes the most of request line and headers together; more is answered 431
 * @param maxBodyBytes the most of a body; more is answered 413
 * @param maxHeldBytes the most that all connections hold together of requests, answers and messages
 *     of WebSockets that arrive, each beyond its first 8 KiB; a request that finds no room is
 *     answered 503, a message waits unread. What is held may take twice its size in memory
 * @param requestTimeout from the first byte of a request (or of the TLS handshake) to its last; a
 *     sender that is slower is cut off. Also how long an idle connection is kept and an answer may
 *     take to be written
 * @param clientCa authorities of client certificates (PEM); when present, a client without a good
 *     one is refused in the handshake
 */
public record HttpsServerSettings(
    InetSocketAddress address,
    int maxConnections,
    int maxHeaderBytes,
    int maxBodyBytes,
    long maxHeldBytes,
    Duration requestTimeout,
    Optional<Path> clientCa) {
  public HttpsServerSettings {
    if (maxConnections < 1
        || maxHeaderBytes < 1
        || maxBodyBytes < 0
        || maxHeldBytes < maxBodyBytes
        || requestTimeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "limits of a server are positive: "
              + maxConnections
              + " connections, "
              + maxHeaderBytes
              + " header bytes, "
              + maxBodyBytes
              + " body bytes, "
              + maxHeldBytes
              + " bytes held, "
              + requestTimeout);
    }
  }
}
