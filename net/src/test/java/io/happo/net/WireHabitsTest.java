package io.happo.net;

import static io.happo.net.TestServer.readAll;
import static io.happo.net.TestServer.readUntil;
import static io.happo.net.TestServer.send;
import static io.happo.net.TestServer.settings;
import static io.happo.net.TestServer.wire;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes over the wire, byte by byte where the original's habits were recorded. */
@Timeout(60)
final class WireHabitsTest {
  private static Handler echo() {
    return new Router()
        .add("GET", "/", request -> Response.text(200, "OK"))
        .add(
            "POST",
            "/echo",
            request -> Response.text(200, new String(request.body(), StandardCharsets.UTF_8)));
  }

  private static String post(String body, String more) {
    return "POST /echo HTTP/1.1\r\nHost: x\r\n"
        + more
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  @Test
  void plain_http_to_the_tls_port_is_told_so() throws Exception {
    try (var server = TestServer.start(echo());
        var socket = server.connectPlain()) {
      send(socket, "GET / HTTP/1.1\r\nHost: 127.0.0.1:17700\r\n\r\n");
      assertThat(readAll(socket))
          .isEqualTo(
              "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET / HTTP/1.1~~ | 400 Bad Request: missing required Host header",
        "NONSENSE~~ | 400 Bad Request",
        "GET  / HTTP/1.1~Host: x~~ | 400 Bad Request",
        "GET /%zz HTTP/1.1~Host: x~~ | 400 Bad Request",
        "GET / HTTP/1.1~Host: x~Bad Header: x~~ | 400 Bad Request: invalid header name",
        "POST /echo HTTP/1.1~Host: x~Content-Length: -1~~{} | 400 Bad Request",
        "POST /echo HTTP/1.1~Host: x~Content-Length: 1~Content-Length: 2~~{} | 400 Bad Request",
        "POST /echo HTTP/1.1~Host: x~Content-Length: 2~Transfer-Encoding: chunked~~{} | 400 Bad"
            + " Request",
        "POST /echo HTTP/1.1~Host: x~Transfer-Encoding: gzip~~{} | 501 Not Implemented",
        "POST /echo HTTP/1.1~Host: x~Expect: tea~Content-Length: 2~~ | 417 Expectation Failed",
        "POST /echo HTTP/1.1~Host: x~Content-Length: 9999999~~ | 413 Request Entity Too Large",
        "GET / HTTP/2.0~Host: x~~ | 505 HTTP Version Not Supported",
      })
  void malformed_request_is_answered_as_the_original_does(String request, String text)
      throws Exception {
    try (var server = TestServer.start(echo())) {
      assertThat(server.raw(wire(request)))
          .isEqualTo(
              "HTTP/1.1 "
                  + text
                  + "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
                  + text);
    }
  }

  @Test
  void headers_over_the_limit_are_answered_431() throws Exception {
    try (var server = TestServer.start(echo())) {
      assertThat(server.raw("GET / HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(9_000) + "\r\n\r\n"))
          .startsWith("HTTP/1.1 431 ");
    }
  }

  @Test
  void more_header_fields_than_anybody_needs_are_answered_431() throws Exception {
    try (var server = TestServer.start(echo())) {
      var fields = "a:\r\n";
      assertThat(server.raw("GET / HTTP/1.0\r\n" + fields.repeat(256) + "\r\n"))
          .startsWith("HTTP/1.0 200 OK");
      assertThat(server.raw("GET / HTTP/1.0\r\n" + fields.repeat(257) + "\r\n"))
          .startsWith("HTTP/1.1 431 ");
    }
  }

  @Test
  void chunked_body_over_the_limit_is_answered_413_before_it_ends() throws Exception {
    try (var server = TestServer.start(settings(10, 1_000, Duration.ofSeconds(30)), echo());
        var socket = server.connect()) {
      send(socket, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n");
      assertThat(readAll(socket)).startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void http_1_0_closes_after_the_answer_and_keeps_alive_when_asked() throws Exception {
    try (var server = TestServer.start(echo())) {
      assertThat(server.raw("GET / HTTP/1.0\r\n\r\n"))
          .startsWith("HTTP/1.0 200 OK\r\n")
          .contains("\r\nContent-Length: 2\r\n")
          .containsPattern(
              "\r\nDate: [A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT\r\n")
          .doesNotContain("Connection:")
          .endsWith("\r\n\r\nOK");
      assertThat(
              server.raw("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n"))
          .contains("Connection: keep-alive")
          .containsOnlyOnce("OKHTTP/1.0 200");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET https://127.0.0.1/ HTTP/1.1,200",
    "GET https://127.0.0.1 HTTP/1.1,200",
    "CONNECT 127.0.0.1:1 HTTP/1.1,404",
    "OPTIONS * HTTP/1.1,404",
    "get / HTTP/1.1,404"
  })
  void unusual_target_or_method_is_answered_as_the_original_does(String line, int status)
      throws Exception {
    try (var server = TestServer.start(echo())) {
      assertThat(server.raw(line + "\r\nHost: x\r\nConnection: close\r\n\r\n"))
          .startsWith("HTTP/1.1 " + status + " ")
          .contains("\r\nConnection: close\r\n");
    }
  }

  @Test
  void head_is_answered_with_the_length_and_no_body() throws Exception {
    try (var server = TestServer.start(echo())) {
      assertThat(server.raw("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
          .contains("Content-Length: 2\r\n")
          .endsWith("\r\n\r\n");
    }
  }

  @Test
  void status_204_and_304_have_no_body_and_no_length() throws Exception {
    try (var server =
        TestServer.start(
            request -> Response.text(request.path().equals("/a") ? 204 : 304, "body"))) {
      for (var path : new String[] {"/a", "/b"}) {
        assertThat(server.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
            .doesNotContain("Content-Length")
            .endsWith("\r\n\r\n");
      }
    }
  }

  @Test
  void byte_at_a_time_sender_is_understood() throws Exception {
    try (var server = TestServer.start(echo());
        var socket = server.connect()) {
      var request =
          wire(
              "POST /echo HTTP/1.1~Host: x~Transfer-Encoding: chunked~Connection: close~~"
                  + "5;a=b~hello~6~ world~0~Trailer: x~~");
      for (int i = 0; i < request.length(); i++) {
        send(socket, request.substring(i, i + 1));
      }
      assertThat(readAll(socket)).endsWith("\r\n\r\nhello world");
    }
  }

  @Test
  void requests_sent_at_once_are_answered_in_their_order() throws Exception {
    try (var server = TestServer.start(echo())) {
      var all = new StringBuilder();
      var expected = new StringBuilder();
      for (int i = 0; i < 20; i++) {
        all.append(post("#" + i, i == 19 ? "Connection: close\r\n" : ""));
        expected.append("#").append(i);
      }
      assertThat(server.raw(all.toString()).replaceAll("(?s)HTTP/1.1 200.*?\r\n\r\n", ""))
          .isEqualTo(expected.toString());
    }
  }

  @Test
  void large_bodies_go_both_ways() throws Exception {
    try (var server = TestServer.start(settings(10, 8_000_000, Duration.ofSeconds(30)), echo())) {
      var body = "0123456789abcdef".repeat(400_000);
      var answer = server.raw(post(body, "Connection: close\r\n"));
      assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4).equals(body)).isTrue();
    }
  }

  @Test
  void client_that_expects_100_continue_is_told_to() throws Exception {
    try (var server = TestServer.start(echo());
        var socket = server.connect()) {
      send(
          socket,
          wire(
              "POST /echo HTTP/1.1~Host: x~Expect: 100-continue~Content-Length: 2~Connection:"
                  + " close~~"));
      assertThat(readUntil(socket.getInputStream(), "\r\n\r\n"))
          .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      send(socket, "hi");
      assertThat(readAll(socket)).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nhi");
    }
  }

  @Test
  void request_after_which_the_sender_closes_its_side_is_answered() throws Exception {
    try (var server = TestServer.start(echo());
        var socket = server.connect()) {
      send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      socket.shutdownOutput();
      assertThat(readAll(socket)).endsWith("\r\n\r\nOK");
    }
  }

  @Test
  void handler_that_throws_is_a_bare_500_and_the_connection_lives_on() throws Exception {
    try (var server =
        TestServer.start(
            request ->
                switch (request.path()) {
                  case "/bad" -> throw new IllegalStateException("secret");
                  case "/split" ->
                      new Response(200, Headers.of("X-Bad", "a\r\nSet-Cookie: b"), new byte[0]);
                  default -> Response.text(200, "fine");
                })) {
      var answers =
          server.raw(
              wire(
                  "GET /bad HTTP/1.1~Host: x~~GET /split HTTP/1.1~Host: x~~"
                      + "GET / HTTP/1.1~Host: x~Connection: close~~"));
      assertThat(answers)
          .doesNotContain("secret")
          .doesNotContain("Cookie")
          .endsWith("\r\n\r\nfine");
      assertThat(answers.split("HTTP/1.1 500 Internal Server Error\r\n", -1)).hasSize(3);
    }
  }
}
