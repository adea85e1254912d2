package io.happo.agent.feeds;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Packets that arrive on a port of 127.0.0.1, one after the other, on a thread of its own. They
 * have 64 KiB at the most, as UDP has it. Where few come the thread rests after each and then takes
 * all that have come meanwhile: to wake up takes more of a processor than to read a packet.
 */
final class UdpPort implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.feeds");
  private static final int MAX_PACKET_BYTES = 64 << 10;

  /** What the kernel is asked to hold while the thread is busy; it may grant less. */
  private static final int WAITING_BYTES = 1 << 20;

  /** The kernel holds some 500 small packets meanwhile. */
  private static final long REST_MILLIS = 100;

  /** Where more come within a rest, there is none for a while. */
  private static final int MOST_IN_REST = 20;

  /** Packets until then. */
  private static final int WHILE = 2_000;

  /** After a failure, which may be there to stay. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final DatagramChannel channel;
  private final InetSocketAddress address;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ReentrantLock resting = new ReentrantLock(); // Held by the thread while it does.

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
    int withoutRest = 0;
    while (closing.getCount() > 0) {
      try {
        take(buffer, packets);
        if (withoutRest > 0) {
          withoutRest--;
        } else if (rest(buffer, packets) > MOST_IN_REST) {
          withoutRest = WHILE;
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException | RuntimeException e) {
        LOG.log(Level.WARNING, "udp port={0} a packet is lost: {1}", address.getPort(), e);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private boolean take(ByteBuffer buffer, Consumer<ByteBuffer> packets) throws IOException {
    buffer.clear();
    if (channel.receive(buffer) == null) {
      return false;
    }
    packets.accept(buffer.flip());
    return true;
  }

  /** Rests, and takes what has come meanwhile; returns how much. */
  private int rest(ByteBuffer buffer, Consumer<ByteBuffer> packets) throws IOException {
    resting.lock();
    try {
      var _ = closing.await(REST_MILLIS, TimeUnit.MILLISECONDS);
      channel.configureBlocking(false);
      int found = 0;
      while (take(buffer, packets)) {
        found++;
      }
      channel.configureBlocking(true);
      return found;
    } catch (InterruptedException never) {
      throw new AssertionError("nobody interrupts this thread", never);
    } finally {
      resting.unlock();
    }
  }

  /** What has come by now is taken. */
  @Override
  public void close() {
    closing.countDown();
    resting.lock();
    try {
      channel.close();
    } catch (IOException e) {
      // There is nothing left to do about it.
    } finally {
      resting.unlock();
    }
  }
}
