package io.happo.agent.checks;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** A server that answers each packet with others, by UDP. */
public final class FakeUdp implements AutoCloseable {
  private static final int MAX_BYTES = 8 << 10;

  private final DatagramSocket socket;
  private final Function<byte[], List<byte[]>> answers;

  /**
   * @param answers what a packet is answered with
   */
  public FakeUdp(Function<byte[], List<byte[]>> answers) throws IOException {
    this(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), answers);
  }

  /**
   * @param address where it listens
   */
  public FakeUdp(InetSocketAddress address, Function<byte[], List<byte[]>> answers)
      throws IOException {
    this.answers = answers;
    socket = new DatagramSocket(address);
    Thread.ofVirtual().start(this::serve);
  }

  /** Where it listens. */
  public int port() {
    return socket.getLocalPort();
  }

  private void serve() {
    try {
      while (true) {
        var packet = new DatagramPacket(new byte[MAX_BYTES], MAX_BYTES);
        socket.receive(packet);
        for (var answer : answers.apply(Arrays.copyOf(packet.getData(), packet.getLength()))) {
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
