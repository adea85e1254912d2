package io.happo.net;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * What a server of packets must know at its start.
 *
 * @param address where to listen; port 0 takes any free one
 * @param backlog connections that the kernel keeps until they are accepted
 * @param maxConnections connections at once. One more takes the place of the one that has waited
 *     longest without giving its packet; when all have given theirs, it waits unaccepted. Each
 *     needs a descriptor; without one left the same happens earlier
 * @param maxPacketBytes the most of a packet
 * @param packetTimeout from the first byte of a connection to the last of its packet, with the TLS
 *     handshake
 * @param idleTimeout how long a connection may be silent at its begin
 * @param closeTimeout how long a peer may take to read its answer, and then to close
 * @param tls how it speaks TLS; absent: it does not
 */
public record PacketServerSettings(
    InetSocketAddress address,
    int backlog,
    int maxConnections,
    int maxPacketBytes,
    Duration packetTimeout,
    Duration idleTimeout,
    Duration closeTimeout,
    Optional<PacketTls> tls) {
  public PacketServerSettings {
    if (backlog < 1
        || maxConnections < 1
        || maxPacketBytes < 1
        || packetTimeout.toMillis() < 1
        || idleTimeout.toMillis() < 1
        || closeTimeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "limits of a server are positive: backlog "
              + backlog
              + ", "
              + maxConnections
              + " connections, "
              + maxPacketBytes
              + " bytes, "
              + packetTimeout
              + ", "
              + idleTimeout
              + ", "
              + closeTimeout);
    }
  }
}
