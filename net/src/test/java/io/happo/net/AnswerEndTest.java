package io.happo.net;

import static io.happo.net.TestServer.readUntil;
import static io.happo.net.TestServer.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for the end of an answer is told it. */
@Timeout(60)
final class AnswerEndTest {
  private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String GET_AND_CLOSE =
      "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  @Test
  void answer_to_a_connection_that_is_gone_is_reported_lost() throws Exception {
    var outcomes = new ArrayBlockingQueue<Boolean>(10);
    var handling = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    try (var server =
            TestServer.start(
                request -> {
                  handling.countDown();
                  go.await();
                  return Response.text(200, "x").whenDone(outcomes::add);
                });
        var socket = server.connect()) {
      send(socket, GET);
      handling.await();
      server.server.stop(Duration.ZERO);
      go.countDown();
      assertThat(outcomes.poll(20, TimeUnit.SECONDS)).isFalse();
    }
  }

  @Test
  void next_request_is_handled_when_whoever_waited_for_the_answer_before_has_been_told()
      throws Exception {
    var order = new ArrayBlockingQueue<String>(10);
    var go = new CountDownLatch(1);
    try (var server =
            TestServer.start(
                request -> {
                  order.add("handled");
                  return Response.text(200, "x")
                      .whenDone(
                          written -> {
                            try {
                              go.await();
                            } catch (InterruptedException e) {
                              throw new IllegalStateException(e);
                            }
                            order.add("told");
                          });
                });
        var socket = server.connect()) {
      send(socket, GET + GET);
      readUntil(socket.getInputStream(), "\r\n\r\nx");
      go.countDown();
      readUntil(socket.getInputStream(), "\r\n\r\nx");
      assertThat(order).startsWith("handled", "told", "handled");
    }
  }

  @Test
  void so_it_is_where_the_answer_was_too_large_and_another_went_out_in_its_place()
      throws Exception {
    var order = new ArrayBlockingQueue<String>(10);
    var go = new CountDownLatch(1);
    int body = 1 << 20;
    var large = "x".repeat(3 * body / 2);
    try (var server =
            TestServer.start(
                TestServer.settings(100, body, Duration.ofSeconds(30)),
                request -> {
                  order.add("handled");
                  return Response.text(200, large)
                      .whenDone(
                          written -> {
                            try {
                              go.await();
                            } catch (InterruptedException e) {
                              throw new IllegalStateException(e);
                            }
                            order.add("told " + written);
                          });
                });
        var busy = server.connect();
        var socket = server.connect()) {
      send(
          busy,
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: "
              + body
              + "\r\n\r\n"
              + "x".repeat(body - 1_000));
      await().until(() -> server.server.heldBytes() > body - 16_384);
      send(socket, GET + GET);
      assertThat(readUntil(socket.getInputStream(), "\r\n\r\n")).startsWith("HTTP/1.1 503 ");
      go.countDown();
      readUntil(socket.getInputStream(), "\r\n\r\n");
      assertThat(order).startsWith("handled", "told false", "handled");
    }
  }

  @Test
  void answer_to_a_peer_that_left_while_it_was_made_is_reported_lost() throws Exception {
    var outcomes = new ArrayBlockingQueue<Boolean>(10);
    var handling = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    try (var server =
        TestServer.start(
            request -> {
              if (request.path().equals("/other")) {
                return Response.text(200, "x");
              }
              handling.countDown();
              go.await();
              return Response.text(200, "x").whenDone(outcomes::add);
            })) {
      try (var socket = server.connect()) {
        send(socket, GET);
        handling.await();
      }
      // The loop that answers this has met the end of the other connection before.
      server.raw(GET_AND_CLOSE.replace("/ ", "/other "));
      go.countDown();
      assertThat(outcomes.poll(20, TimeUnit.SECONDS)).isFalse();
    }
  }
}
