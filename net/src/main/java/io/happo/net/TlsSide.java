package io.happo.net;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one connection, as whoever talks through it sees it: plain bytes are read from it and
 * written to it, {@link TlsHandler.Event}s and a {@code SSLException} tell how it stands. On the
 * connection's event loop only.
 */
interface TlsSide extends ChannelHandler {
  /** The version that was agreed on, as {@code TLSv1.3}. To be called when handshaken. */
  String version();

  /** The cipher suite that was agreed on, by the name its library has for it; as above. */
  String cipher();

  /** The certificate that the peer showed, DER; null when it showed none. */
  byte @Nullable [] peerCertificate();

  /**
   * Says that this side will send no more (close_notify); whatever still arrives is thrown away.
   *
   * @return done when this and everything before it is with the kernel
   */
  ChannelFuture sayGoodbye();
}
