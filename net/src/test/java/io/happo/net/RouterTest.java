package io.happo.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RouterTest {
  private final Router router =
      new Router()
          .add("GET", "/", request -> Response.text(200, "root"))
          .add("GET", "/status", request -> Response.text(200, "status"))
          .add("POST", "/monitor", request -> Response.text(200, "monitor"))
          .add("GET", "/machine-state", request -> Response.text(200, "list"))
          .add(
              "GET",
              "/machine-state/:key",
              request -> Response.text(200, "key=" + request.pathParameters().get("key")));

  private Response ask(String method, String target) throws Exception {
    var line = RequestLine.parse(method + " " + target + " HTTP/1.1");
    var peer = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1);
    return router.handle(
        new Request(method, target, line.path(), line.query(), Headers.NONE, new byte[0], peer));
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/,root",
    "GET,/?a=b,root",
    "HEAD,/status,status",
    "GET,/status/,status",
    "GET,/%73tatus,status",
    "POST,/%6donitor,monitor",
    "POST,/monitor?x=1,monitor",
    "POST,https://127.0.0.1:6777/monitor,monitor",
    "GET,/machine-state,list",
    "GET,/machine-state/,list",
    "GET,/machine-state/s-1,key=s-1",
    "GET,/machine-state/s-1/,key=s-1",
    "GET,/machine-state/a%2Fb%20c,key=a/b c"
  })
  void route_is_found(String method, String target, String answer) throws Exception {
    assertThat(new String(ask(method, target).body(), StandardCharsets.UTF_8)).isEqualTo(answer);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/nosuch",
    "GET,/monitor",
    "HEAD,/monitor",
    "PUT,/",
    "OPTIONS,*",
    "get,/status",
    "GET,/STATUS",
    "GET,//status",
    "GET,//",
    "GET,/../status",
    "GET,/status//",
    "GET,/machine-state//",
    "GET,/machine-state/a/b",
    "CONNECT,127.0.0.1:1"
  })
  void anything_else_is_not_found(String method, String target) throws Exception {
    var answer = ask(method, target);
    assertThat(answer.status()).isEqualTo(404);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("404 page not found\n");
    assertThat(answer.headers())
        .isEqualTo(
            Headers.of(
                "Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff"));
  }

  @Test
  void header_is_found_in_any_letter_case() {
    var headers = Headers.of("Accept", "a", "ACCEPT", "b", "Connection", "x, Upgrade");
    assertThat(headers.first("accept")).contains("a");
    assertThat(headers.all("Accept")).containsExactly("a", "b");
    assertThat(headers.lists("connection", "upgrade")).isTrue();
    assertThat(headers.lists("connection", "up")).isFalse();
  }
}
