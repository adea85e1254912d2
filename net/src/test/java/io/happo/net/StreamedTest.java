package io.happo.net;

import static io.happo.net.TestServer.readAll;
import static io.happo.net.TestServer.readUntil;
import static io.happo.net.TestServer.send;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Answers that are written bit by bit. */
@Timeout(60)
final class StreamedTest {
  private static final String ASK = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n";

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Handler streaming(Streamed streamed) {
    return new Router()
        .add(
            "GET",
            "/events",
            _ -> Response.streamed(Headers.of("Content-Type", "text/event-stream"), streamed));
  }

  @Test
  void each_part_arrives_when_it_is_written_and_the_connection_ends_with_the_last()
      throws Exception {
    var more = new CountDownLatch(1);
    try (var server =
            TestServer.start(
                streaming(
                    output -> {
                      output.write(bytes("data: one\n\n"));
                      more.await();
                      output.write(bytes("data: two\n\n"));
                    }));
        var socket = server.connect()) {
      send(socket, ASK);
      var begin = readUntil(socket.getInputStream(), "one\n\n");
      assertThat(begin)
          .startsWith("HTTP/1.1 200 OK\r\n")
          .contains("Connection: close\r\n")
          .doesNotContain("Content-Length");
      more.countDown();
      assertThat(readAll(socket)).isEqualTo("data: two\n\n");
    }
  }

  @Test
  void who_writes_learns_that_the_peer_has_gone() throws Exception {
    var failed = new CompletableFuture<IOException>();
    try (var server =
        TestServer.start(
            streaming(
                output -> {
                  try {
                    while (true) {
                      output.write(bytes(": still here\n\n"));
                      Thread.sleep(10);
                    }
                  } catch (IOException e) {
                    failed.complete(e);
                    throw e;
                  }
                }))) {
      try (var socket = server.connect()) {
        send(socket, ASK);
        readUntil(socket.getInputStream(), "here");
      }
      assertThat(failed.get(20, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void a_server_that_stops_does_not_wait_for_it() throws Exception {
    try (var server =
            TestServer.start(
                streaming(
                    output -> {
                      output.write(bytes("data: one\n\n"));
                      new CountDownLatch(1).await(30, TimeUnit.SECONDS);
                      output.write(bytes("data: two\n\n"));
                    }));
        var socket = server.connect()) {
      send(socket, ASK);
      readUntil(socket.getInputStream(), "one\n\n");
      server.server.stop(Duration.ofSeconds(20));
      assertThat(readAll(socket)).isEmpty();
    }
  }

  @Test
  void head_gets_the_head_alone() throws Exception {
    try (var server = TestServer.start(streaming(output -> output.write(bytes("x"))));
        var socket = server.connect()) {
      send(socket, ASK.replace("GET", "HEAD"));
      assertThat(readAll(socket)).endsWith("\r\n\r\n");
    }
  }
}
