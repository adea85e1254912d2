package io.happo.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.spi.SelectorProvider;
import java.util.Optional;

/**
 * Which transport this machine has: epoll on Linux, else that of the JDK. The first use quiets
 * Netty's log.
 */
final class EventLoops {
  // Handlers block elsewhere, so that one thread keeps up with the sockets of an agent and of a
  // small hub.
  private static final int THREADS = 1;

  // Of Linux: linux/in.h and linux/in6.h.
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;

  static {
    InternalLoggerFactory.setDefaultFactory(new NettyLog.Factory());
  }

  private EventLoops() {}

  static void quietLog() {
    // What is wanted happens in the class's initializer.
  }

  static EventLoopGroup start(String name, boolean daemon) {
    var threads = new DefaultThreadFactory(name, daemon);
    return new MultiThreadIoEventLoopGroup(
        THREADS,
        threads,
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  }

  /**
   * Makes listening sockets.
   *
   * @param family INET: of IPv4 alone; else for both, unless {@link #ipv6Only} is set
   */
  static ChannelFactory<ServerChannel> serverChannel(Optional<ProtocolFamily> family) {
    boolean ipv4Only = family.isPresent() && family.get() == StandardProtocolFamily.INET;
    if (Epoll.isAvailable()) {
      return () ->
          ipv4Only
              ? new EpollServerSocketChannel(SocketProtocolFamily.INET)
              : new EpollServerSocketChannel();
    }
    return () ->
        ipv4Only
            ? new NioServerSocketChannel(SelectorProvider.provider(), SocketProtocolFamily.INET)
            : new NioServerSocketChannel();
  }

  /** Makes a listening socket one of IPv6 alone; absent where the JDK's transport is used. */
  static Optional<ChannelOption<Integer>> ipv6Only() {
    return Epoll.isAvailable()
        ? Optional.of(new IntegerUnixChannelOption("IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY))
        : Optional.empty();
  }

  static Class<? extends Channel> channel() {
    return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
  }
}
