package io.happo.net;

import static io.happo.net.TestPackets.ECHO;
import static io.happo.net.TestPackets.LONG;
import static io.happo.net.TestPackets.packet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a server of packets drops and refuses when there are too many. */
@Timeout(60)
final class PacketPlacesTest {
  private static void expectReset(Socket socket) {
    assertThatThrownBy(() -> TestServer.readAll(socket))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4})
  void one_too_many_takes_the_place_of_the_longest_without_a_packet(int bytes) throws Exception {
    var settings = TestPackets.plain(2, LONG, LONG, LONG);
    var begins = new CountDownLatch(bytes == 0 ? 0 : 2);
    try (var server = TestPackets.start(settings, ECHO, _ -> begins.countDown());
        var first = server.connect()) {
      first.getOutputStream().write(packet("first"), 0, bytes);
      await().until(() -> server.server.connections() == 1);
      try (var second = server.connect()) {
        second.getOutputStream().write(packet("second"), 0, bytes);
        await().until(() -> server.server.connections() == 2);
        begins.await();
        assertThat(server.ask("third")).isEqualTo("re: third");
        assertThat(TestServer.readAll(first)).isEmpty();
        assertThat(server.refusal())
            .isEqualTo("had to make room for a newer connection before it gave its packet");
        second.getOutputStream().write(packet("second"), bytes, packet("second").length - bytes);
        assertThat(TestServer.readAll(second)).isEqualTo("re: second");
      }
    }
  }

  @Test
  void silent_one_makes_room_before_one_that_has_begun() throws Exception {
    var settings = TestPackets.plain(2, LONG, LONG, LONG);
    var begins = new CountDownLatch(1);
    try (var server = TestPackets.start(settings, ECHO, _ -> begins.countDown());
        var begun = server.connect()) {
      begun.getOutputStream().write(packet("begun"), 0, 4);
      begins.await();
      try (var silent = server.connect()) {
        await().until(() -> server.server.connections() == 2);
        assertThat(server.ask("third")).isEqualTo("re: third");
        assertThat(TestServer.readAll(silent)).isEmpty();
        begun.getOutputStream().write(packet("begun"), 4, 4);
        assertThat(TestServer.readAll(begun)).isEqualTo("re: begun");
      }
    }
  }

  @Test
  void no_more_have_begun_than_may_be_and_a_good_client_is_answered() throws Exception {
    var begun = new ArrayList<Socket>();
    try (var server = TestPackets.start(TestPackets.places(1_000, 3), ECHO)) {
      try {
        for (int i = 0; i < 100; i++) {
          var socket = server.connect();
          begun.add(socket);
          socket.getOutputStream().write(packet("begun"), 0, 4);
        }
        for (int i = 0; i < 97; i++) {
          // The second where all of the three are still being asked about.
          assertThat(server.refusal())
              .containsAnyOf(
                  "had to make room for a newer connection before it gave its packet",
                  "came while as many as may be, 3, are being answered");
        }
        await().until(() -> server.server.connections() == 3);
        assertThat(server.ask("good")).isEqualTo("re: good");
      } finally {
        for (var socket : begun) {
          socket.close();
        }
      }
    }
  }

  @Test
  void one_more_is_refused_while_all_are_being_answered_though_their_peers_are_gone()
      throws Exception {
    var making = new CountDownLatch(2);
    var release = new CountDownLatch(1);
    try (var server =
        TestPackets.start(
            TestPackets.places(100, 2),
            (text, peer) -> {
              making.countDown();
              release.await();
              return ECHO.to(text, peer);
            })) {
      try (var first = server.connect();
          var second = server.connect()) {
        first.getOutputStream().write(packet("first"));
        second.getOutputStream().write(packet("second"));
        making.await();
        TestServer.reset(first);
        try (var third = server.connect()) {
          third.getOutputStream().write(packet("third"));
          expectReset(third);
        }
        assertThat(server.refusal())
            .isEqualTo("came while as many as may be, 2, are being answered; ask again later");
        release.countDown();
        assertThat(server.refusal()).startsWith("went away before its answer was sent");
        assertThat(TestServer.readAll(second)).isEqualTo("re: second");
      }
      assertThat(server.ask("fourth")).isEqualTo("re: fourth");
    }
  }

  @Test
  void connections_whose_answers_are_being_made_are_never_dropped() throws Exception {
    var making = new CountDownLatch(2);
    var release = new CountDownLatch(1);
    try (var server =
            TestPackets.start(
                TestPackets.plain(2, LONG, LONG, LONG),
                (text, peer) -> {
                  making.countDown();
                  release.await();
                  return ECHO.to(text, peer);
                });
        var first = server.connect();
        var second = server.connect()) {
      first.getOutputStream().write(packet("first"));
      second.getOutputStream().write(packet("second"));
      making.await();
      var third = new ArrayBlockingQueue<String>(1);
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  third.add(server.ask("third"));
                } catch (IOException e) {
                  third.add("failed: " + e);
                }
              });
      assertThat(third.poll(300, TimeUnit.MILLISECONDS)).isNull();
      assertThat(server.server.connections()).isEqualTo(2);
      release.countDown();
      assertThat(TestServer.readAll(first)).isEqualTo("re: first");
      assertThat(TestServer.readAll(second)).isEqualTo("re: second");
      assertThat(third.poll(20, TimeUnit.SECONDS)).isEqualTo("re: third");
      assertThat(server.refusals).isEmpty();
    }
  }

  @Test
  void thousand_idle_connections_do_not_stop_a_good_client() throws Exception {
    var idle = new ArrayList<Socket>();
    try (var server = TestPackets.plain(ECHO)) {
      try {
        for (int i = 0; i < 1_000; i++) {
          idle.add(server.connect());
        }
        await().until(() -> server.server.connections() == 1_000);
        assertThat(server.ask("good")).isEqualTo("re: good");
        assertThat(server.refusals).isEmpty();
      } finally {
        for (var socket : idle) {
          socket.close();
        }
      }
      await().until(() -> server.server.connections() == 0);
    }
  }

  @Test
  void what_is_held_for_unfinished_packets_is_bounded() throws Exception {
    var held = new ArrayList<Socket>();
    try (var server = TestPackets.plain(ECHO)) {
      try {
        var most = packet("x".repeat(59_000));
        // 16 MiB in all, of which each of these holds 55 KiB.
        for (int i = 0; i < 320; i++) {
          var socket = server.connect();
          held.add(socket);
          try {
            socket.getOutputStream().write(most, 0, most.length - 1);
          } catch (SocketException e) {
            // Refused already.
          }
        }
        assertThat(server.refusal()).isEqualTo("too much is held for the packets of others");
        assertThat(server.server.budget().held()).isLessThanOrEqualTo(16 * 1024 * 1024);
        assertThat(server.ask("small")).isEqualTo("re: small");
      } finally {
        for (var socket : held) {
          TestServer.reset(socket);
        }
      }
      await().until(() -> server.server.budget().held() == 0);
    }
  }
}
