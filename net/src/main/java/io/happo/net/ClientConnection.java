package io.happo.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one exchange: checks the peer, sends the request, reads the answer. On the
 * event loop.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // Netty: what fails closes the channel, which is seen.
final class ClientConnection extends ChannelInboundHandlerAdapter {
  private final ClientExchange exchange;
  private final byte[] request;
  private final @Nullable TlsHandler tls;
  private final @Nullable PeerCheck check;
  private final MessageReader reader;
  private boolean handshaken;
  private boolean peerClosed;
  private boolean done;

  /**
   * The connection of an exchange.
   *
   * @param request all of its bytes
   * @param tls null for plain HTTP
   * @param check null for plain HTTP
   */
  ClientConnection(
      ClientExchange exchange,
      byte[] request,
      @Nullable TlsHandler tls,
      @Nullable PeerCheck check) {
    this.exchange = exchange;
    this.request = request;
    this.tls = tls;
    this.check = check;
    reader =
        new MessageReader(
            exchange::framing, HttpsClient.MAX_HEADER_BYTES, HttpsClient.MAX_RESPONSE_BYTES);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (tls == null) {
      ctx.writeAndFlush(Unpooled.wrappedBuffer(request));
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == TlsHandler.Event.HANDSHAKEN && tls != null && check != null) {
      handshaken = true;
      try {
        check.check(tls.peerChain(), exchange.destination().host());
      } catch (CertificateException e) {
        fail(
            ctx,
            new SSLException(
                exchange.destination() + " is not to be trusted: " + e.getMessage(), e));
        return;
      }
      ctx.writeAndFlush(Unpooled.wrappedBuffer(request));
    } else if (event == TlsHandler.Event.PEER_CLOSED) {
      peerClosed = true;
      ended(ctx);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var buffer = (ByteBuf) message;
    var bytes = ByteBufUtil.getBytes(buffer);
    buffer.release();
    if (done) {
      return;
    }
    reader.add(bytes);
    try {
      for (var answer = reader.next(); answer != null && !done; answer = reader.next()) {
        int status = ClientExchange.status(answer.startLine());
        if (status >= 200 || status == 101) {
          complete(ctx, status, answer);
        }
      }
    } catch (MalformedMessageException e) {
      fail(
          ctx,
          new IOException(
              exchange.destination() + " answered what cannot be understood: " + e.getMessage(),
              e));
    }
  }

  private void complete(ChannelHandlerContext ctx, int status, MessageReader.Message answer) {
    done = true;
    if (status != 101) {
      exchange
          .answer()
          .complete(new ClientExchange.Answer(status, answer.headers(), answer.body(), null));
      ctx.close();
      return;
    }
    if (exchange.webSocket().isEmpty()) {
      exchange
          .answer()
          .completeExceptionally(
              new IOException(
                  exchange.destination() + " switched protocols without being asked to"));
      ctx.close();
      return;
    }
    var socket =
        new WebSocketConnection(
            ctx.channel(),
            false,
            exchange.webSocket().get(),
            answer.headers().first("Sec-WebSocket-Protocol"));
    socket.take(ctx, reader.rest());
    if (!exchange
        .answer()
        .complete(new ClientExchange.Answer(status, answer.headers(), answer.body(), socket))) {
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended(ctx);
  }

  private void ended(ChannelHandlerContext ctx) {
    if (done) {
      return;
    }
    // Without the peer's goodbye somebody in between may have cut the end off (RFC 8446, 6.1).
    var last = tls == null || peerClosed ? reader.end() : null;
    if (last != null) {
      try {
        complete(ctx, ClientExchange.status(last.startLine()), last);
      } catch (MalformedMessageException e) {
        throw new IllegalStateException(e); // Its head was understood before.
      }
    } else if (tls != null && !handshaken) {
      fail(
          ctx,
          new SSLException(
              exchange.destination()
                  + " closed the connection during the TLS handshake; does it speak TLS there?"));
    } else if (reader.hasBegun()) {
      fail(
          ctx,
          new IOException(
              exchange.destination() + " closed the connection in the middle of its answer"));
    } else {
      fail(
          ctx,
          new IOException(exchange.destination() + " closed the connection without an answer"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof SSLException) {
      fail(ctx, new SSLException(exchange.destination() + ": " + explained(cause), cause));
    } else if (cause instanceof IOException) {
      fail(
          ctx,
          new IOException(
              exchange.destination() + " broke the connection off: " + SocketFailure.words(cause),
              cause));
    } else {
      fail(ctx, new IOException(exchange.destination() + " could not be asked: " + cause, cause));
    }
  }

  private static String explained(Throwable cause) {
    var reason = String.valueOf(cause.getMessage());
    if (reason.contains("WRONG_VERSION_NUMBER") || reason.contains("HTTP_REQUEST")) {
      return "does not speak TLS there; check the port, or ask with http://";
    }
    if (reason.contains("CERTIFICATE_REQUIRED") || reason.contains("PEER_DID_NOT_RETURN")) {
      return "demands a client certificate, and none was shown";
    }
    if (reason.contains("ALERT_UNKNOWN_CA")
        || reason.contains("CERTIFICATE_UNKNOWN")
        || reason.contains("BAD_CERTIFICATE")) {
      return "does not accept our client certificate (" + reason + ")";
    }
    if (reason.contains("PROTOCOL_VERSION") || reason.contains("UNSUPPORTED_PROTOCOL")) {
      return "speaks neither TLS 1.2 nor 1.3 (" + reason + ")";
    }
    return "TLS failed: " + (reason.isEmpty() ? "no reason given" : reason);
  }

  private void fail(ChannelHandlerContext ctx, IOException failure) {
    done = true;
    exchange.answer().completeExceptionally(failure);
    ctx.close();
  }
}
