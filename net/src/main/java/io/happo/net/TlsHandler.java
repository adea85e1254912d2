package io.happo.net;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.internal.tcnative.SSL;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one connection, on the native library: sealed bytes on the wire side, plain bytes on the
 * other. Lives on the connection's event loop only. Tells the pipeline {@link Event#HANDSHAKEN}
 * once and {@link Event#PEER_CLOSED} when the peer said that it will send no more; a failure
 * arrives as {@link SSLException} in {@code exceptionCaught}, whose handler closes the connection;
 * nothing is understood or sent any more then. A server that is spoken to in plain HTTP answers so,
 * in plain text, and closes.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // Netty: what fails closes the channel, which is seen.
final class TlsHandler extends ChannelDuplexHandler implements TlsSide {
  /** What is told to the handlers behind this one. */
  enum Event {
    HANDSHAKEN,
    PEER_CLOSED
  }

  // Where the library puts what it must say while it is fed; more than that waits in the library
  // itself.
  private static final int PENDING_BYTES = 2_048;
  private static final byte[] NOT_TLS =
      "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
          .getBytes(StandardCharsets.US_ASCII);

  private record Unsent(ByteBuf plain, ChannelPromise promise) {}

  private final TlsContext context;
  private final @Nullable String serverName;
  private final ArrayDeque<Unsent> unsent = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext self;
  private long ssl;
  private long bio;
  private boolean handshaken;
  private boolean seenBytes;
  private boolean ended;

  /**
   * Makes the TLS side of one connection.
   *
   * @param serverName the name a client asks for (SNI); null on a server and for address literals
   */
  TlsHandler(TlsContext context, @Nullable String serverName) {
    this.context = context;
    this.serverName = serverName;
  }

  @Override
  public String version() {
    return SSL.getVersion(ssl);
  }

  @Override
  public String cipher() {
    return SSL.getCipherForSSL(ssl);
  }

  @Override
  public byte @Nullable [] peerCertificate() {
    return SSL.getPeerCertificate(ssl);
  }

  /**
   * The certificates that the peer of a client showed, DER, its own first. To be called when
   * handshaken.
   */
  byte[][] peerChain() {
    byte[][] chain = SSL.getPeerCertChain(ssl);
    return chain == null ? new byte[0][] : chain;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws SSLException {
    self = ctx;
    ssl = context.newConnection();
    bio = SSL.bioNewByteBuffer(ssl, PENDING_BYTES);
    if (serverName != null) {
      SSL.setTlsExtHostName(ssl, serverName);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    failUnsent(new IOException("the connection was closed before this was sent"));
    ended = true;
    if (ssl != 0) {
      SSL.freeSSL(ssl);
      ssl = 0;
      context.release();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (!context.isServer()) {
      say(ctx);
      ctx.flush();
    }
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    failUnsent(new IOException("the connection was closed before this was sent"));
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var sealed = (ByteBuf) message;
    try {
      if (ended || !sealed.isReadable()) {
        return;
      }
      if (!seenBytes) {
        seenBytes = true;
        // A handshake begins with 0x16; a capital letter begins an HTTP method.
        byte first = sealed.getByte(sealed.readerIndex());
        if (context.isServer() && first >= 'A' && first <= 'Z') {
          ended = true;
          ctx.writeAndFlush(Unpooled.wrappedBuffer(NOT_TLS))
              .addListener(ChannelFutureListener.CLOSE);
          return;
        }
      }
      unseal(ctx, sealed);
    } finally {
      sealed.release();
      ctx.flush();
    }
  }

  private void unseal(ChannelHandlerContext ctx, ByteBuf sealed) {
    var memory = NativeTls.ofThread();
    while (sealed.isReadable() && !ended) {
      int length = Math.min(sealed.readableBytes(), NativeTls.RECORD_BYTES);
      sealed.readBytes(memory.input.clear().limit(length));
      int taken = 0;
      boolean more = true;
      while (more && !ended) {
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
        var plain =
            reading && done > 0
                ? Unpooled.buffer(done).writeBytes(memory.plain.clear().limit(done))
                : null;
        reason = reason == SSL.SSL_ERROR_NONE ? reason : sayAfter(ctx, reason);
        if (plain != null) {
          ctx.fireChannelRead(plain);
        } else if (reason == SSL.SSL_ERROR_ZERO_RETURN) {
          ctx.fireUserEventTriggered(Event.PEER_CLOSED);
          return;
        } else if (reason == SSL.SSL_ERROR_NONE) {
          say(ctx);
          handshaken(ctx);
        } else if (reason != SSL.SSL_ERROR_WANT_READ && reason != SSL.SSL_ERROR_WANT_WRITE) {
          fail(ctx);
          return;
        }
      }
    }
  }

  /**
   * Sends what the library has to say after a step that did not succeed, and tells how the
   * handshake then stands.
   */
  private int sayAfter(ChannelHandlerContext ctx, int reason) {
    boolean handshaking =
        !handshaken && (reason == SSL.SSL_ERROR_WANT_READ || reason == SSL.SSL_ERROR_WANT_WRITE);
    int now = say(ctx);
    return handshaking ? now : reason;
  }

  /**
   * Goes on with the handshake as far as it gets without input and writes what the library has to
   * say.
   */
  private int say(ChannelHandlerContext ctx) {
    var memory = NativeTls.ofThread();
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
      ctx.write(copyOfOutput(ctx, memory, produced));
    }
  }

  private void handshaken(ChannelHandlerContext ctx) {
    handshaken = true;
    ctx.fireUserEventTriggered(Event.HANDSHAKEN);
    while (!ended && !unsent.isEmpty()) {
      var next = unsent.remove();
      seal(ctx, next.plain(), next.promise());
    }
  }

  private void fail(ChannelHandlerContext ctx) {
    var reasons = new ArrayList<String>();
    for (int error = SSL.getLastErrorNumber(); error != 0; error = SSL.getLastErrorNumber()) {
      reasons.add(SSL.getErrorString(error));
    }
    say(ctx); // The alert that tells the peer.
    ended = true;
    var memory = NativeTls.ofThread();
    var verdict = memory.verdict;
    memory.verdict = null;
    var cause = new SSLException(verdict == null ? String.join("; ", reasons) : verdict);
    failUnsent(cause);
    ctx.flush();
    ctx.fireExceptionCaught(cause);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    var plain = (ByteBuf) message;
    if (ended) {
      plain.release();
      promise.setFailure(new IOException("the connection is closed"));
    } else if (handshaken) {
      seal(ctx, plain, promise);
    } else {
      unsent.add(new Unsent(plain, promise));
    }
  }

  private void seal(ChannelHandlerContext ctx, ByteBuf plain, ChannelPromise promise) {
    var memory = NativeTls.ofThread();
    try {
      while (plain.isReadable()) {
        int length = Math.min(plain.readableBytes(), NativeTls.RECORD_BYTES);
        plain.readBytes(memory.plain.clear().limit(length));
        SSL.bioSetByteBuffer(bio, memory.outputAddress, NativeTls.OUTPUT_BYTES, true);
        SSL.bioFlushByteBuffer(bio);
        int done = SSL.writeToSSL(ssl, memory.plainAddress, length);
        int produced = NativeTls.OUTPUT_BYTES - SSL.bioLengthByteBuffer(bio);
        SSL.bioClearByteBuffer(bio);
        if (done != length) {
          promise.setFailure(new SSLException("sealing failed"));
          fail(ctx);
          return;
        }
        var sealed = copyOfOutput(ctx, memory, produced);
        if (plain.isReadable()) {
          ctx.write(sealed);
        } else {
          ctx.write(sealed, promise);
        }
      }
    } finally {
      plain.release();
    }
  }

  private static ByteBuf copyOfOutput(ChannelHandlerContext ctx, NativeTls memory, int length) {
    return ctx.alloc().directBuffer(length).writeBytes(memory.output.clear().limit(length));
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    sayGoodbye();
    ctx.close(promise);
  }

  @Override
  public ChannelFuture sayGoodbye() {
    var ctx = requireNonNull(self);
    if (handshaken && !ended) {
      ended = true;
      SSL.shutdownSSL(ssl);
      say(ctx);
    }
    return ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
  }

  private void failUnsent(Exception cause) {
    while (!unsent.isEmpty()) {
      var next = unsent.remove();
      next.plain().release();
      next.promise().tryFailure(cause);
    }
  }
}
