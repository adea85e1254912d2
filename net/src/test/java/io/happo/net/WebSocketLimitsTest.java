package io.happo.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a conversation may hold and how long it may take; and how it ends with its server. */
@Timeout(60)
final class WebSocketLimitsTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final WebSocketSettings SETTINGS = new WebSocketSettings(200_000, LONG, 2);
  private static final WebSocketSettings HASTY =
      new WebSocketSettings(2_000_000, Duration.ofMillis(200), 2);

  private final HttpsClient client = new HttpsClient(new Trust.Anything(), Optional.empty());

  @AfterEach
  void closeClient() {
    client.close();
  }

  private static TestServer serving(
      int maxBodyBytes, WebSocketSettings settings, WebSocketUpgrade.Session session)
      throws IOException {
    return TestServer.start(
        TestServer.settings(100, maxBodyBytes, LONG),
        request -> Response.webSocket(WebSocketUpgrade.of(Optional.empty(), settings, session)));
  }

  private WebSocket open(TestServer server) throws IOException {
    return client.openWebSocket(server.uri("/"), Headers.NONE, List.of(), SETTINGS, LONG);
  }

  @Test
  void server_that_stops_tells_its_conversations_and_does_not_wait_for_its_whole_grace()
      throws Exception {
    var talking = new CountDownLatch(1);
    var seen = new ArrayBlockingQueue<Integer>(1);
    try (var server =
            serving(
                1_024,
                SETTINGS,
                socket -> {
                  talking.countDown();
                  try {
                    socket.receive(LONG);
                  } catch (WebSocketClosedException e) {
                    seen.add(e.code());
                  }
                });
        var socket = open(server)) {
      talking.await();
      var stopping = Thread.ofVirtual().start(() -> server.server.stop(Duration.ofHours(1)));
      assertThatThrownBy(() -> socket.receive(LONG))
          .isInstanceOfSatisfying(
              WebSocketClosedException.class, e -> assertThat(e.code()).isEqualTo(1001));
      assertThat(stopping.join(LONG)).isTrue();
      assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(1001);
    }
  }

  @Test
  void what_the_reader_has_to_say_to_a_peer_that_reads_nothing_ends_the_conversation()
      throws Exception {
    var ended = new ArrayBlockingQueue<Integer>(1);
    try (var server =
            serving(
                1_024,
                HASTY,
                socket -> {
                  try {
                    while (true) {
                      socket.receive(LONG);
                    }
                  } catch (WebSocketClosedException e) {
                    ended.add(e.code());
                  }
                });
        var deaf = deaf(server)) {
      // Each ping has to be answered, until the answers fill all buffers on the way.
      var pings = new byte[64 * 131];
      for (int at = 0; at < pings.length; at += 131) {
        pings[at] = (byte) 0x89;
        pings[at + 1] = (byte) (0x80 | 125);
      }
      Thread.ofVirtual().start(() -> flood(deaf, pings));
      assertThat(ended.poll(40, TimeUnit.SECONDS)).isEqualTo(1006);
    }
  }

  @Test
  void all_that_write_to_a_peer_that_reads_nothing_are_ended() throws Exception {
    var ended = new CountDownLatch(3);
    try (var server =
            serving(
                1_024,
                HASTY,
                socket -> {
                  for (int i = 0; i < 3; i++) {
                    Thread.ofVirtual()
                        .start(
                            () -> {
                              try {
                                while (true) {
                                  socket.send("x".repeat(1_000_000));
                                }
                              } catch (IOException e) {
                                ended.countDown();
                              }
                            });
                  }
                  ended.await();
                });
        var deaf = deaf(server)) {
      assertThat(deaf.isClosed()).isFalse();
      assertThat(ended.await(40, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Has shaken hands and reads nothing that comes after. */
  private static SSLSocket deaf(TestServer server) throws IOException {
    var socket = new Socket();
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.port));
    var secure =
        (SSLSocket)
            TestServer.anybody()
                .getSocketFactory()
                .createSocket(socket, "127.0.0.1", server.port, true);
    secure.startHandshake();
    TestServer.send(
        secure,
        TestServer.wire(
            "GET / HTTP/1.1~Host: x~Upgrade: websocket~Connection: Upgrade~"
                + "Sec-WebSocket-Version: 13~Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==~~"));
    TestServer.readUntil(secure.getInputStream(), "\r\n\r\n");
    return secure;
  }

  private static void flood(SSLSocket socket, byte[] bytes) {
    try {
      OutputStream out = socket.getOutputStream();
      while (true) {
        out.write(bytes);
      }
    } catch (IOException e) {
      // It was cut off, as it should be.
    }
  }

  @Test
  void message_waits_unread_until_there_is_room_for_it_and_gives_it_back() throws Exception {
    var received = new ArrayBlockingQueue<String>(10);
    var goOn = new CountDownLatch(1);
    // Room for one such message, not for two.
    try (var server =
            serving(
                75_000,
                SETTINGS,
                socket -> {
                  var text = socket.receive(LONG);
                  received.add(String.valueOf(text).substring(0, 3));
                  goOn.await();
                  socket.receive(LONG);
                });
        var first = open(server);
        var second = open(server)) {
      first.send("one" + "x".repeat(100_000));
      assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("one");
      assertThat(server.server.heldBytes()).isBetween(90_000L, 100_003L);

      second.send("two" + "x".repeat(100_000));
      assertThat(received.poll(300, TimeUnit.MILLISECONDS)).isNull();
      goOn.countDown();
      assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("two");

      first.close(1000, "");
      second.close(1000, "");
      await().until(() -> server.server.heldBytes() == 0);
    }
  }

  @Test
  void message_that_finds_no_room_in_time_ends_its_conversation_with_1013() throws Exception {
    var holding = new CountDownLatch(1);
    var done = new CountDownLatch(1);
    try (var server =
            serving(
                75_000,
                HASTY,
                socket -> {
                  if (socket.receive(LONG) != null) {
                    holding.countDown();
                    done.await();
                  }
                });
        var first = open(server);
        var second = open(server)) {
      first.send("x".repeat(100_000));
      holding.await();
      second.send("x".repeat(100_000));
      assertThatThrownBy(() -> second.receive(LONG))
          .isInstanceOfSatisfying(
              WebSocketClosedException.class, e -> assertThat(e.code()).isEqualTo(1013));
      done.countDown();
    }
  }

  @Test
  void client_that_knows_the_address_looks_no_name_up_but_asks_and_judges_by_it() throws Exception {
    var hosts = new ArrayBlockingQueue<String>(2);
    try (var server =
            TestServer.start(
                request -> {
                  hosts.add(request.headers().first("Host").orElse(""));
                  return request.path().equals("/")
                      ? Response.webSocket(
                          WebSocketUpgrade.of(
                              Optional.empty(), SETTINGS, socket -> socket.send("here")))
                      : Response.text(200, "yes");
                });
        var pinning = new HttpsClient(TestServer.IDENTITY.pin(), Optional.empty())) {
      var at = Optional.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.port));
      try (var socket =
          pinning.openWebSocket(
              URI.create("wss://hub.invalid:99/"), at, Headers.NONE, List.of(), SETTINGS, LONG)) {
        assertThat(socket.receive(LONG)).isEqualTo("here");
      }
      var answer =
          pinning.send(
              "GET", URI.create("https://hub.invalid/x"), at, Headers.NONE, new byte[0], LONG);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(hosts).containsExactly("hub.invalid:99", "hub.invalid");

      var pin = new byte[32];
      Arrays.fill(pin, (byte) 7);
      try (var other = new HttpsClient(new Trust.Pin(pin), Optional.empty())) {
        assertThatThrownBy(
                () ->
                    other.openWebSocket(
                        URI.create("wss://hub.invalid/"),
                        at,
                        Headers.NONE,
                        List.of(),
                        SETTINGS,
                        LONG))
            .hasMessageContaining("hub.invalid")
            .hasMessageContaining("not the pinned");
      }
    }
  }
}
