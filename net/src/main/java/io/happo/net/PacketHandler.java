package io.happo.net;

import java.net.InetSocketAddress;
import java.util.Optional;

/** Knows what the packets of a {@link PacketServer} are, and answers them. */
public interface PacketHandler {
  /**
   * Why a peer is not listened to; empty when it is. Asked once for each connection, when its first
   * byte arrives, before anything of it is looked at or answered; on a thread of its own, and may
   * block. A reason closes the connection and is told to {@link #refused}.
   */
  Optional<String> refusal(InetSocketAddress peer);

  /**
   * How long the packet is, by what has arrived of it. Asked again with each piece until it is
   * known; must not block.
   *
   * @param head what has arrived, from index 0; to be read only
   * @param count how many bytes of it
   * @return its bytes; 0 when more must arrive to tell; -1 when it lasts until the peer ends
   * @throws RefusedPacketException when this cannot become a packet; the connection is closed
   *     without reading on
   */
  int length(byte[] head, int count) throws RefusedPacketException;

  /**
   * The answer to a packet; empty closes the connection without one. Runs on a thread of its own
   * and may block for as long as it likes.
   *
   * @throws RefusedPacketException when it gets none; the connection is closed in order
   */
  Optional<byte[]> answer(byte[] packet, PacketPeer peer) throws RefusedPacketException;

  /**
   * Told what was refused and what went wrong with a peer, once a connection at most. Peers that
   * come and go without a byte are not told. Runs on any thread; must not block.
   *
   * @param reason what happened, without the peer's address
   */
  void refused(InetSocketAddress peer, String reason);
}
