package io.happo.net;

import io.happo.net.MessageReader.Message;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a server: reads a request, has it handled on a virtual thread, writes the
 * answer, and only then reads on. All of its fields belong to the connection's event loop. A peer
 * that is slow in the handshake, in sending or in reading is cut off after {@link
 * HttpsServerSettings#requestTimeout}; a handler may take as long as it likes.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // Netty: what fails closes the channel, which is seen.
final class ServerConnection extends ChannelInboundHandlerAdapter {
  /** What a server tells its connections. */
  enum Event {
    STOPPING
  }

  private enum Phase {
    READING,
    HANDLING,
    WRITING,
    LINGERING
  }

  private static final Response FAILED = new Response(500, Headers.NONE, new byte[0]);

  private static final Response BUSY =
      Response.text(503, "too much is being held for other requests; ask again later");

  // A peer that still sends would lose an error answer to a reset, were the socket closed at once.
  private static final long LINGER_MILLIS = 500;

  /**
   * What a connection may hold without asking the budget, so that large requests never keep small
   * ones out.
   */
  private static final int FREE_BYTES = 8 * 1_024;

  private record Exchange(Request request, String version, boolean persistent) {}

  private final HttpsServerSettings settings;
  private final Handler handler;
  private final TlsHandler tls;
  private final ByteBudget budget;
  private final BooleanSupplier stopping;
  private final Consumer<Runnable> afterwards;
  private final MessageReader reader;
  private Phase phase = Phase.READING;
  private long held;
  private boolean begun;
  private boolean admitted;
  private boolean continued;
  private boolean inputEnded;
  private @Nullable ScheduledFuture<?> deadline;

  /**
   * @param budget what this connection and all others may hold together
   * @param afterwards runs what waits for the end of an answer, on a thread that may block; the
   *     server does not stop before it is done
   */
  ServerConnection(
      HttpsServerSettings settings,
      Handler handler,
      TlsHandler tls,
      ByteBudget budget,
      BooleanSupplier stopping,
      Consumer<Runnable> afterwards) {
    this.afterwards = afterwards;
    this.settings = settings;
    this.handler = handler;
    this.tls = tls;
    this.budget = budget;
    this.stopping = stopping;
    reader =
        new MessageReader(RequestLine::framing, settings.maxHeaderBytes(), settings.maxBodyBytes());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    startDeadline(ctx, settings.requestTimeout().toMillis());
    ctx.read();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stopDeadline();
    forget();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == TlsHandler.Event.HANDSHAKEN) {
      startDeadline(ctx, settings.requestTimeout().toMillis());
    } else if (event == TlsHandler.Event.PEER_CLOSED
        || event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      if (phase == Phase.READING || phase == Phase.LINGERING) {
        ctx.close();
      }
    } else if (event == Event.STOPPING && phase == Phase.READING && !begun) {
      ctx.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var buffer = (ByteBuf) message;
    var bytes = ByteBufUtil.getBytes(buffer);
    buffer.release();
    if (phase == Phase.LINGERING || isRefused(ctx)) {
      return;
    }
    if (!budget.take(charge(held + bytes.length) - charge(held))) {
      if (phase == Phase.READING) {
        refuse(ctx, new MalformedMessageException(503, "too much is held for other requests"));
      } else {
        ctx.close();
      }
      return;
    }
    held += bytes.length;
    reader.add(bytes);
    if (phase == Phase.READING) {
      advance(ctx);
    }
  }

  /** Asks once, before anything of the peer is looked at. */
  private boolean isRefused(ChannelHandlerContext ctx) {
    if (!admitted) {
      var refusal = handler.refuse((InetSocketAddress) ctx.channel().remoteAddress());
      admitted = refusal.isEmpty();
      refusal.ifPresent(answer -> refuse(ctx, answer));
    }
    return !admitted;
  }

  private static long charge(long bytes) {
    return Math.max(0, bytes - FREE_BYTES);
  }

  /** Lets go of what has arrived. */
  private void forget() {
    budget.give(charge(held));
    held = 0;
    reader.clear();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    // While a request is handled the next one waits in the socket; but the peer's end shall be
    // seen.
    if (phase == Phase.READING
        || phase == Phase.LINGERING
        || (phase == Phase.HANDLING && !reader.hasBegun())) {
      ctx.read();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A peer that fails or goes away is no event of ours; what was being written finds out by its
    // promise.
    if (cause instanceof SSLException) {
      linger(ctx); // The alert must reach it.
      endOutput(ctx);
    } else {
      ctx.close();
    }
  }

  private void advance(ChannelHandlerContext ctx) {
    try {
      var message = reader.next();
      if (message != null) {
        stopDeadline();
        phase = Phase.HANDLING;
        begun = false;
        continued = false;
        var exchange = exchange(ctx, message);
        long charged = charge(held) - charge(reader.size());
        held = reader.size();
        Thread.ofVirtual().name("happo-request").start(() -> handle(ctx, exchange, charged));
        channelReadComplete(ctx);
      } else if (reader.hasBegun()) {
        if (!begun) {
          begun = true;
          startDeadline(ctx, settings.requestTimeout().toMillis());
        }
        tellToContinue(ctx);
      }
    } catch (MalformedMessageException e) {
      refuse(ctx, e);
    }
  }

  private void refuse(ChannelHandlerContext ctx, Response answer) {
    linger(ctx);
    ctx.writeAndFlush(
            Unpooled.wrappedBuffer(AnswerHead.of("HTTP/1.1", answer, false), answer.body()))
        .addListener(_ -> endOutput(ctx));
  }

  private void tellToContinue(ChannelHandlerContext ctx) throws MalformedMessageException {
    var headers = reader.headersAwaitingBody();
    var expected = headers == null ? Optional.<String>empty() : headers.first("Expect");
    if (continued || expected.isEmpty()) {
      return;
    }
    if (!expected.get().equalsIgnoreCase("100-continue")) {
      throw new MalformedMessageException(417, "unknown expectation");
    }
    continued = true;
    ctx.writeAndFlush(ascii("HTTP/1.1 100 Continue\r\n\r\n"));
  }

  private static Exchange exchange(ChannelHandlerContext ctx, Message message)
      throws MalformedMessageException {
    var line = RequestLine.parse(message.startLine());
    var headers = message.headers();
    return new Exchange(
        new Request(
            line.method(),
            line.target(),
            line.path(),
            line.query(),
            headers,
            message.body(),
            (InetSocketAddress) ctx.channel().remoteAddress()),
        line.persistent() ? "HTTP/1.1" : "HTTP/1.0",
        line.persistent()
            ? !headers.lists("Connection", "close")
            : headers.lists("Connection", "keep-alive"));
  }

  /**
   * On the request's own thread.
   *
   * @param charged what the request holds of the budget
   */
  private void handle(ChannelHandlerContext ctx, Exchange exchange, long charged) {
    var request = exchange.request();
    boolean keep = exchange.persistent() && !stopping.getAsBoolean();
    Response answer;
    byte[] head;
    var listener = Response.NOBODY;
    try {
      var handled = handler.handle(request);
      listener = handled.whenDone();
      answer =
          handled.webSocket().isPresent() ? WebSocketHandshake.answer(request, handled) : handled;
      head = AnswerHead.of(exchange.version(), answer, keep);
    } catch (Throwable e) {
      logger()
          .log(
              System.Logger.Level.ERROR,
              "the handler of " + request.method() + " " + request.path() + " failed",
              e);
      report(listener, false);
      answer = FAILED;
      head = AnswerHead.of(exchange.version(), answer, keep);
    }
    budget.give(charged);
    send(ctx, request, answer, head, keep);
  }

  private void send(
      ChannelHandlerContext ctx, Request request, Response answer, byte[] head, boolean keep) {
    long charged = charge((long) head.length + answer.body().length);
    if (!budget.take(charged)) {
      report(answer.whenDone(), false);
      send(ctx, request, BUSY, AnswerHead.of("HTTP/1.1", BUSY, keep), keep);
      return;
    }
    boolean bodiless = request.method().equals("HEAD") || AnswerHead.isBodiless(answer.status());
    var bytes =
        bodiless ? Unpooled.wrappedBuffer(head) : Unpooled.wrappedBuffer(head, answer.body());
    try {
      ctx.executor().execute(() -> answer(ctx, bytes, answer, keep, charged));
    } catch (RejectedExecutionException e) {
      budget.give(charged);
      report(answer.whenDone(), false);
    }
  }

  private void answer(
      ChannelHandlerContext ctx, ByteBuf bytes, Response response, boolean keep, long charged) {
    phase = Phase.WRITING;
    // A peer that has ended its side is gone, as far as anybody can tell; it gets its answer in
    // case it is not.
    boolean gone = inputEnded;
    startDeadline(ctx, settings.requestTimeout().toMillis());
    ctx.writeAndFlush(bytes)
        .addListener(
            written -> {
              stopDeadline();
              budget.give(charged);
              report(response.whenDone(), written.isSuccess() && !gone);
              if (written.isSuccess() && response.webSocket().isPresent()) {
                talk(ctx, response.webSocket().get());
              } else if (!written.isSuccess() || !keep || inputEnded || stopping.getAsBoolean()) {
                ctx.close();
              } else {
                phase = Phase.READING;
                startDeadline(ctx, settings.requestTimeout().toMillis());
                advance(ctx);
                if (phase == Phase.READING) {
                  ctx.read();
                }
              }
            });
  }

  private void talk(ChannelHandlerContext ctx, WebSocketUpgrade upgrade) {
    var socket =
        new WebSocketConnection(ctx.channel(), true, upgrade.settings(), upgrade.subprotocol());
    var rest = reader.rest();
    forget();
    socket.take(ctx, rest);
    Thread.ofVirtual()
        .name("happo-websocket")
        .start(
            () -> {
              try (socket) {
                upgrade.session().talk(socket);
              } catch (WebSocketClosedException e) {
                // The peer's way to end it.
              } catch (Throwable e) {
                logger().log(System.Logger.Level.ERROR, "the session of a WebSocket failed", e);
              }
            });
  }

  private void refuse(ChannelHandlerContext ctx, MalformedMessageException e) {
    linger(ctx);
    var text = e.answer();
    ctx.writeAndFlush(
            ascii(
                "HTTP/1.1 "
                    + text
                    + "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
                    + text))
        .addListener(_ -> endOutput(ctx));
  }

  /** Goes on reading for a while, only to throw it away. */
  private void linger(ChannelHandlerContext ctx) {
    phase = Phase.LINGERING;
    forget();
    startDeadline(ctx, LINGER_MILLIS);
  }

  private void endOutput(ChannelHandlerContext ctx) {
    tls.sayGoodbye();
    ((DuplexChannel) ctx.channel()).shutdownOutput();
  }

  private static ByteBuf ascii(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void report(Consumer<Boolean> listener, boolean written) {
    if (!listener.equals(Response.NOBODY)) {
      afterwards.accept(
          () -> {
            try {
              listener.accept(written);
            } catch (Throwable e) {
              logger()
                  .log(System.Logger.Level.ERROR, "what waited for the end of an answer failed", e);
            }
          });
    }
  }

  private static System.Logger logger() {
    return System.getLogger("io.happo.net");
  }

  private void startDeadline(ChannelHandlerContext ctx, long millis) {
    stopDeadline();
    deadline = ctx.executor().schedule(() -> ctx.close(), millis, TimeUnit.MILLISECONDS);
  }

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }
}
