package io.happo.net;

import static io.happo.net.TestPackets.ECHO;
import static io.happo.net.TestPackets.LONG;
import static io.happo.net.TestPackets.packet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PacketServerTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  private static void expectReset(Socket socket) {
    assertThatThrownBy(() -> TestServer.readAll(socket))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  @Test
  void packet_is_answered_and_the_connection_ended() throws Exception {
    try (var server = TestPackets.plain(ECHO)) {
      assertThat(server.ask("hello")).isEqualTo("re: hello");
      assertThat(server.refusals).isEmpty();
      await().until(() -> server.server.connections() == 0);
    }
  }

  @Test
  void packet_that_arrives_byte_by_byte_is_answered() throws Exception {
    try (var server = TestPackets.plain(ECHO);
        var socket = server.connect()) {
      for (byte one : packet("slowly")) {
        socket.getOutputStream().write(one);
      }
      assertThat(TestServer.readAll(socket)).isEqualTo("re: slowly");
    }
  }

  @Test
  void packet_of_the_largest_size_is_answered() throws Exception {
    var text = "x".repeat(60_000 - 3);
    try (var server = TestPackets.plain(ECHO)) {
      assertThat(server.ask(text)).isEqualTo("re: " + text);
    }
  }

  @Test
  void packet_that_announces_more_than_may_be_is_refused() throws Exception {
    try (var server = TestPackets.plain(ECHO);
        var socket = server.connect()) {
      socket.getOutputStream().write(new byte[] {'P', (byte) 0xff, (byte) 0xff});
      expectReset(socket);
      assertThat(server.refusal())
          .isEqualTo("announces a packet of 65535 bytes; at most 60000 may be");
    }
  }

  @Test
  void packet_without_a_length_lasts_until_the_peer_ends_and_not_for_ever() throws Exception {
    try (var server = TestPackets.plain(ECHO)) {
      try (var socket = server.connect()) {
        TestServer.send(socket, "Eto the ");
        TestServer.send(socket, "end");
        socket.shutdownOutput();
        assertThat(TestServer.readAll(socket)).isEqualTo("re: to the end");
      }
      try (var socket = server.connect()) {
        TestServer.send(socket, "E" + "x".repeat(59_999));
        expectReset(socket);
        assertThat(server.refusal()).isEqualTo("sent 60000 bytes, and still no whole packet");
      }
    }
  }

  @Test
  void what_cannot_become_a_packet_is_refused_at_once() throws Exception {
    try (var server = TestPackets.plain(ECHO);
        var socket = server.connect()) {
      TestServer.send(socket, "X");
      expectReset(socket);
      assertThat(server.refusal()).isEqualTo("no packet");
    }
  }

  @Test
  void bytes_after_the_packet_are_thrown_away_without_a_reset() throws Exception {
    var release = new CountDownLatch(1);
    try (var server =
            TestPackets.plain(
                (text, peer) -> {
                  release.await();
                  return ECHO.to(text, peer);
                });
        var socket = server.connect()) {
      socket.getOutputStream().write(packet("first"));
      socket.getOutputStream().write(packet("second"));
      TestServer.send(socket, "x".repeat(100_000));
      release.countDown();
      assertThat(TestServer.readAll(socket)).isEqualTo("re: first");
      TestServer.send(socket, "x".repeat(100_000));
      socket.shutdownOutput();
      await().until(() -> server.server.connections() == 0);
      assertThat(server.refusals).isEmpty();
    }
  }

  @Test
  void peer_that_never_stops_sending_after_its_packet_is_cut_off() throws Exception {
    try (var server = TestPackets.plain(ECHO);
        var socket = server.connect()) {
      socket.getOutputStream().write(packet("x"));
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1_000_000; i++) {
                  socket.getOutputStream().write(new byte[65_536]);
                }
              })
          .isInstanceOf(SocketException.class);
    }
  }

  @Test
  void peer_that_ends_its_side_after_the_packet_is_answered() throws Exception {
    try (var server = TestPackets.plain(ECHO);
        var socket = server.connect()) {
      socket.getOutputStream().write(packet("half"));
      socket.shutdownOutput();
      assertThat(TestServer.readAll(socket)).isEqualTo("re: half");
    }
  }

  @Test
  void peer_that_ends_before_its_packet_is_whole_is_refused_in_order() throws Exception {
    try (var server = TestPackets.plain(ECHO);
        var socket = server.connect()) {
      socket.getOutputStream().write(packet("whole"), 0, 5);
      socket.shutdownOutput();
      assertThat(TestServer.readAll(socket)).isEmpty();
      assertThat(server.refusal()).isEqualTo("ended after 5 of 8 bytes of its packet");
    }
  }

  @Test
  void peer_that_comes_and_goes_is_not_told() throws Exception {
    try (var server = TestPackets.plain(ECHO)) {
      server.connect().close();
      TestServer.reset(server.connect());
      assertThat(server.ask("x")).isEqualTo("re: x");
      await().until(() -> server.server.connections() == 0);
      assertThat(server.refusals).isEmpty();
    }
  }

  @Test
  void no_answer_and_a_refusal_close_in_order() throws Exception {
    try (var server =
        TestPackets.plain(
            (text, peer) -> {
              if (text.equals("bad")) {
                throw new RefusedPacketException("is bad");
              }
              return null;
            })) {
      assertThat(server.ask("nothing")).isEmpty();
      assertThat(server.refusals).isEmpty();
      assertThat(server.ask("bad")).isEmpty();
      assertThat(server.refusal()).isEqualTo("is bad");
    }
  }

  @Test
  void handler_that_fails_closes_in_order_and_is_told() throws Exception {
    try (var server =
        TestPackets.plain(
            (text, peer) -> {
              throw new IllegalArgumentException("broken on purpose");
            })) {
      assertThat(server.ask("x")).isEmpty();
      assertThat(server.refusal()).isEqualTo("its answer could not be made");
    }
  }

  @Test
  void peer_that_is_not_admitted_is_reset_at_its_first_byte() throws Exception {
    var answered = new AtomicInteger();
    try (var server =
            TestPackets.start(
                TestPackets.settings(Optional.empty()),
                (text, peer) -> {
                  answered.incrementAndGet();
                  return new byte[1];
                },
                false);
        var socket = server.connect()) {
      socket.getOutputStream().write(packet("x"));
      expectReset(socket);
      assertThat(server.refusal()).isEqualTo("is a stranger");
      assertThat(answered).hasValue(0);
    }
  }

  @Test
  void silent_peer_is_closed_after_the_idle_time() throws Exception {
    try (var server = TestPackets.start(TestPackets.plain(10, LONG, SHORT, LONG), ECHO);
        var socket = server.connect()) {
      assertThat(TestServer.readAll(socket)).isEmpty();
      assertThat(server.refusal()).isEqualTo("sent nothing within 0.2 seconds");
    }
  }

  @Test
  void peer_that_stops_within_its_packet_is_closed_after_the_packet_time() throws Exception {
    try (var server = TestPackets.start(TestPackets.plain(10, SHORT, LONG, LONG), ECHO);
        var socket = server.connect()) {
      socket.getOutputStream().write(packet("whole"), 0, 4);
      assertThat(TestServer.readAll(socket)).isEmpty();
      assertThat(server.refusal()).isEqualTo("gave no whole packet within 0.2 seconds");
    }
  }

  @Test
  void peer_that_does_not_close_after_its_answer_is_closed_after_the_close_time() throws Exception {
    try (var server = TestPackets.start(TestPackets.plain(10, LONG, LONG, SHORT), ECHO);
        var socket = server.connect()) {
      socket.getOutputStream().write(packet("x"));
      assertThat(TestServer.readAll(socket)).isEqualTo("re: x");
      await().until(() -> server.server.connections() == 0);
      assertThat(server.refusals).isEmpty();
    }
  }

  @Test
  void peer_that_never_reads_a_large_answer_is_closed_after_the_close_time() throws Exception {
    var large = new byte[16 * 1024 * 1024]; // More than the kernel keeps for it.
    try (var server =
            TestPackets.start(TestPackets.plain(10, LONG, LONG, SHORT), (text, peer) -> large);
        var socket = server.connect()) {
      socket.getOutputStream().write(packet("x"));
      assertThat(server.refusal()).isEqualTo("did not read its answer within 0.2 seconds");
      await().until(() -> server.server.connections() == 0);
      assertThat(server.server.budget().held()).isZero();
    }
  }

  private static PacketServerSettings all(String address, StandardProtocolFamily family) {
    var usual = TestPackets.settings(Optional.empty());
    return new PacketServerSettings(
        new InetSocketAddress(InetAddress.ofLiteral(address), 0),
        Optional.of(family),
        5,
        10,
        10,
        10,
        100,
        usual.packetTimeout(),
        usual.idleTimeout(),
        usual.closeTimeout(),
        Optional.empty());
  }

  @Test
  void all_addresses_of_ipv4_are_none_of_ipv6() throws Exception {
    assumeTrue(NetworkInterface.getByInetAddress(InetAddress.ofLiteral("::1")) != null);
    try (var server = TestPackets.start(all("0.0.0.0", StandardProtocolFamily.INET), ECHO);
        var socket = server.connect("127.0.0.1")) {
      socket.getOutputStream().write(packet("here"));
      assertThat(TestServer.readAll(socket)).isEqualTo("re: here");
      assertThatThrownBy(() -> server.connect("::1")).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void all_addresses_of_ipv6_and_none_of_ipv4_are_refused_with_what_to_do() {
    assertThatThrownBy(() -> TestPackets.start(all("::", StandardProtocolFamily.INET6), ECHO))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("name one IPv6 address");
  }

  @Test
  void peer_that_is_gone_before_its_answer_is_told_once() throws Exception {
    var making = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    try (var server =
        TestPackets.plain(
            (text, peer) -> {
              making.countDown();
              release.await();
              return new byte[100];
            })) {
      try (var socket = server.connect()) {
        socket.getOutputStream().write(packet("x"));
        making.await();
        TestServer.reset(socket);
      }
      release.countDown();
      assertThat(server.refusal()).startsWith("went away before its answer was sent");
      await().until(() -> server.server.connections() == 0);
      await().until(() -> server.server.budget().held() == 0);
      assertThat(server.refusals).isEmpty();
    }
  }

  @Test
  void stop_lets_an_answer_in_the_making_finish_and_closes_the_rest() throws Exception {
    var making = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    try (var server =
            TestPackets.plain(
                (text, peer) -> {
                  making.countDown();
                  release.await();
                  return ECHO.to(text, peer);
                });
        var socket = server.connect();
        var begun = server.connect();
        var idle = server.connect()) {
      socket.getOutputStream().write(packet("last"));
      begun.getOutputStream().write(packet("begun"), 0, 4);
      making.await();
      await().until(() -> server.server.connections() == 3);
      var stopping = Thread.ofVirtual().start(() -> server.server.stop(Duration.ofSeconds(20)));
      assertThat(idle.getInputStream().read()).isEqualTo(-1);
      assertThat(begun.getInputStream().read()).isEqualTo(-1);
      assertThatThrownBy(server::connect).isInstanceOf(IOException.class);
      release.countDown();
      assertThat(TestServer.readAll(socket)).isEqualTo("re: last");
      socket.shutdownOutput();
      stopping.join();
      assertThat(server.refusals).isEmpty();
    }
  }

  @Test
  void port_in_use_is_said_with_the_address() throws Exception {
    try (var server = TestPackets.plain(ECHO)) {
      var settings = TestPackets.settings(Optional.empty());
      var taken =
          new PacketServerSettings(
              server.server.address(),
              Optional.empty(),
              5,
              10,
              10,
              10,
              100,
              settings.packetTimeout(),
              settings.idleTimeout(),
              settings.closeTimeout(),
              Optional.empty());
      assertThatThrownBy(() -> TestPackets.start(taken, ECHO))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("127.0.0.1 port " + server.port);
    }
  }

  @Test
  void peer_is_told_to_the_handler() throws Exception {
    try (var server =
        TestPackets.plain(
            (text, peer) ->
                (peer.address().getAddress().getHostAddress() + peer.tls())
                    .getBytes(StandardCharsets.US_ASCII))) {
      assertThat(server.ask("who")).isEqualTo("127.0.0.1Optional.empty");
    }
  }
}
