package io.happo.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class WebSocketTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final WebSocketSettings SETTINGS = new WebSocketSettings(100_000, LONG, 2);

  private final HttpsClient client = new HttpsClient(new Trust.Anything(), Optional.empty());

  @AfterEach
  void closeClient() {
    client.close();
  }

  private static TestServer serving(WebSocketSettings settings, WebSocketUpgrade.Session session)
      throws IOException {
    return TestServer.start(
        request ->
            request.headers().first("Authorization").isPresent()
                ? Response.webSocket(WebSocketUpgrade.of(Optional.of("happo.1"), settings, session))
                : Response.text(401, "who are you?"));
  }

  private WebSocket open(TestServer server) throws IOException {
    return open(server, SETTINGS);
  }

  private WebSocket open(TestServer server, WebSocketSettings settings) throws IOException {
    return client.openWebSocket(
        URI.create("wss://127.0.0.1:" + server.port + "/link"),
        Headers.of("Authorization", "x"),
        List.of("happo.2", "happo.1"),
        settings,
        LONG);
  }

  private static void echo(WebSocket socket) throws IOException {
    while (true) {
      var text = socket.receive(LONG);
      if (text != null) {
        socket.send(text);
      }
    }
  }

  @Test
  void messages_of_all_lengths_go_both_ways_in_order() throws Exception {
    try (var server = serving(SETTINGS, WebSocketTest::echo);
        var socket = open(server)) {
      assertThat(socket.subprotocol()).contains("happo.1");
      for (int length : new int[] {0, 1, 125, 126, 65_535, 65_536, 100_000}) {
        socket.send("x".repeat(length));
      }
      for (int length : new int[] {0, 1, 125, 126, 65_535, 65_536, 100_000}) {
        assertThat(socket.receive(LONG)).hasSize(length);
      }
      socket.send("grün ✓ 🎉");
      assertThat(socket.receive(LONG)).isEqualTo("grün ✓ 🎉");
      assertThat(socket.receive(Duration.ofMillis(10))).isNull();
    }
  }

  @Test
  void many_messages_wait_for_a_slow_receiver_and_none_is_lost() throws Exception {
    try (var server =
            serving(
                SETTINGS,
                socket -> {
                  for (int i = 0; i < 2_000; i++) {
                    socket.send(i + " " + "y".repeat(1_000));
                  }
                  socket.receive(LONG);
                });
        var socket = open(server)) {
      for (int i = 0; i < 2_000; i++) {
        assertThat(socket.receive(LONG)).startsWith(i + " ");
      }
    }
  }

  @Test
  void close_reaches_the_other_side_with_its_code() throws Exception {
    var seen = new ArrayBlockingQueue<String>(1);
    try (var server =
            serving(
                SETTINGS,
                socket -> {
                  try {
                    echo(socket);
                  } catch (WebSocketClosedException e) {
                    seen.add(e.code() + " " + e.getMessage());
                  }
                });
        var socket = open(server)) {
      socket.close(4001, "revoked");
      assertThat(seen.poll(20, TimeUnit.SECONDS)).startsWith("4001 ").endsWith("revoked");
      assertThatThrownBy(() -> socket.send("x")).isInstanceOf(WebSocketClosedException.class);
      assertThatThrownBy(() -> socket.receive(LONG)).isInstanceOf(WebSocketClosedException.class);
    }
  }

  @Test
  void session_that_returns_or_fails_closes_the_conversation() throws Exception {
    try (var server = serving(SETTINGS, socket -> socket.send("bye"));
        var socket = open(server)) {
      assertThat(socket.receive(LONG)).isEqualTo("bye");
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> socket.receive(LONG))
            .isInstanceOfSatisfying(
                WebSocketClosedException.class, e -> assertThat(e.code()).isEqualTo(1000));
      }
    }
  }

  @Test
  void message_over_the_limit_closes_with_1009() throws Exception {
    try (var server = serving(new WebSocketSettings(10, LONG, 2), WebSocketTest::echo);
        var socket = open(server)) {
      socket.send("x".repeat(11));
      assertThatThrownBy(() -> socket.receive(LONG))
          .isInstanceOfSatisfying(
              WebSocketClosedException.class, e -> assertThat(e.code()).isEqualTo(1009));
    }
  }

  @Test
  void quiet_conversation_with_a_living_peer_stays_open() throws Exception {
    var heartbeat = new WebSocketSettings(100, Duration.ofMillis(50), 2);
    try (var server = serving(heartbeat, WebSocketTest::echo);
        var socket = open(server, heartbeat)) {
      // Long enough for several times the pings after which a dead peer is given up.
      assertThat(socket.receive(Duration.ofMillis(600))).isNull();
      socket.send("still here");
      assertThat(socket.receive(LONG)).isEqualTo("still here");
    }
  }

  @Test
  void peer_that_answers_no_ping_is_given_up() throws Exception {
    var ended = new ArrayBlockingQueue<Integer>(1);
    var settings = new WebSocketSettings(100, Duration.ofMillis(50), 2);
    try (var server =
            serving(
                settings,
                socket -> {
                  try {
                    echo(socket);
                  } catch (WebSocketClosedException e) {
                    ended.add(e.code());
                  }
                });
        var dead = server.connect()) {
      // Shakes hands and says nothing more.
      TestServer.send(
          dead,
          TestServer.wire(
              "GET / HTTP/1.1~Host: x~Authorization: x~Upgrade: websocket~Connection: Upgrade~"
                  + "Sec-WebSocket-Version: 13~Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==~~"));
      assertThat(TestServer.readUntil(dead.getInputStream(), "\r\n\r\n"))
          .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
          .contains(
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", "Connection: Upgrade\r\n")
          .doesNotContain("Content-Length");
      assertThat(ended.poll(20, TimeUnit.SECONDS)).isEqualTo(1006);
    }
  }

  @Test
  void server_that_stops_ends_the_conversation() throws Exception {
    var talking = new CountDownLatch(1);
    try (var server =
            serving(
                SETTINGS,
                socket -> {
                  talking.countDown();
                  echo(socket);
                });
        var socket = open(server)) {
      talking.await();
      server.server.stop(Duration.ZERO);
      assertThatThrownBy(() -> socket.receive(LONG)).isInstanceOf(WebSocketClosedException.class);
    }
  }

  @Test
  void refusal_is_handed_to_the_caller() throws Exception {
    try (var server = serving(SETTINGS, WebSocketTest::echo)) {
      assertThatThrownBy(
              () -> client.openWebSocket(server.uri("/"), Headers.NONE, List.of(), SETTINGS, LONG))
          .isInstanceOfSatisfying(
              WebSocketRefusedException.class,
              e -> assertThat(e.response().status()).isEqualTo(401))
          .hasMessageContaining("401 Unauthorized");
      assertThat(
              server.raw(
                  "GET / HTTP/1.1\r\nHost: x\r\nAuthorization: x\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 426 ");
    }
  }

  @Test
  void broken_frames_close_with_the_code_that_says_why() throws Exception {
    assertThatThrownBy(() -> read(0x81, 0x01, 'x')).hasMessageContaining("without a mask");
    assertThatThrownBy(() -> read(0xc1, 0x80, 0, 0, 0, 0)).hasMessageContaining("extension");
    assertThatThrownBy(() -> read(0x80, 0x80, 0, 0, 0, 0)).hasMessageContaining("out of order");
    assertThatThrownBy(() -> read(0x82, 0x80, 0, 0, 0, 0)).hasMessageContaining("binary");
    assertThatThrownBy(() -> read(0x09, 0x80, 0, 0, 0, 0)).hasMessageContaining("control");
    assertThatThrownBy(() -> read(0x81, 0x81, 0, 0, 0, 0, 0xff)).hasMessageContaining("UTF-8");
    assertThatThrownBy(() -> read(0x81, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0))
        .hasMessageContaining("more than");
    assertThat(
            read(0x01, 0x81, 0, 0, 0, 0, 'a', 0x89, 0x80, 0, 0, 0, 0, 0x80, 0x81, 0, 0, 0, 0, 'b'))
        .isInstanceOf(WebSocketFrames.Frame.Ping.class);
  }

  private static Object read(int... bytes) throws Exception {
    var frames = new WebSocketFrames(true, 100);
    WebSocketFrames.@Nullable Frame first = null;
    for (int b : bytes) {
      frames.add(new byte[] {(byte) b});
      var frame = frames.next();
      first = first == null ? frame : first;
    }
    return Objects.requireNonNull(first);
  }
}
