package io.happo.net;

import io.netty.internal.tcnative.SSL;
import java.util.ArrayList;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** TLS of one connection by the native library. */
final class NativeSide implements TlsSide {
  // Where the library puts what it must say while it is fed; more than that waits in the library
  // itself.
  private static final int PENDING_BYTES = 256;
  private static final byte[] NOTHING = new byte[0];

  private final TlsContext context;
  private byte[] unsaid = NOTHING;
  private long ssl;
  private final long bio;
  private boolean handshaken;
  private boolean peerEnded;
  private boolean ended;

  /**
   * @param serverName the name a client asks for (SNI); null on a server and for address literals
   */
  NativeSide(TlsContext context, @Nullable String serverName) throws SSLException {
    this.context = context;
    ssl = context.newConnection();
    bio = SSL.bioNewByteBuffer(ssl, PENDING_BYTES);
    if (serverName != null) {
      SSL.setTlsExtHostName(ssl, serverName);
    }
  }

  @Override
  public synchronized void begin() throws SSLException {
    check();
    var memory = NativeTls.borrow();
    try {
      say(memory);
    } finally {
      memory.giveBack();
    }
  }

  @Override
  public synchronized void unseal(byte[] sealed, int length, ByteQueue plain) throws SSLException {
    check();
    var memory = NativeTls.borrow();
    try {
      for (int from = 0; from < length && !ended && !peerEnded; from += NativeTls.RECORD_BYTES) {
        int count = Math.min(length - from, NativeTls.RECORD_BYTES);
        memory.input.clear().put(sealed, from, count);
        unseal(memory, count, plain);
      }
    } finally {
      memory.giveBack();
    }
  }

  private void unseal(NativeTls memory, int length, ByteQueue plain) throws SSLException {
    int taken = 0;
    boolean more = true;
    while (more) {
      SSL.bioSetByteBuffer(bio, memory.inputAddress + taken, length - taken, false);
      boolean reading = handshaken;
      int done =
          reading
              ? SSL.readFromSSL(ssl, memory.plainAddress, NativeTls.RECORD_BYTES)
              : SSL.doHandshake(ssl);
      int reason = done > 0 ? SSL.SSL_ERROR_NONE : SSL.getError(ssl, done);
      int takenNow = length - SSL.bioLengthByteBuffer(bio);
      SSL.bioClearByteBuffer(bio);
      more = takenNow > taken || reason == SSL.SSL_ERROR_NONE;
      taken = takenNow;
      if (reading && done > 0) {
        var bytes = new byte[done];
        memory.plain.get(0, bytes);
        plain.add(bytes);
      }
      if (reason != SSL.SSL_ERROR_NONE) {
        boolean waits = reason == SSL.SSL_ERROR_WANT_READ || reason == SSL.SSL_ERROR_WANT_WRITE;
        int now = say(memory);
        reason = !handshaken && waits ? now : reason;
      }
      if (reason == SSL.SSL_ERROR_ZERO_RETURN) {
        peerEnded = true;
        return;
      } else if (reason == SSL.SSL_ERROR_NONE && !handshaken) {
        say(memory);
        handshaken = true;
      } else if (reason != SSL.SSL_ERROR_NONE
          && reason != SSL.SSL_ERROR_WANT_READ
          && reason != SSL.SSL_ERROR_WANT_WRITE) {
        throw failure(memory);
      }
    }
  }

  /**
   * Goes on with the handshake as far as it gets without input, keeps what the library has to say
   * for {@link #output}, and tells how the handshake stands.
   */
  private int say(NativeTls memory) {
    while (true) {
      SSL.bioSetByteBuffer(bio, memory.outputAddress, NativeTls.OUTPUT_BYTES, true);
      SSL.bioFlushByteBuffer(bio);
      int reason = SSL.SSL_ERROR_NONE;
      if (!handshaken && !ended) {
        int done = SSL.doHandshake(ssl);
        reason = done > 0 ? SSL.SSL_ERROR_NONE : SSL.getError(ssl, done);
      }
      int produced = NativeTls.OUTPUT_BYTES - SSL.bioLengthByteBuffer(bio);
      SSL.bioClearByteBuffer(bio);
      if (produced == 0) {
        return reason;
      }
      keep(memory, produced);
    }
  }

  private void keep(NativeTls memory, int produced) {
    int before = unsaid.length;
    unsaid = Arrays.copyOf(unsaid, before + produced);
    memory.output.get(0, unsaid, before, produced);
  }

  private SSLException failure(NativeTls memory) {
    var reasons = new ArrayList<String>();
    for (int error = SSL.getLastErrorNumber(); error != 0; error = SSL.getLastErrorNumber()) {
      reasons.add(SSL.getErrorString(error));
    }
    ended = true;
    say(memory); // The alert that tells the peer.
    var refusal = NativeTls.takeRefusal();
    return new SSLException(refusal == null ? String.join("; ", reasons) : refusal);
  }

  @Override
  public synchronized boolean isHandshaken() {
    return handshaken;
  }

  @Override
  public synchronized boolean isEnded() {
    return peerEnded;
  }

  @Override
  public synchronized byte[] seal(byte[] plain, int from, int length) throws SSLException {
    check();
    if (ended || !handshaken) {
      throw new SSLException("the connection is not open for writing");
    }
    var memory = NativeTls.borrow();
    try {
      memory.plain.clear().put(plain, from, length);
      SSL.bioSetByteBuffer(bio, memory.outputAddress, NativeTls.OUTPUT_BYTES, true);
      SSL.bioFlushByteBuffer(bio);
      int done = SSL.writeToSSL(ssl, memory.plainAddress, length);
      int produced = NativeTls.OUTPUT_BYTES - SSL.bioLengthByteBuffer(bio);
      SSL.bioClearByteBuffer(bio);
      if (done != length) {
        throw failure(memory);
      }
      keep(memory, produced);
      return output();
    } finally {
      memory.giveBack();
    }
  }

  @Override
  public synchronized boolean hasOutput() {
    return unsaid.length > 0;
  }

  @Override
  public synchronized byte[] output() {
    var bytes = unsaid;
    unsaid = NOTHING;
    return bytes;
  }

  @Override
  public synchronized void sayGoodbye() {
    if (ssl != 0 && handshaken && !ended) {
      ended = true;
      SSL.shutdownSSL(ssl);
      var memory = NativeTls.borrow();
      try {
        say(memory);
      } finally {
        memory.giveBack();
      }
    }
  }

  @Override
  public synchronized String version() {
    return ssl == 0 ? "" : SSL.getVersion(ssl);
  }

  @Override
  public synchronized String cipher() {
    return ssl == 0 ? "" : SSL.getCipherForSSL(ssl);
  }

  @Override
  public synchronized byte @Nullable [] peerCertificate() {
    return ssl == 0 ? null : SSL.getPeerCertificate(ssl);
  }

  @Override
  public synchronized byte[][] peerChain() {
    byte[][] chain = ssl == 0 ? null : SSL.getPeerCertChain(ssl);
    return chain == null ? new byte[0][] : chain;
  }

  @Override
  public synchronized void free() {
    if (ssl != 0) {
      SSL.freeSSL(ssl);
      ssl = 0;
      context.release();
    }
  }

  private void check() throws SSLException {
    if (ssl == 0) {
      throw new SSLException("the connection is closed");
    }
  }
}
