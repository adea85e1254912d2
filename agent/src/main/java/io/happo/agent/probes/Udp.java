package io.happo.agent.probes;

import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Packets to and from one port by UDP; what others send does not arrive. Of one thread. */
final class Udp implements Closeable {
  /** More than any protocol here sends in a packet; the rest of a larger one is lost. */
  private static final int MAX_BYTES = 8 << 10;

  private final DatagramSocket socket;
  private final DatagramPacket packet = new DatagramPacket(new byte[MAX_BYTES], MAX_BYTES);

  Udp(InetSocketAddress address) throws IOException {
    socket = new DatagramSocket();
    try {
      socket.connect(address);
    } catch (SocketException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Sends one.
   *
   * @throws java.net.PortUnreachableException when nobody listens there, as was seen by an earlier
   *     one
   */
  void send(byte[] bytes) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length));
  }

  /**
   * The next one; null when none has come in that time.
   *
   * @throws java.net.PortUnreachableException when nobody listens there
   */
  byte @Nullable [] receive(Duration most) throws IOException, InterruptedException {
    socket.setSoTimeout(Math.clamp(most.toMillis(), 1, Integer.MAX_VALUE));
    packet.setLength(MAX_BYTES);
    try {
      socket.receive(packet);
      return Arrays.copyOf(packet.getData(), packet.getLength());
    } catch (SocketTimeoutException e) {
      return null;
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw e;
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
