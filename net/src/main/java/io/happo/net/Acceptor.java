package io.happo.net;

import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The listening socket of a server and the connections that came in by it, on one event loop of its
 * own. Lets in at most so many at once: one more is let in when another can be dropped for it
 * ({@link Room}), else it waits unaccepted. When a connection cannot be accepted, as without a free
 * descriptor, some are dropped as well, or accepting rests for a moment.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // Netty: what fails closes the channel, which is seen.
final class Acceptor {
  /** Whom a server would drop to let another one in. Asked on the event loop. */
  interface Room {
    /** Of servers that drop nobody. */
    Room NONE =
        new Room() {
          @Override
          public boolean canBeMade() {
            return false;
          }

          @Override
          public void make() {}
        };

    boolean canBeMade();

    /** Closes one connection, at once; does nothing when there is none. */
    void make();
  }

  private static final long REST_MILLIS = 100;
  private static final int FREED_AT_ONCE = 16;
  private static final long COMPLAINT_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final int maxConnections;
  private final Room room;
  private final EventLoopGroup loops;
  private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
  private final Gate gate = new Gate();
  private volatile @Nullable Channel listener;

  /**
   * Makes one that does not listen yet.
   *
   * @param threads the name of its event loop's thread
   */
  Acceptor(String threads, int maxConnections, Room room) {
    this.maxConnections = maxConnections;
    this.room = room;
    loops = EventLoops.start(threads, false);
  }

  /**
   * Binds and accepts until stopped. When that fails, nothing is left of this acceptor.
   *
   * @param family with an address that stands for all: those of this family only
   * @param backlog connections that the kernel keeps until they are accepted
   * @param prepare sets a new connection's handlers up, on the event loop
   * @throws BindException when the address cannot be had; the message names it
   */
  void listen(
      InetSocketAddress address,
      Optional<ProtocolFamily> family,
      int backlog,
      Consumer<Channel> prepare)
      throws BindException {
    var bootstrap = new ServerBootstrap();
    if (family.isPresent() && family.get() == StandardProtocolFamily.INET6) {
      var ipv6Only = EventLoops.ipv6Only();
      if (ipv6Only.isEmpty()) {
        end();
        throw new BindException(
            "cannot listen on all addresses of IPv6 alone: that takes Linux; name one address");
      }
      bootstrap.option(ipv6Only.get(), 1);
    }
    var bound =
        bootstrap
            .group(loops)
            .channelFactory(EventLoops.serverChannel(family))
            .option(ChannelOption.SO_BACKLOG, backlog)
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
            .handler(gate)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    prepare.accept(channel);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      end();
      throw refused(address, bound.cause());
    }
    listener = bound.channel();
  }

  private static BindException refused(InetSocketAddress address, Throwable cause) {
    var refused =
        new BindException(
            "cannot listen on "
                + address.getHostString()
                + " port "
                + address.getPort()
                + ": "
                + SocketFailure.ofBind(cause));
    refused.initCause(cause);
    return refused;
  }

  /** Where it listens; the port is the real one when 0 was asked for. */
  InetSocketAddress address() {
    return (InetSocketAddress) requireNonNull(listener, "not listening").localAddress();
  }

  /** Connections that are open now. */
  int connections() {
    return connections.size();
  }

  /**
   * Stops listening, tells every connection, gives them that long to end by themselves, then closes
   * them.
   */
  void stop(Object event, Duration grace) {
    long end = System.nanoTime() + grace.toNanos();
    requireNonNull(listener, "not listening").close().awaitUninterruptibly();
    for (var connection : connections) {
      connection.pipeline().fireUserEventTriggered(event);
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
  }

  /** Ends the event loop; to be called once everything is closed. */
  void end() {
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** To be called on the event loop whenever what {@link Room#canBeMade} says has changed. */
  void reconsider() {
    gate.openOrShut();
  }

  /** Lets connections in one by one. On the event loop. */
  private final class Gate extends ChannelInboundHandlerAdapter {
    private @Nullable ChannelConfig config;
    private boolean resting;
    private long complained;
    private @Nullable String complaint;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      config = ctx.channel().config();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      var connection = (Channel) message;
      connections.add(connection);
      if (connections.size() > maxConnections) {
        room.make();
      }
      openOrShut();
      connection
          .closeFuture()
          .addListener(
              _ -> {
                connections.remove(connection);
                openOrShut();
              });
      ctx.fireChannelRead(message);
    }

    private void openOrShut() {
      if (config != null) {
        config.setAutoRead(!resting && (connections.size() < maxConnections || room.canBeMade()));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      // Most likely no descriptor is left, neither for this nor for what handlers have to open.
      int before = connections.size();
      for (int i = 0; i < FREED_AT_ONCE; i++) {
        room.make();
      }
      resting = true;
      openOrShut();
      // With nobody dropped, to try again at once would only burn time.
      ctx.executor()
          .schedule(
              () -> {
                resting = false;
                openOrShut();
              },
              connections.size() < before ? 0 : REST_MILLIS,
              TimeUnit.MILLISECONDS);
      complain(SocketFailure.words(cause));
    }

    private void complain(String what) {
      long now = System.nanoTime();
      if (!what.equals(complaint) || now - complained > COMPLAINT_NANOS) {
        complaint = what;
        complained = now;
        System.getLogger("io.happo.net")
            .log(
                System.Logger.Level.WARNING,
                "connections cannot be accepted, with "
                    + connections.size()
                    + " open: "
                    + what
                    + "; if too many files are open, raise that limit for this process or allow"
                    + " fewer connections");
      }
    }
  }
}
