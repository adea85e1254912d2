package io.happo.net;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Who sent a packet.
 *
 * @param certificateSubject the subject of the certificate it showed (RFC 2253); only of clients
 *     that were asked for one and whose one is good
 */
public record PacketPeer(InetSocketAddress address, Optional<String> certificateSubject) {}
