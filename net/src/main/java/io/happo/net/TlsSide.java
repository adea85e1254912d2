package io.happo.net;

import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one connection: turns sealed bytes into plain ones and back, and reads and writes nothing
 * itself. What it has to say to the peer (handshake, alerts) waits in it until {@link #output}.
 * Safe for threads that read and write at the same time; no call waits for anything.
 */
interface TlsSide {
  /** Begins the handshake, as far as it gets without input. */
  void begin() throws SSLException;

  /**
   * Takes what arrived.
   *
   * @param plain what it says is added to this
   * @throws SSLException when it is not understood or the peer is refused; nothing is understood or
   *     sealed any more then, but {@link #output} may hold the alert that tells the peer
   */
  void unseal(byte[] sealed, int length, ByteQueue plain) throws SSLException;

  /** Whether the handshake is done. */
  boolean isHandshaken();

  /** Whether the peer said that it will send no more (close_notify). */
  boolean isEnded();

  /**
   * These plain bytes, at most {@link NativeTls#RECORD_BYTES}, as one record, after all that waited
   * to be said.
   */
  byte[] seal(byte[] plain, int from, int length) throws SSLException;

  /** Whether something waits to be said. */
  boolean hasOutput();

  /** What waits to be said; empty when nothing does. */
  byte[] output();

  /** Says that this side sends no more (close_notify); to be followed by {@link #output}. */
  void sayGoodbye();

  /** The version that was agreed on, as {@code TLSv1.3}. To be called when handshaken. */
  String version();

  /** The cipher suite that was agreed on, by the name its library has for it; as above. */
  String cipher();

  /** The certificate that the peer showed, DER; null when it showed none. */
  byte @Nullable [] peerCertificate();

  /** The certificates that the peer of a client showed, DER, its own first. */
  byte[][] peerChain();

  /** Lets its memory go; everything else fails from then on. */
  void free();
}
