package io.happo.net;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
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
 * TLS without certificates (anonymous Diffie-Hellman, TLS 1.0 to 1.2) of one connection, by the
 * JDK: BoringSSL has no such suites. The first use loads the JDK's TLS (18 MB) and allows this
 * process what it forbids; so this class must not be touched before such a client came and is let
 * in. Lives on the connection's event loop, except for the arithmetic of the handshake, which has
 * threads of its own. The peer must be one that speaks first and once: what is written before the
 * handshake is done fails.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // Netty: what fails closes the channel, which is seen.
final class AnonymousTls extends ChannelDuplexHandler implements TlsSide {
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
  private ByteBuffer sealed;
  private @Nullable ChannelHandlerContext self;
  private boolean isWorking;
  private boolean handshaken;
  private boolean ended;

  private AnonymousTls(PacketTls tls, Consumer<Boolean> working) {
    this.working = working;
    engine = Shared.CONTEXT.createSSLEngine();
    engine.setUseClientMode(false);
    engine.setEnabledProtocols(versions(tls.versions()));
    engine.setEnabledCipherSuites(
        AnonymousSuites.of(tls.ciphers()).stream()
            .filter(Shared.SUITES::contains)
            .toArray(String[]::new));
    sealed = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
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

  /**
   * The server's side of a new connection. May take long: not for the event loop.
   *
   * @param tls a way of speaking it that lets such clients in
   * @param working told on the event loop when a thread begins to work for it and when it has ended
   */
  static TlsSide side(PacketTls tls, Consumer<Boolean> working) throws SSLException {
    var side = new AnonymousTls(tls, working);
    side.engine.beginHandshake();
    return side;
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
  public void handlerAdded(ChannelHandlerContext ctx) {
    self = ctx;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ended = true;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    try {
      if (ended) {
        return;
      }
      int more = bytes.readableBytes();
      if (sealed.remaining() < more) {
        if (sealed.position() + more > WAITING_MOST_BYTES) {
          fail(ctx, new SSLException("too much was sent at once"));
          return;
        }
        var grown = ByteBuffer.allocate(WAITING_MOST_BYTES);
        grown.put(sealed.flip());
        sealed = grown;
      }
      bytes.readBytes(sealed.limit(sealed.position() + more));
      sealed.limit(sealed.capacity());
    } finally {
      bytes.release();
    }
    advance(ctx);
  }

  /** Goes as far as it gets with what has arrived. */
  private void advance(ChannelHandlerContext ctx) {
    try {
      boolean more = true;
      while (more && !isWorking && !ended) {
        more =
            switch (engine.getHandshakeStatus()) {
              case NEED_TASK -> work(ctx);
              case NEED_WRAP -> {
                var made = seal(ctx, ByteBuffer.allocate(0), ctx.newPromise());
                handshaken(ctx, made.getHandshakeStatus());
                yield made.getStatus() == SSLEngineResult.Status.OK;
              }
              case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING, FINISHED -> unseal(ctx);
            };
      }
      ctx.flush();
    } catch (SSLException e) {
      fail(ctx, e);
    }
  }

  /** Has the arithmetic done on a thread of its own; what arrives meanwhile waits. */
  private boolean work(ChannelHandlerContext ctx) {
    isWorking = true;
    working.accept(true);
    Thread.ofVirtual()
        .name("happo-anonymous-tls")
        .start(
            () -> {
              for (var task = engine.getDelegatedTask();
                  task != null;
                  task = engine.getDelegatedTask()) {
                task.run(); // What goes wrong in it is thrown by the engine's next step.
              }
              try {
                ctx.executor()
                    .execute(
                        () -> {
                          isWorking = false;
                          working.accept(false);
                          advance(ctx);
                        });
              } catch (RejectedExecutionException e) {
                // The server has stopped.
              }
            });
    return false;
  }

  private boolean unseal(ChannelHandlerContext ctx) throws SSLException {
    var plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    SSLEngineResult result;
    sealed.flip();
    try {
      result = engine.unwrap(sealed, plain);
    } finally {
      sealed.compact();
    }
    handshaken(ctx, result.getHandshakeStatus());
    if (plain.flip().hasRemaining()) {
      ctx.fireChannelRead(Unpooled.wrappedBuffer(plain));
    }
    if (result.getStatus() == SSLEngineResult.Status.CLOSED && !ended) {
      ctx.fireUserEventTriggered(TlsHandler.Event.PEER_CLOSED);
      return false;
    }
    return result.getStatus() == SSLEngineResult.Status.OK;
  }

  private void handshaken(ChannelHandlerContext ctx, HandshakeStatus status) {
    if (status == HandshakeStatus.FINISHED && !handshaken) {
      handshaken = true;
      ctx.fireUserEventTriggered(TlsHandler.Event.HANDSHAKEN);
    }
  }

  private void fail(ChannelHandlerContext ctx, SSLException cause) {
    try {
      engine.closeOutbound();
      while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
          && seal(ctx, ByteBuffer.allocate(0), ctx.newPromise()).bytesProduced() > 0) {
        // The alert that tells the peer.
      }
    } catch (SSLException e) {
      cause.addSuppressed(e);
    }
    ended = true;
    ctx.flush();
    ctx.fireExceptionCaught(cause);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    var plain = (ByteBuf) message;
    try {
      if (ended || !handshaken) {
        promise.setFailure(new IOException("the connection is not open"));
        return;
      }
      var bytes = plain.nioBuffer();
      while (bytes.hasRemaining()) {
        int before = bytes.remaining();
        boolean last = before <= NativeTls.RECORD_BYTES;
        seal(ctx, bytes, last ? promise : ctx.newPromise());
        if (bytes.remaining() == before) {
          throw new SSLException("sealing failed");
        }
      }
    } catch (SSLException e) {
      promise.tryFailure(e);
      fail(ctx, e);
    } finally {
      plain.release();
    }
  }

  /** Writes one record of these bytes, or of what the handshake wants to say. */
  private SSLEngineResult seal(ChannelHandlerContext ctx, ByteBuffer plain, ChannelPromise promise)
      throws SSLException {
    var record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    var result = engine.wrap(plain, record);
    ctx.write(Unpooled.wrappedBuffer(record.flip()), promise);
    return result;
  }

  @Override
  public ChannelFuture sayGoodbye() {
    var ctx = requireNonNull(self);
    if (!ended) {
      ended = true;
      try {
        engine.closeOutbound();
        seal(ctx, ByteBuffer.allocate(0), ctx.newPromise());
      } catch (SSLException e) {
        // It gets the end of the connection without this word.
      }
    }
    return ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
  }
}
