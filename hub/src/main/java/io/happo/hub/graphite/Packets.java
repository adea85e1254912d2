package io.happo.hub.graphite;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/** Packets of all who send, one after the other, on a thread of its own; at most 64 KiB each. */
final class Packets implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(GraphiteDoor.class.getName());
  private static final int MAX_BYTES = 64 << 10;

  /** What the kernel is asked to hold while the thread is busy; it may grant less. */
  private static final int WAITING_BYTES = 1 << 20;

  private static final long REST_MILLIS = 1_000;

  private final DatagramSocket socket;
  private final GraphiteSettings settings;
  private final Shared shared;

  Packets(DatagramSocket socket, GraphiteSettings settings, Shared shared) {
    this.socket = socket;
    this.settings = settings;
    this.shared = shared;
  }

  /**
   * Takes a port.
   *
   * @throws IOException the system's words
   */
  static DatagramSocket bind(InetSocketAddress address) throws IOException {
    var socket = new DatagramSocket(null);
    try {
      socket.setReceiveBufferSize(WAITING_BYTES);
      socket.bind(address);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Returns when this was closed, and all that came is stored or given up. */
  void read() {
    var source = new Source(shared, socket.getLocalAddress(), false);
    var packet = new DatagramPacket(new byte[MAX_BYTES], MAX_BYTES);
    while (!socket.isClosed()) {
      try {
        socket.setSoTimeout(source.patienceMillis());
        packet.setLength(MAX_BYTES);
        socket.receive(packet);
        take(source, packet);
      } catch (SocketTimeoutException e) {
        source.sendWhenDue();
      } catch (IOException | RuntimeException e) {
        rest(e);
      }
    }
    source.end();
  }

  private void take(Source source, DatagramPacket packet) {
    var peer = packet.getAddress();
    if (settings.allows(peer)) {
      source.takePacket(peer, ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
    } else {
      shared.losses().count(Loss.REFUSED_HOST, 1, peer.getHostAddress());
    }
  }

  /** After a failure, which may be there to stay. */
  private void rest(Exception e) {
    if (!socket.isClosed()) {
      LOG.log(Level.WARNING, "graphite port lost a packet: {0}", e);
      try {
        var _ = shared.closing().await(REST_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException never) {
        throw new AssertionError("nobody interrupts this thread", never);
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
