package io.happo.agent.feeds;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Packets that arrive on a port of 127.0.0.1, one after the other, on a thread of its own. They
 * have 64 KiB at the most, as UDP has it.
 */
final class UdpPort implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.feeds");
  private static final int MAX_PACKET_BYTES = 64 << 10;

  /** What the kernel is asked to hold while the thread is busy; it may grant less. */
  private static final int WAITING_BYTES = 1 << 20;

  /** After a failure, which may be there to stay. */
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final DatagramChannel channel;
  private final InetSocketAddress address;

  private UdpPort(DatagramChannel channel) throws IOException {
    this.channel = channel;
    address = (InetSocketAddress) channel.getLocalAddress();
  }

  /**
   * Takes a port; {@link #start} reads from it.
   *
   * @param port 0 lets the system choose
   * @throws IOException when it cannot be had; the system's words
   */
  static UdpPort bind(int port) throws IOException {
    var channel = DatagramChannel.open(StandardProtocolFamily.INET);
    try {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, WAITING_BYTES);
      channel.bind(Ports.loopback(port));
      return new UdpPort(channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  InetSocketAddress address() {
    return address;
  }

  /**
   * Begins.
   *
   * @param thread which reads: where packets come all the time, one of the system's own takes less
   *     than half of the CPU time of a virtual one, which others have to wake
   * @param packets gets each; the buffer is used again
   */
  void start(Thread.Builder thread, Consumer<ByteBuffer> packets) {
    thread.start(() -> receive(packets));
  }

  private void receive(Consumer<ByteBuffer> packets) {
    var buffer = ByteBuffer.allocateDirect(MAX_PACKET_BYTES);
    while (channel.isOpen()) {
      try {
        buffer.clear();
        channel.receive(buffer);
        packets.accept(buffer.flip());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException | RuntimeException e) {
        LOG.log(Level.WARNING, "udp port={0} a packet is lost: {1}", address.getPort(), e);
        LockSupport.parkNanos(REST_NANOS);
      }
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // There is nothing left to do about it.
    }
  }
}
