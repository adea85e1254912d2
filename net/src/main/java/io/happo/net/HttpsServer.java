package io.happo.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An HTTPS server (HTTP/1.1; TLS 1.2 and 1.3) whose handlers block on threads of their own. */
@SuppressWarnings(
    "FutureReturnValueIgnored") // Netty: what fails closes the channel, which is seen.
public final class HttpsServer implements AutoCloseable {
  private static final int BACKLOG = 1_024;

  /** How long whoever waited for the end of an answer may take when the server stops. */
  private static final int LISTENERS_SECONDS = 10;

  private final Phaser listeners = new Phaser(1);

  private final HttpsServerSettings settings;
  private final Handler handler;
  private final ByteBudget budget;
  private final EventLoopGroup loops;
  private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
  private final Channel listener;
  private TlsContext tls;
  private volatile boolean stopping;

  private HttpsServer(HttpsServerSettings settings, Identity identity, Handler handler)
      throws IOException {
    this.settings = settings;
    this.handler = handler;
    budget = new ByteBudget(settings.maxHeldBytes());
    tls = TlsContext.server(identity, settings.clientCa());
    loops = EventLoops.start("happo-server", false);
    var bound =
        new ServerBootstrap()
            .group(loops)
            .channel(EventLoops.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            // One at a time: a connection over the limit must not be accepted on the way.
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(1).maxMessagesPerRead(1))
            .option(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .handler(new Gate())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    prepare(channel);
                  }
                })
            .bind(settings.address())
            .awaitUninterruptibly();
    listener = bound.channel();
    if (!bound.isSuccess()) {
      end();
      throw refused(settings.address(), bound.cause());
    }
  }

  /**
   * Binds and serves until closed.
   *
   * @throws java.net.BindException when the address cannot be had; the message names it
   */
  public static HttpsServer start(HttpsServerSettings settings, Identity identity, Handler handler)
      throws IOException {
    return new HttpsServer(settings, identity, handler);
  }

  private static BindException refused(InetSocketAddress address, Throwable cause) {
    var refused =
        new BindException(
            "cannot listen on "
                + address.getHostString()
                + " port "
                + address.getPort()
                + ": "
                + cause.getMessage()
                + "; is another program listening there, or is the port below 1024?");
    refused.initCause(cause);
    return refused;
  }

  /** Where it listens; the port is the real one when 0 was asked for. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /**
   * New connections are greeted with this identity; those that are open keep theirs.
   *
   * @throws UncheckedIOException when the identity or the clients' authorities cannot be used; then
   *     nothing has changed
   */
  public void use(Identity identity) {
    TlsContext next;
    try {
      next = TlsContext.server(identity, settings.clientCa());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    synchronized (this) {
      if (stopping) {
        next.release();
        return;
      }
      var last = tls;
      tls = next;
      last.release();
    }
  }

  /** Bytes that the connections hold now of {@link HttpsServerSettings#maxHeldBytes}. */
  long heldBytes() {
    return budget.held();
  }

  /** Runs what waits for the end of an answer; {@link #stop} waits for it. */
  private void afterwards(Runnable listener) {
    listeners.register();
    Thread.ofVirtual()
        .name("happo-answered")
        .start(
            () -> {
              try {
                listener.run();
              } finally {
                listeners.arriveAndDeregister();
              }
            });
  }

  private void awaitListeners() {
    try {
      listeners.awaitAdvanceInterruptibly(listeners.arrive(), LISTENERS_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      System.getLogger("io.happo.net")
          .log(System.Logger.Level.ERROR, "stopped before all ends of answers were dealt with");
    }
  }

  private synchronized void prepare(Channel channel) {
    if (stopping) {
      channel.close();
      return;
    }
    var handlerOfTls = new TlsHandler(tls, null);
    channel
        .pipeline()
        .addLast(
            handlerOfTls,
            new ServerConnection(
                settings, handler, handlerOfTls, budget, () -> stopping, this::afterwards));
  }

  /**
   * Stops listening, lets requests that have begun finish for at most that long, then closes every
   * connection.
   */
  public void stop(Duration grace) {
    synchronized (this) {
      if (stopping) {
        return;
      }
      stopping = true;
    }
    long end = System.nanoTime() + grace.toNanos();
    listener.close().awaitUninterruptibly();
    for (var connection : connections) {
      connection.pipeline().fireUserEventTriggered(ServerConnection.Event.STOPPING);
    }
    for (var connection : connections) {
      long left = end - System.nanoTime();
      if (left > 0) {
        connection.closeFuture().awaitUninterruptibly(left, TimeUnit.NANOSECONDS);
      }
    }
    for (var connection : connections) {
      connection.close().awaitUninterruptibly();
    }
    // An answer that a close cut off is reported only after the close has succeeded: once the loops
    // have ended, all who wait for the end of an answer are known.
    end();
    awaitListeners();
  }

  private void end() {
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    synchronized (this) {
      tls.release();
    }
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }

  /**
   * Lets connections in one by one and stops accepting while there are as many as may be. On one
   * event loop.
   */
  private final class Gate extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      var connection = (Channel) message;
      connections.add(connection);
      if (connections.size() >= settings.maxConnections()) {
        ctx.channel().config().setAutoRead(false);
      }
      connection
          .closeFuture()
          .addListener(
              _ -> {
                connections.remove(connection);
                ctx.channel().config().setAutoRead(true);
              });
      ctx.fireChannelRead(message);
    }
  }
}
