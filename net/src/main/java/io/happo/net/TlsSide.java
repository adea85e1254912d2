package io.happo.net;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;

/**
 * TLS of one connection, as whoever talks through it sees it: plain bytes are read from it and
 * written to it, {@link TlsHandler.Event}s and a {@code SSLException} tell how it stands. On the
 * connection's event loop only.
 */
interface TlsSide extends ChannelHandler {
  /** The certificates that the peer showed, DER, its own first. To be asked when handshaken. */
  byte[][] peerChain();

  /**
   * Says that this side will send no more (close_notify); whatever still arrives is thrown away.
   *
   * @return done when this and everything before it is with the kernel
   */
  ChannelFuture sayGoodbye();
}
