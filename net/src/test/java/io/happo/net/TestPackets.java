package io.happo.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A server of packets on a free port of 127.0.0.1. A packet is "P", its whole length in two bytes,
 * and text; or "E" and text to the end of the input. Everything else is refused at its first byte.
 */
final class TestPackets implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(60);
  static final String ANONYMOUS =
      "offers only anonymous Diffie-Hellman; --nrpe-legacy-tls lets it in";

  /** Makes the answer to a packet's text. */
  @FunctionalInterface
  interface Answers {
    byte @Nullable [] to(String text, PacketPeer peer) throws RefusedPacketException, Exception;
  }

  /** Says "re: " and the text. */
  static final Answers ECHO = (text, _) -> ("re: " + text).getBytes(StandardCharsets.ISO_8859_1);

  final PacketServer server;
  final int port;
  final LinkedBlockingQueue<String> refusals;

  private TestPackets(PacketServer server, LinkedBlockingQueue<String> refusals) {
    this.server = server;
    this.port = server.address().getPort();
    this.refusals = refusals;
  }

  static PacketTls tls(Identity identity) {
    return new PacketTls(
        identity,
        TlsVersions.MODERN,
        Optional.empty(),
        PacketTls.ClientCertificates.NONE,
        Optional.empty(),
        false);
  }

  static PacketServerSettings settings(Optional<PacketTls> tls) {
    return settings(tls, 10_000, LONG, LONG, LONG);
  }

  static PacketServerSettings plain(
      int maxConnections, Duration packet, Duration idle, Duration close) {
    return settings(Optional.empty(), maxConnections, packet, idle, close);
  }

  static PacketServerSettings settings(
      Optional<PacketTls> tls, int maxConnections, Duration packet, Duration idle, Duration close) {
    return new PacketServerSettings(
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
        Optional.empty(),
        1_024,
        maxConnections,
        maxConnections,
        maxConnections,
        60_000,
        packet,
        idle,
        close,
        tls);
  }

  /** Plain, and with so many places. */
  static PacketServerSettings places(int connections, int begun) {
    var usual = plain(connections, LONG, LONG, LONG);
    return new PacketServerSettings(
        usual.address(),
        usual.family(),
        usual.backlog(),
        connections,
        begun,
        begun,
        usual.maxPacketBytes(),
        LONG,
        LONG,
        LONG,
        Optional.empty());
  }

  static TestPackets plain(Answers answers) throws IOException {
    return start(settings(Optional.empty()), answers);
  }

  static TestPackets secure(Answers answers) throws IOException {
    return start(settings(Optional.of(tls(TestServer.IDENTITY))), answers);
  }

  static TestPackets start(PacketServerSettings settings, Answers answers) throws IOException {
    return start(settings, answers, _ -> {});
  }

  static TestPackets start(PacketServerSettings settings, Answers answers, boolean admits)
      throws IOException {
    return start(settings, answers, admits, _ -> {});
  }

  /**
   * @param looksAt told when a packet has begun, with its first byte
   */
  static TestPackets start(PacketServerSettings settings, Answers answers, IntConsumer looksAt)
      throws IOException {
    return start(settings, answers, true, looksAt);
  }

  private static TestPackets start(
      PacketServerSettings settings, Answers answers, boolean admits, IntConsumer looksAt)
      throws IOException {
    var refusals = new LinkedBlockingQueue<String>();
    var handler =
        new PacketHandler() {
          @Override
          public Optional<String> refusal(InetSocketAddress peer) {
            return admits ? Optional.empty() : Optional.of("is a stranger");
          }

          @Override
          public int length(byte[] head, int count) throws RefusedPacketException {
            looksAt.accept(head[0]);
            return switch (head[0]) {
              case 'P' -> count < 3 ? 0 : (head[1] & 0xff) << 8 | (head[2] & 0xff);
              case 'E' -> -1;
              default -> throw new RefusedPacketException("no packet");
            };
          }

          @Override
          public Optional<byte[]> answer(byte[] packet, PacketPeer peer)
              throws RefusedPacketException {
            int head = packet[0] == 'P' ? 3 : 1;
            var text = new String(packet, head, packet.length - head, StandardCharsets.ISO_8859_1);
            try {
              return Optional.ofNullable(answers.to(text, peer));
            } catch (RefusedPacketException e) {
              throw e;
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          }

          @Override
          public void refused(InetSocketAddress peer, String reason) {
            refusals.add(reason);
          }
        };
    return new TestPackets(PacketServer.start(settings, handler), refusals);
  }

  static byte[] packet(String text) {
    var bytes = ("P__" + text).getBytes(StandardCharsets.ISO_8859_1);
    bytes[1] = (byte) (bytes.length >> 8);
    bytes[2] = (byte) bytes.length;
    return bytes;
  }

  Socket connect() throws IOException {
    return connect("127.0.0.1");
  }

  Socket connect(String address) throws IOException {
    var socket = new Socket(InetAddress.ofLiteral(address), port);
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    return socket;
  }

  SSLSocket connectTls(String... versions) throws IOException {
    var socket =
        (SSLSocket)
            TestServer.anybody().getSocketFactory().createSocket(connect(), "x", port, true);
    socket.setEnabledProtocols(versions.length > 0 ? versions : new String[] {"TLSv1.3"});
    socket.startHandshake();
    return socket;
  }

  /** What a good client gets. */
  String ask(String text) throws IOException {
    try (var socket = connect()) {
      socket.getOutputStream().write(packet(text));
      return TestServer.readAll(socket);
    }
  }

  String askTls(String text, String... versions) throws IOException {
    try (var socket = connectTls(versions)) {
      socket.getOutputStream().write(packet(text));
      return TestServer.readAll(socket);
    }
  }

  /** The next refusal; fails when none comes. */
  String refusal() throws InterruptedException {
    var refusal = refusals.poll(20, TimeUnit.SECONDS);
    return refusal == null ? "none within 20 s" : refusal;
  }

  @Override
  public void close() {
    server.close();
  }
}
