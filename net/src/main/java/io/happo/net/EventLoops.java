package io.happo.net;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.logging.InternalLoggerFactory;

/**
 * Which transport this machine has: epoll on Linux, else that of the JDK. The first use quiets
 * Netty's log.
 */
final class EventLoops {
  // Handlers block elsewhere, so that one thread keeps up with the sockets of an agent and of a
  // small hub.
  private static final int THREADS = 1;

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

  static Class<? extends ServerChannel> serverChannel() {
    return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  static Class<? extends Channel> channel() {
    return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
  }
}
