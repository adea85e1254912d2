package io.happo.net;

import io.happo.net.WebSocketFrames.BrokenException;
import io.happo.net.WebSocketFrames.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket on a connection whose handshake is done. Frames are handled on the event loop;
 * callers block on threads of their own. At most {@link #MAX_WAITING} messages wait to be received:
 * then the socket is not read until some were.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // Netty: what fails closes the channel, which is seen.
final class WebSocketConnection extends ChannelInboundHandlerAdapter implements WebSocket {
  private static final int MAX_WAITING = 16;
  private static final Duration GOODBYE = Duration.ofSeconds(5);

  private sealed interface Arrival {
    record Message(String text) implements Arrival {}

    record End(int code, String reason) implements Arrival {}
  }

  private final WebSocketFrames frames;
  private final WebSocketSettings settings;
  private final Optional<String> subprotocol;
  private final Channel channel;
  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private volatile Arrival.@Nullable End ended;
  private volatile boolean paused;
  private boolean closeSent;
  private int silentPings;
  private @Nullable ScheduledFuture<?> heartbeat;

  WebSocketConnection(
      Channel channel, boolean server, WebSocketSettings settings, Optional<String> subprotocol) {
    this.channel = channel;
    this.frames = new WebSocketFrames(server, settings.maxMessageBytes());
    this.settings = settings;
    this.subprotocol = subprotocol;
  }

  /** Takes the connection over from the handler that shook hands; on the event loop. */
  void take(ChannelHandlerContext ctx, byte[] rest) {
    channel.config().setAutoRead(false);
    long millis = settings.pingEvery().toMillis();
    heartbeat =
        channel.eventLoop().scheduleAtFixedRate(this::beat, millis, millis, TimeUnit.MILLISECONDS);
    ctx.pipeline().replace(ctx.handler(), "webSocket", this);
    channel.closeFuture().addListener(_ -> end(WebSocketFrames.LOST, "the connection was lost"));
    arrived(rest);
    channel.read();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var buffer = (ByteBuf) message;
    var bytes = ByteBufUtil.getBytes(buffer);
    buffer.release();
    silentPings = 0;
    arrived(bytes);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    paused = arrivals.size() >= MAX_WAITING;
    if (paused) {
      readOn(); // Somebody may have made room in between.
    } else {
      ctx.read();
    }
  }

  /** Reads again when the reading was paused and there is room; on any thread. */
  private void readOn() {
    if (paused && arrivals.size() < MAX_WAITING) {
      paused = false;
      channel.read();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == TlsHandler.Event.PEER_CLOSED || event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  private void arrived(byte[] bytes) {
    frames.add(bytes);
    try {
      for (var frame = frames.next(); frame != null && ended == null; frame = frames.next()) {
        switch (frame) {
          case Frame.Text(String text) -> arrivals.add(new Arrival.Message(text));
          case Frame.Ping(byte[] data) -> write(WebSocketFrames.PONG, data);
          case Frame.Pong() -> {}
          case Frame.Close(int code, String reason) -> {
            end(code, reason);
            sendClose(code, "").addListener(ChannelFutureListener.CLOSE);
          }
        }
      }
    } catch (BrokenException e) {
      end(e.code(), String.valueOf(e.getMessage()));
      sendClose(e.code(), String.valueOf(e.getMessage())).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void beat() {
    if (silentPings >= settings.missedPings()) {
      end(WebSocketFrames.LOST, "no sign of life after " + silentPings + " pings");
      channel.close();
      return;
    }
    silentPings++;
    write(WebSocketFrames.PING, new byte[0]);
    // A reader that is slow stops the reading; the pongs behind what waits must not be missed for
    // it.
    if (paused) {
      silentPings = 0;
    }
  }

  private void end(int code, String reason) {
    if (ended == null) {
      var end = new Arrival.End(code, reason);
      ended = end;
      arrivals.add(end);
      if (heartbeat != null) {
        heartbeat.cancel(false);
      }
    }
  }

  private ChannelFuture write(int kind, byte[] data) {
    return channel.writeAndFlush(Unpooled.wrappedBuffer(frames.wrap(kind, data)));
  }

  private ChannelFuture sendClose(int code, String reason) {
    if (closeSent) {
      return channel.newSucceededFuture();
    }
    closeSent = true;
    return write(WebSocketFrames.CLOSE, WebSocketFrames.closing(code, reason));
  }

  @Override
  public void send(String text) throws IOException {
    var end = ended;
    if (end != null) {
      throw new WebSocketClosedException(end.code(), end.reason());
    }
    var written = write(WebSocketFrames.TEXT, text.getBytes(StandardCharsets.UTF_8));
    try {
      written.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while sending", e);
    }
    if (!written.isSuccess()) {
      end = ended;
      throw end != null
          ? new WebSocketClosedException(end.code(), end.reason())
          : new WebSocketClosedException(WebSocketFrames.LOST, "the connection was lost");
    }
  }

  @Override
  public @Nullable String receive(Duration timeout) throws IOException {
    try {
      var arrival = arrivals.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
      readOn();
      return switch (arrival) {
        case null -> null;
        case Arrival.Message(String text) -> text;
        case Arrival.End end -> {
          arrivals.add(end); // For the next call.
          throw new WebSocketClosedException(end.code(), end.reason());
        }
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a message", e);
    }
  }

  @Override
  public Optional<String> subprotocol() {
    return subprotocol;
  }

  @Override
  public void close(int code, String reason) {
    WebSocketFrames.closing(code, reason);
    channel.eventLoop().execute(() -> sendClose(code, reason));
    try {
      if (!channel.closeFuture().await(GOODBYE.toMillis())) {
        channel.close();
      }
    } catch (InterruptedException e) {
      channel.close();
      Thread.currentThread().interrupt();
    }
  }
}
