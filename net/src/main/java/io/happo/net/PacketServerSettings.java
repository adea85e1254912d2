package io.happo.net;

import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.time.Duration;
import java.util.Optional;

/**
 * What a server of packets must know at its start.
 *
 * @param address where to listen; port 0 takes any free one
 * @param family with an address that stands for all: those of this family only; absent: all there
 *     are
 * @param backlog connections that the kernel keeps until they are accepted
 * @param maxConnections connections at once. One more takes the place of the one that has waited
 *     longest without giving its packet; when all have given theirs, it waits unaccepted. Each
 *     needs a descriptor; without one left the same happens earlier
 * @param maxBegun of these, so many may have sent a byte and not have got their answer; one more
 *     takes the place of the one that has taken longest to give its packet, and is refused when all
 *     have given theirs
 * @param maxAnonymous of these, so many may speak anonymous Diffie-Hellman, which holds more
 *     memory; for one more the same holds
 * @param maxPacketBytes the most of a packet
 * @param packetTimeout from the first byte of a connection to the last of its packet, with the TLS
 *     handshake
 * @param idleTimeout how long a connection may be silent at its begin
 * @param closeTimeout how long a peer may take to read its answer, and then to close
 * @param tls how it speaks TLS; absent: it does not
 */
public record PacketServerSettings(
    InetSocketAddress address,
    Optional<ProtocolFamily> family,
    int backlog,
    int maxConnections,
    int maxBegun,
    int maxAnonymous,
    int maxPacketBytes,
    Duration packetTimeout,
    Duration idleTimeout,
    Duration closeTimeout,
    Optional<PacketTls> tls) {
  public PacketServerSettings {
    if (backlog < 1
        || maxConnections < 1
        || maxBegun < 1
        || maxAnonymous < 1
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
              + maxBegun
              + " begun, "
              + maxAnonymous
              + " anonymous, "
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
