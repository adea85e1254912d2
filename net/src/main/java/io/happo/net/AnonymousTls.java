package io.happo.net;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of TLS without certificates (anonymous Diffie-Hellman, TLS 1.0 to 1.2) of one
 * connection, by the JDK: BoringSSL has no such suites. The first use loads the JDK's TLS (18 MB)
 * and allows this process what it forbids; so this class must not be touched before such a client
 * came and is let in.
 */
final class AnonymousTls implements TlsSide {
  // What the JDK forbids and these clients cannot do without. "ECDH" stands for a key exchange that
  // takes the server's half from its certificate, and by its name for the anonymous one too.
  private static final Set<String> ALLOWED = Set.of("anon", "ECDH", "TLSv1", "TLSv1.1");
  private static final String DISABLED = "jdk.tls.disabledAlgorithms";

  // Two of the largest records: more never waits for a peer that obeys the protocol.
  private static final int WAITING_MOST_BYTES = 2 * (16_384 + 2_048);

  /** What connections share. Made at the first use, because loading it costs so much. */
  private static final class Shared {
    static final SSLContext CONTEXT;
    static final List<String> SUITES;

    static {
      // The JDK reads this when its TLS is loaded, which is now.
      Security.setProperty(
          DISABLED,
          Arrays.stream(Security.getProperty(DISABLED).split(",", -1))
              .map(String::strip)
              .filter(name -> !ALLOWED.contains(name))
              .collect(Collectors.joining(", ")));
      try {
        CONTEXT = SSLContext.getInstance("TLS");
        CONTEXT.init(new KeyManager[0], new TrustManager[0], new SecureRandom());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this Java runtime has no TLS: " + e.getMessage(), e);
      }
      SUITES = List.of(CONTEXT.getSupportedSSLParameters().getCipherSuites());
    }
  }

  private final SSLEngine engine;
  private final Consumer<Boolean> working;
  private final ByteArrayOutputStream unsaid = new ByteArrayOutputStream();
  private ByteBuffer waiting;
  private boolean handshaken;
  private boolean peerEnded;
  private volatile boolean ended;

  /**
   * @param tls a way of speaking it that lets such clients in
   * @param working told when the arithmetic of a handshake begins, and when it has ended
   */
  AnonymousTls(PacketTls tls, Consumer<Boolean> working) {
    this.working = working;
    engine = Shared.CONTEXT.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(versions(tls.versions()));
    engine.setEnabledCipherSuites(
        AnonymousSuites.of(tls.ciphers()).stream()
            .filter(Shared.SUITES::contains)
            .toArray(String[]::new));
    waiting = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
  }

  private static String[] versions(TlsVersions allowed) {
    // The form of SSL 2, which the oldest clients greet in; no version of it is spoken.
    var names = new ArrayList<>(List.of("SSLv2Hello"));
    for (var version : TlsVersions.Version.values()) {
      if (allowed.include(version)) {
        switch (version) {
          case TLS_1_0 -> names.add("TLSv1");
          case TLS_1_1 -> names.add("TLSv1.1");
          case TLS_1_2 -> names.add("TLSv1.2");
          case TLS_1_3 -> {} // It has no anonymous suites.
        }
      }
    }
    return names.toArray(String[]::new);
  }

  @Override
  public synchronized void begin() throws SSLException {
    engine.beginHandshake();
  }

  @Override
  public synchronized void unseal(byte[] sealed, int length, ByteQueue plain) throws SSLException {
    if (ended) {
      return;
    }
    if (waiting.remaining() < length) {
      if (waiting.position() + length > WAITING_MOST_BYTES) {
        throw failed(new SSLException("too much was sent at once"));
      }
      waiting = ByteBuffer.allocate(WAITING_MOST_BYTES).put(waiting.flip());
    }
    waiting.put(sealed, 0, length);
    try {
      boolean more = true;
      while (more && !ended && !peerEnded) {
        more =
            switch (engine.getHandshakeStatus()) {
              case NEED_TASK -> {
                working.accept(true);
                for (var task = engine.getDelegatedTask();
                    task != null;
                    task = engine.getDelegatedTask()) {
                  task.run(); // What goes wrong in it is thrown by the engine's next step.
                }
                working.accept(false);
                yield true;
              }
              case NEED_WRAP -> wrap(ByteBuffer.allocate(0)) == SSLEngineResult.Status.OK;
              case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING, FINISHED -> unwrap(plain);
            };
      }
    } catch (SSLException e) {
      throw failed(e);
    }
  }

  private boolean unwrap(ByteQueue plain) throws SSLException {
    var bytes = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    SSLEngineResult result;
    waiting.flip();
    try {
      result = engine.unwrap(waiting, bytes);
    } finally {
      waiting.compact();
    }
    seen(result);
    if (bytes.flip().hasRemaining()) {
      plain.add(Arrays.copyOf(bytes.array(), bytes.limit()));
    }
    peerEnded = result.getStatus() == SSLEngineResult.Status.CLOSED;
    return result.getStatus() == SSLEngineResult.Status.OK;
  }

  /** Makes one record of these bytes, or of what the handshake wants to say. */
  private SSLEngineResult.Status wrap(ByteBuffer plain) throws SSLException {
    var record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    var result = engine.wrap(plain, record);
    seen(result);
    unsaid.write(record.array(), 0, record.position());
    return result.getStatus();
  }

  private void seen(SSLEngineResult result) {
    handshaken |= result.getHandshakeStatus() == HandshakeStatus.FINISHED;
  }

  private SSLException failed(SSLException cause) {
    ended = true;
    try {
      engine.closeOutbound();
      boolean more = true;
      while (more && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        int before = unsaid.size();
        wrap(ByteBuffer.allocate(0)); // The alert that tells the peer.
        more = unsaid.size() > before;
      }
    } catch (SSLException e) {
      cause.addSuppressed(e);
    }
    return cause;
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
    if (ended || !handshaken) {
      throw new SSLException("the connection is not open for writing");
    }
    var bytes = ByteBuffer.wrap(plain, from, length);
    while (bytes.hasRemaining()) {
      int before = bytes.remaining();
      wrap(bytes);
      if (bytes.remaining() == before) {
        throw failed(new SSLException("sealing failed"));
      }
    }
    return output();
  }

  @Override
  public synchronized boolean hasOutput() {
    return unsaid.size() > 0;
  }

  @Override
  public synchronized byte[] output() {
    var bytes = unsaid.toByteArray();
    unsaid.reset();
    return bytes;
  }

  @Override
  public synchronized void sayGoodbye() {
    if (!ended) {
      ended = true;
      try {
        engine.closeOutbound();
        wrap(ByteBuffer.allocate(0));
      } catch (SSLException e) {
        // It gets the end of the connection without this word.
      }
    }
  }

  @Override
  public String version() {
    return engine.getSession().getProtocol();
  }

  @Override
  public String cipher() {
    return engine.getSession().getCipherSuite();
  }

  @Override
  public byte @Nullable [] peerCertificate() {
    return null;
  }

  @Override
  public byte[][] peerChain() {
    return new byte[0][];
  }

  /** Waits for nobody: whoever drops connections calls it with a lock that others wait for. */
  @Override
  public void free() {
    ended = true;
  }
}
