package io.happo.agent.feeds;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Packets that arrive on a port of 127.0.0.1, one after the other, on a thread of its own. They
 * have 64 KiB at the most, as UDP has it. Where few come the thread takes all that have come,
 * rests, and looks again: to wake up takes more of a processor than to read a packet. It waits for
 * the next one when none has come within a rest.
 */
final class UdpPort implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.feeds");
  private static final int MAX_PACKET_BYTES = 64 << 10;

  /** What the kernel is asked to hold while the thread is busy; it may grant less. */
  private static final int WAITING_BYTES = 1 << 20;

  /** The kernel holds some 500 small packets meanwhile. */
  private static final long REST_MILLIS = 200;

  /** Where more come within a rest, there is none for a while. */
  private static final int MOST_IN_REST = 40;

  /** Packets until then. */
  private static final int WHILE = 2_000;

  /** How long it may take to read what has come by the end. */
  private static final Duration LAST_LOOK = Duration.ofSeconds(5);

  /** After a failure, which may be there to stay. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final DatagramChannel channel;
  private final InetSocketAddress address;
  private final CountDownLatch closing = new CountDownLatch(1);
  private @Nullable Thread reader;

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
    reader = thread.start(() -> receive(packets));
  }

  private void receive(Consumer<ByteBuffer> packets) {
    var buffer = ByteBuffer.allocateDirect(MAX_PACKET_BYTES);
    int withoutRest = 0;
    boolean quiet = true;
    while (closing.getCount() > 0) {
      try {
        if (withoutRest > 0 || quiet) {
          channel.configureBlocking(true);
          take(buffer, packets);
        }
        if (withoutRest > 0) {
          withoutRest--;
        } else {
          var _ = closing.await(REST_MILLIS, TimeUnit.MILLISECONDS);
          int taken = takeAll(buffer, packets);
          quiet = taken == 0;
          withoutRest = taken > MOST_IN_REST ? WHILE : 0;
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (InterruptedException never) {
        throw new AssertionError("nobody interrupts this thread", never);
      } catch (IOException | RuntimeException e) {
        lost(e);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    try {
      takeAll(buffer, packets);
    } catch (IOException | RuntimeException e) {
      lost(e);
    }
  }

  private void lost(Exception e) {
    LOG.log(Level.WARNING, "udp port={0} a packet is lost: {1}", address.getPort(), e);
  }

  private boolean take(ByteBuffer buffer, Consumer<ByteBuffer> packets) throws IOException {
    buffer.clear();
    if (channel.receive(buffer) == null) {
      return false;
    }
    packets.accept(buffer.flip());
    return true;
  }

  /** What is there, without waiting for more; returns how much. */
  private int takeAll(ByteBuffer buffer, Consumer<ByteBuffer> packets) throws IOException {
    channel.configureBlocking(false);
    int taken = 0;
    while (take(buffer, packets)) {
      taken++;
    }
    return taken;
  }

  /** What has come by now is taken. */
  @Override
  public void close() {
    closing.countDown();
    try (var waking = DatagramChannel.open(StandardProtocolFamily.INET)) {
      waking.send(ByteBuffer.allocate(0), address); // It may wait for a packet.
    } catch (IOException e) {
      // Then it ends when the channel does.
    }
    try (channel) {
      if (reader != null) {
        reader.join(LAST_LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // There is nothing left to do about it.
    }
  }
}
