package io.happo.net;

import static io.happo.net.TestServer.readAll;
import static io.happo.net.TestServer.readUntil;
import static io.happo.net.TestServer.send;
import static io.happo.net.TestServer.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time, number and end of connections. */
@Timeout(60)
final class ServerLimitsTest {
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String GET_AND_CLOSE =
      "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  private static Handler ok() {
    return request -> Response.text(200, "OK");
  }

  /** TLS over a socket that can be reset under it: closing TLS in order would read what comes. */
  private static SSLSocket secure(Socket plain) throws IOException {
    return (SSLSocket)
        TestServer.anybody()
            .getSocketFactory()
            .createSocket(plain, "127.0.0.1", plain.getPort(), false);
  }

  @Test
  void handler_busier_than_the_timeout_is_not_cut_off() throws Exception {
    var go = new CountDownLatch(1);
    try (var server =
            TestServer.start(
                settings(10, 100, SHORT),
                request -> {
                  go.await();
                  return Response.text(200, "late");
                });
        var socket = server.connect()) {
      send(socket, GET_AND_CLOSE);
      // An idle connection that began later is cut off: by then the timeout is over for the first
      // one, too.
      try (var idle = server.connect()) {
        assertThat(idle.getInputStream().read()).isEqualTo(-1);
      }
      go.countDown();
      assertThat(readAll(socket)).endsWith("\r\n\r\nlate");
    }
  }

  @Test
  void sender_slow_in_handshake_head_or_body_is_cut_off() throws Exception {
    try (var server = TestServer.start(settings(10, 100, SHORT), ok())) {
      try (var silent = server.connectPlain()) {
        assertThat(silent.getInputStream().read()).isEqualTo(-1);
      }
      for (var part :
          new String[] {
            "", "GET / HT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"
          }) {
        try (var socket = server.connect()) {
          send(socket, part);
          assertThat(readAll(socket)).isEmpty();
        }
      }
      assertThat(server.raw(GET_AND_CLOSE)).endsWith("OK");
    }
  }

  @Test
  void sender_that_trickles_is_cut_off_too() throws Exception {
    try (var server = TestServer.start(settings(10, 100, SHORT), ok());
        var socket = server.connect()) {
      send(socket, "GET / HTTP/1.1\r\nHost: x\r\nX: ");
      await()
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                try {
                  send(socket, "x");
                  return false;
                } catch (IOException e) {
                  return true;
                }
              });
    }
  }

  @Test
  void answer_that_was_read_is_reported_written_and_one_that_was_not_is_reported_lost()
      throws Exception {
    var outcomes = new ArrayBlockingQueue<Boolean>(10);
    var big = new byte[16 * 1024 * 1024];
    try (var server =
        TestServer.start(
            settings(10, 100, Duration.ofSeconds(3)),
            request ->
                new Response(
                    200,
                    Headers.NONE,
                    request.path().equals("/big") ? big : new byte[2],
                    outcomes::add))) {
      server.raw(GET_AND_CLOSE);
      assertThat(outcomes.poll(20, TimeUnit.SECONDS)).isTrue();
      try (var plain = server.connectPlain();
          var resets = secure(plain)) {
        send(resets, GET.replace("/ ", "/big "));
        readUntil(resets.getInputStream(), "\r\n\r\n");
        TestServer.reset(plain);
        assertThat(outcomes.poll(20, TimeUnit.SECONDS)).isFalse();
      }
      try (var slow = server.connect()) {
        send(slow, GET.replace("/ ", "/big ")); // And never reads.
        assertThat(outcomes.poll(20, TimeUnit.SECONDS)).isFalse();
      }
    }
    assertThat(outcomes).isEmpty();
  }

  @Test
  void requests_beyond_what_may_be_held_are_answered_503_and_small_ones_are_served()
      throws Exception {
    int body = 1024 * 1024;
    var half = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + body + "\r\n\r\n";
    var most = "x".repeat(body - 1_000);
    try (var server = TestServer.start(settings(100, body, LONG), ok());
        var first = server.connect();
        var second = server.connect();
        var third = server.connect()) {
      send(first, half + most);
      send(second, half + most);
      await().until(() -> server.server.heldBytes() > 2L * (body - 16_384));
      send(third, half + "x".repeat(64 * 1024));
      assertThat(readAll(third)).startsWith("HTTP/1.1 503 Service Unavailable\r\n");
      assertThat(server.raw(GET_AND_CLOSE)).startsWith("HTTP/1.1 200 OK\r\n");
      for (var kept : List.of(first, second)) {
        send(kept, "x".repeat(1_000));
        assertThat(readUntil(kept.getInputStream(), "\r\n\r\nOK"))
            .startsWith("HTTP/1.1 200 OK\r\n");
      }
      await().until(() -> server.server.heldBytes() == 0);
      send(first, half + most);
      await().until(() -> server.server.heldBytes() > body - 16_384);
      TestServer.reset(first);
      await().until(() -> server.server.heldBytes() == 0);
    }
  }

  @Test
  void answers_that_nobody_reads_count_as_held_until_they_are_lost() throws Exception {
    var big = new byte[16 * 1024 * 1024];
    var outcomes = new ArrayBlockingQueue<Boolean>(10);
    try (var server =
            TestServer.start(
                request ->
                    request.path().equals("/big")
                        ? new Response(200, Headers.NONE, big, outcomes::add)
                        : Response.text(200, "OK"));
        var plain = server.connectPlain();
        var socket = secure(plain)) {
      send(socket, GET.replace("/ ", "/big "));
      await().until(() -> server.server.heldBytes() > big.length - 16_384);
      // There is no room for a second one, but for what is small.
      assertThat(server.raw(GET_AND_CLOSE.replace("/ ", "/big ")))
          .startsWith("HTTP/1.1 503 Service Unavailable\r\n");
      assertThat(outcomes.poll(20, TimeUnit.SECONDS)).isFalse();
      assertThat(server.raw(GET_AND_CLOSE)).startsWith("HTTP/1.1 200 OK\r\n");
      TestServer.reset(plain);
      assertThat(outcomes.poll(20, TimeUnit.SECONDS)).isFalse();
      await().until(() -> server.server.heldBytes() == 0);
    }
  }

  @Test
  void peer_that_is_refused_gets_its_answer_at_its_first_bytes() throws Exception {
    var handled = new AtomicInteger();
    var handler =
        new Handler() {
          @Override
          public Response handle(Request request) {
            handled.incrementAndGet();
            return Response.text(200, "OK");
          }

          @Override
          public Optional<Response> refuse(InetSocketAddress peer) {
            return Optional.of(Response.text(403, "not you"));
          }
        };
    try (var server = TestServer.start(handler);
        var socket = server.connect()) {
      send(socket, "P");
      assertThat(readAll(socket))
          .startsWith("HTTP/1.1 403 Forbidden\r\n")
          .endsWith("\r\n\r\nnot you");
      assertThat(server.raw(GET)).startsWith("HTTP/1.1 403 Forbidden\r\n");
    }
    assertThat(handled).hasValue(0);
  }

  @Test
  void connection_over_the_limit_waits_and_is_served_when_another_closes() throws Exception {
    var served = new AtomicInteger();
    try (var server =
            TestServer.start(
                settings(2, 100, LONG),
                request -> {
                  served.incrementAndGet();
                  return Response.text(200, "x");
                });
        var first = server.connect();
        var second = server.connect()) {
      var third = new ArrayBlockingQueue<String>(1);
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  third.add(server.raw(GET_AND_CLOSE));
                } catch (IOException e) {
                  third.add("failed: " + e);
                }
              });
      for (var open : new Socket[] {first, second, first, second}) {
        send(open, GET);
        readUntil(open.getInputStream(), "\r\n\r\nx");
      }
      assertThat(third.poll(300, TimeUnit.MILLISECONDS)).isNull();
      assertThat(served).hasValue(4);
      TestServer.reset(first);
      assertThat(third.poll(20, TimeUnit.SECONDS)).endsWith("\r\n\r\nx");
    }
  }

  @Test
  void many_connections_pass_a_small_limit() throws Exception {
    try (var server = TestServer.start(settings(2, 100, LONG), ok())) {
      var threads = new ArrayList<Thread>();
      var fine = new AtomicInteger();
      for (int i = 0; i < 40; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        if (server.raw(GET_AND_CLOSE).endsWith("OK")) {
                          fine.incrementAndGet();
                        }
                      } catch (IOException e) {
                        // Counts as missing.
                      }
                    }));
      }
      for (var thread : threads) {
        thread.join();
      }
      assertThat(fine).hasValue(40);
    }
  }

  @Test
  void stop_lets_a_request_that_has_begun_finish_and_takes_no_more() throws Exception {
    var handling = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    try (var server =
            TestServer.start(
                request -> {
                  handling.countDown();
                  go.await();
                  return Response.text(200, "done");
                });
        var socket = server.connect();
        var idle = server.connect()) {
      send(socket, GET);
      handling.await();
      var stopping = Thread.ofVirtual().start(() -> server.server.stop(Duration.ofSeconds(20)));
      assertThat(idle.getInputStream().read()).isEqualTo(-1);
      assertThatThrownBy(server::connect).isInstanceOf(IOException.class);
      go.countDown();
      assertThat(readAll(socket)).endsWith("\r\n\r\ndone");
      stopping.join();
    }
  }

  @Test
  void stop_waits_for_whoever_waited_for_the_end_of_an_answer() throws Exception {
    var listeners = new SlowListeners();
    try (var server = TestServer.start(answer(2, listeners))) {
      server.raw(GET_AND_CLOSE);
      server.raw(GET_AND_CLOSE);
      listeners.awaitBegun(2);
      assertThat(listeners.endedWhenStopped(server.server)).isEqualTo(2);
    }
  }

  @Test
  void stop_waits_for_those_who_hear_of_an_answer_that_it_cut_off_itself() throws Exception {
    var listeners = new SlowListeners();
    try (var server = TestServer.start(answer(16 * 1024 * 1024, listeners));
        var socket = server.connect()) {
      send(socket, GET);
      readUntil(socket.getInputStream(), "\r\n\r\n"); // And no more of it.
      assertThat(listeners.endedWhenStopped(server.server)).isEqualTo(1);
    }
  }

  @Test
  void stop_gives_up_on_whoever_comes_to_no_end() throws Exception {
    var listeners = new SlowListeners();
    try (var server = TestServer.start(answer(2, listeners))) {
      server.raw(GET_AND_CLOSE);
      listeners.awaitBegun(1);
      server.server.stop(Duration.ZERO);
      assertThat(listeners.ended()).isZero();
    } finally {
      listeners.letEnd();
    }
  }

  private static Handler answer(int bodyBytes, SlowListeners listeners) {
    return request -> new Response(200, Headers.NONE, new byte[bodyBytes], listeners);
  }

  /** Hear of the ends of answers and are busy with that until they are let. */
  private static final class SlowListeners implements Consumer<Boolean> {
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    @Override
    public void accept(Boolean written) {
      begun.incrementAndGet();
      try {
        mayEnd.await();
        ended.incrementAndGet();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void awaitBegun(int count) {
      await().until(() -> begun.get() == count);
    }

    void letEnd() {
      mayEnd.countDown();
    }

    int ended() {
      return ended.get();
    }

    /** Stops the server, lets the listeners end once it waits, and tells how many had ended. */
    int endedWhenStopped(HttpsServer server) throws InterruptedException {
      var atTheStop = new AtomicInteger();
      var stopping =
          Thread.ofPlatform()
              .start(
                  () -> {
                    server.stop(Duration.ZERO);
                    atTheStop.set(ended.get());
                  });
      await().until(() -> !stopping.isAlive() || waitsForListeners(stopping));
      letEnd();
      stopping.join();
      return atTheStop.get();
    }

    private static boolean waitsForListeners(Thread thread) {
      return Arrays.stream(thread.getStackTrace())
          .anyMatch(frame -> frame.getClassName().equals(Phaser.class.getName()));
    }
  }

  @Test
  void new_identity_greets_new_connections_and_open_ones_live_on() throws Exception {
    try (var server = TestServer.start(ok());
        var open = server.connect()) {
      var before = open.getSession().getPeerCertificates()[0];
      assertThatThrownBy(() -> server.server.use(new Identity(new byte[3], new byte[3])))
          .isInstanceOf(UncheckedIOException.class);
      server.server.use(Identity.selfSigned("other.test"));
      try (var later = server.connect()) {
        assertThat(later.getSession().getPeerCertificates()[0]).isNotEqualTo(before);
      }
      send(open, GET_AND_CLOSE);
      assertThat(readAll(open)).endsWith("OK");
    }
  }

  @Test
  void port_in_use_is_said_with_the_address() throws Exception {
    try (var server = TestServer.start(ok())) {
      var taken =
          TestServer.settings(
              new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.port));
      assertThatThrownBy(() -> HttpsServer.start(taken, TestServer.IDENTITY, ok()))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("127.0.0.1 port " + server.port);
    }
  }

  @Test
  void ipv6_is_served() throws Exception {
    var settings = TestServer.settings(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
    try (var server =
            TestServer.start(
                settings, request -> Response.text(200, request.peer().getAddress().toString()));
        var socket = TestServer.connect("::1", server.port)) {
      send(socket, GET_AND_CLOSE);
      assertThat(readAll(socket)).endsWith("0:0:0:0:0:0:0:1");
    }
  }

  @Test
  void nothing_is_left_of_connections_that_were_aborted() throws Exception {
    try (var server = TestServer.start(settings(3, 100, LONG), ok())) {
      for (int i = 0; i < 20; i++) {
        try (var socket = server.connectPlain()) {
          socket.setSoLinger(true, 0);
          socket
              .getOutputStream()
              .write(i % 2 == 0 ? new byte[] {0x16, 3, 1} : new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        }
      }
      assertThat(server.raw(GET_AND_CLOSE)).endsWith("OK");
    }
  }
}
