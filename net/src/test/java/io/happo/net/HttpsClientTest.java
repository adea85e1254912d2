package io.happo.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class HttpsClientTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  @TempDir private Path folder;

  private static Handler echo() {
    return request ->
        Response.text(
            200,
            request.method()
                + " "
                + request.target()
                + " "
                + new String(request.body(), StandardCharsets.UTF_8));
  }

  private static Response ask(Trust trust, URI uri) throws IOException {
    try (var client = new HttpsClient(trust, Optional.empty())) {
      return client.send("GET", uri, Headers.NONE, new byte[0], DEADLINE);
    }
  }

  private static String text(Response response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void request_with_body_reaches_the_server_and_the_answer_comes_back() throws Exception {
    try (var server = TestServer.start(echo());
        var client = new HttpsClient(new Trust.Anything(), Optional.empty())) {
      var uri = URI.create("https://user:secret@127.0.0.1:" + server.port + "/a%20b?c=d");
      for (int i = 0; i < 3; i++) {
        var answer =
            client.send(
                "POST",
                uri,
                Headers.of("X-A", "b"),
                "body".getBytes(StandardCharsets.UTF_8),
                DEADLINE);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().first("content-type")).contains("text/plain; charset=utf-8");
        assertThat(text(answer)).isEqualTo("POST /a%20b?c=d body");
      }
    }
  }

  @Test
  void big_answer_comes_whole() throws Exception {
    var big = new byte[5_000_000];
    big[4_999_999] = 7;
    try (var server = TestServer.start(request -> new Response(200, Headers.NONE, big))) {
      assertThat(ask(new Trust.Anything(), server.uri("/")).body()).isEqualTo(big);
    }
  }

  @Test
  void redirect_and_error_are_returned_as_they_are() throws Exception {
    try (var server =
        TestServer.start(request -> new Response(301, Headers.of("Location", "/x"), new byte[0]))) {
      var answer = ask(new Trust.Anything(), server.uri("/"));
      assertThat(answer.status()).isEqualTo(301);
      assertThat(answer.headers().first("Location")).contains("/x");
    }
  }

  @Test
  void ipv6_literal_is_reached() throws Exception {
    var settings = TestServer.settings(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
    try (var server =
        TestServer.start(
            settings, request -> Response.text(200, request.headers().first("Host").get()))) {
      assertThat(text(ask(server(), URI.create("https://[::1]:" + server.port + "/"))))
          .isEqualTo("[::1]:" + server.port);
    }
  }

  private static Trust server() {
    return TestServer.IDENTITY.pin();
  }

  @Test
  void pinned_key_is_believed_and_another_is_refused_and_shown() throws Exception {
    try (var server = TestServer.start(echo())) {
      assertThat(ask(Trust.Pin.of(TestServer.IDENTITY.pin().toString()), server.uri("/")).status())
          .isEqualTo(200);
      var other = Identity.selfSigned("agent.test").pin();
      assertThatThrownBy(() -> ask(other, server.uri("/")))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining(TestServer.IDENTITY.pin().hex())
          .hasMessageContaining(other.hex());
      assertThat(other.hex()).matches("[0-9a-f]{64}");
    }
  }

  @Test
  void address_that_cannot_be_had_is_told_by_its_cause() throws Exception {
    try (var taken = TestServer.start(echo())) {
      var same = new java.net.InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), taken.port);
      assertThatThrownBy(() -> TestServer.start(TestServer.settings(same), echo()))
          .hasMessageContaining("another program listens there already")
          .hasMessageNotContaining("error(");
    }
    var foreign = new java.net.InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 0);
    assertThatThrownBy(() -> TestServer.start(TestServer.settings(foreign), echo()))
        .hasMessageContaining("no address of this machine");
  }

  @Test
  void authorities_that_cannot_be_used_are_told_before_the_first_connection() throws Exception {
    assertThatThrownBy(() -> new Trust.Authorities(folder).check())
        .hasMessage("file of authorities " + folder + " is a folder; name the PEM file inside it");
    var empty = Files.createFile(folder.resolve("empty.pem"));
    assertThatThrownBy(() -> new Trust.Authorities(empty).check())
        .hasMessageContaining(empty.toString());
  }

  @Test
  void authority_is_believed_for_the_names_of_its_certificate_only() throws Exception {
    var file = Files.write(folder.resolve("ca.pem"), TestServer.IDENTITY.certificatePem());
    var trust = new Trust.Authorities(file);
    try (var server = TestServer.start(echo())) {
      assertThat(ask(trust, server.uri("/")).status()).isEqualTo(200);
      assertThat(ask(trust, URI.create("https://localhost:" + server.port + "/")).status())
          .isEqualTo(200);
      assertThatThrownBy(() -> ask(trust, URI.create("https://127.0.0.2:" + server.port + "/")))
          .isInstanceOf(IOException.class);
      var stranger =
          Files.write(
              folder.resolve("other.pem"), Identity.selfSigned("agent.test").certificatePem());
      assertThatThrownBy(() -> ask(new Trust.Authorities(stranger), server.uri("/")))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("not from a trusted authority");
      assertThatThrownBy(() -> ask(new Trust.PublicRoots(), server.uri("/")))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("not from a trusted authority");
      assertThatThrownBy(() -> ask(new Trust.Authorities(folder.resolve("none")), server.uri("/")))
          .hasMessageContaining("none")
          .hasMessageContaining("does not exist");
    }
  }

  @Test
  void wrong_name_and_expired_certificate_are_told_apart() throws Exception {
    var old =
        SelfSigned.make(
            "agent.test",
            List.of(),
            Instant.parse("2020-01-01T00:00:00Z"),
            Instant.parse("2021-01-01T00:00:00Z"));
    var oldFile = Files.write(folder.resolve("old.pem"), old.certificatePem());
    try (var server = new TestServer(HttpsServer.start(TestServer.settings(), old, echo()))) {
      assertThatThrownBy(() -> ask(new Trust.Authorities(oldFile), server.uri("/")))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("expired");
    }
    assertThatThrownBy(
            () ->
                CertificateJudge.checkName(
                    new byte[][] {der(TestServer.IDENTITY)}, "elsewhere.test"))
        .hasMessageContaining("not for elsewhere.test but for agent.test, localhost");
  }

  private static byte[] der(Identity identity) {
    var pem = new String(identity.certificatePem(), StandardCharsets.US_ASCII);
    return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
  }

  @Test
  void new_identity_is_shown_from_the_next_connection_on() throws Exception {
    var known = Identity.selfSigned("client.test");
    var ca = Files.write(folder.resolve("clients.pem"), known.certificatePem());
    var settings = TestServer.settings(ca);
    try (var server = TestServer.start(settings, echo());
        var client = new HttpsClient(server(), Optional.of(Identity.selfSigned("client.test")))) {
      assertThatThrownBy(
              () -> client.send("GET", server.uri("/"), Headers.NONE, new byte[0], DEADLINE))
          .isInstanceOf(IOException.class);
      client.use(known);
      assertThat(client.send("GET", server.uri("/"), Headers.NONE, new byte[0], DEADLINE).status())
          .isEqualTo(200);
    }
  }

  @Test
  void client_certificate_is_shown_and_demanded() throws Exception {
    var client = Identity.selfSigned("client.test");
    var ca = Files.write(folder.resolve("clients.pem"), client.certificatePem());
    var settings = TestServer.settings(ca);
    try (var server = TestServer.start(settings, echo());
        var known = new HttpsClient(server(), Optional.of(client));
        var unknown = new HttpsClient(server(), Optional.of(Identity.selfSigned("client.test")))) {
      assertThat(known.send("GET", server.uri("/"), Headers.NONE, new byte[0], DEADLINE).status())
          .isEqualTo(200);
      assertThatThrownBy(
              () -> unknown.send("GET", server.uri("/"), Headers.NONE, new byte[0], DEADLINE))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("does not accept our client certificate");
      assertThatThrownBy(() -> ask(server(), server.uri("/")))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("demands a client certificate");
    }
  }

  /** Answers any plain request with these bytes and closes. */
  private static ServerSocket answering(String answer) throws IOException {
    var listener = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual()
        .start(
            () -> {
              while (!listener.isClosed()) {
                try (var socket = listener.accept()) {
                  TestServer.readUntil(socket.getInputStream(), "\r\n\r\n");
                  TestServer.send(socket, answer);
                } catch (IOException e) {
                  // The test is over, or the client went away.
                }
              }
            });
    return listener;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 200 OK~~until the end | until the end",
        "HTTP/1.0 200 OK~Content-Length: 3~~abcdef | abc",
        "HTTP/1.1 100 Continue~~HTTP/1.1 200 OK~Content-Length: 1~~a | a",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abc~2~de~0~~ | abcde",
        "HTTP/1.1 204 No Content~Content-Length: 5~~ | ''",
        "HTTP/1.1 304~~ | ''",
      })
  void answer_framed_in_any_way_is_read(String answer, String body) throws Exception {
    try (var listener = answering(TestServer.wire(answer))) {
      assertThat(
              text(
                  ask(
                      new Trust.Anything(),
                      URI.create("http://127.0.0.1:" + listener.getLocalPort()))))
          .isEqualTo(body);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK~Content-Length: 10~~abc",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abc~2~d",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abc~",
        "HTTP/1.1 200 OK~Content-Le",
      })
  void answer_cut_off_is_said_to_be(String answer) throws Exception {
    try (var listener = answering(TestServer.wire(answer))) {
      assertThatThrownBy(
              () ->
                  ask(
                      new Trust.Anything(),
                      URI.create("http://127.0.0.1:" + listener.getLocalPort())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in the middle of its answer");
    }
  }

  @Test
  void peer_that_closes_or_talks_nonsense_is_said_to() throws Exception {
    try (var silent = answering("");
        var nonsense = answering("220 mail.test ESMTP\r\n\r\n");
        var huge = answering("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")) {
      assertThatThrownBy(() -> ask(new Trust.Anything(), plain(silent)))
          .hasMessageContaining("without an answer");
      assertThatThrownBy(() -> ask(new Trust.Anything(), plain(nonsense)))
          .hasMessageContaining("no HTTP");
      assertThatThrownBy(() -> ask(new Trust.Anything(), plain(huge)))
          .hasMessageContaining("8388608 bytes");
    }
  }

  @Test
  void peer_that_closes_in_the_handshake_is_said_to() throws Exception {
    try (var listener = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"))) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (var socket = listener.accept()) {
                  socket.getInputStream().skipNBytes(5);
                } catch (IOException e) {
                  // The client went away.
                }
              });
      var uri = URI.create("https://127.0.0.1:" + listener.getLocalPort() + "/");
      assertThatThrownBy(() -> ask(new Trust.Anything(), uri))
          .isInstanceOf(IOException.class)
          .hasMessageMatching(".*(during the TLS handshake|broke the connection off).*");
    }
  }

  private static URI plain(ServerSocket listener) {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/");
  }

  @Test
  void peer_without_tls_is_said_to_have_none() throws Exception {
    try (var listener = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"))) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (var socket = listener.accept()) {
                  TestServer.send(socket, "HTTP/1.0 400 Bad Request\r\n\r\n");
                  TestServer.readAll(socket);
                } catch (IOException e) {
                  // The client went away.
                }
              });
      assertThatThrownBy(
              () ->
                  ask(
                      new Trust.Anything(),
                      URI.create("https://127.0.0.1:" + listener.getLocalPort() + "/")))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("does not speak TLS");
    }
  }

  @Test
  void deadline_holds_against_a_peer_that_says_nothing() throws Exception {
    try (var listener = new ServerSocket(0, 10, InetAddress.ofLiteral("127.0.0.1"));
        var client = new HttpsClient(new Trust.Anything(), Optional.empty())) {
      for (var scheme : new String[] {"http", "https"}) {
        var uri = URI.create(scheme + "://127.0.0.1:" + listener.getLocalPort() + "/");
        assertThatThrownBy(
                () -> client.send("GET", uri, Headers.NONE, new byte[0], Duration.ofMillis(200)))
            .isInstanceOf(SocketTimeoutException.class)
            .hasMessageContaining("in time");
      }
    }
  }

  @Test
  void port_where_nobody_listens_and_name_that_nobody_knows_are_said() throws Exception {
    int port;
    try (var listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = listener.getLocalPort();
    }
    assertThatThrownBy(
            () -> ask(new Trust.Anything(), URI.create("https://127.0.0.1:" + port + "/")))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("nobody listens at 127.0.0.1 port " + port);
    assertThatThrownBy(() -> ask(new Trust.Anything(), URI.create("https://no-such-host.invalid/")))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("no-such-host.invalid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://x/", "https:///x", "https://x:99999/", "/x"})
  void address_that_leads_nowhere_is_refused(String uri) {
    assertThatThrownBy(() -> ask(new Trust.Anything(), URI.create(uri)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void pin_is_read_in_each_of_its_spellings() {
    var pin = TestServer.IDENTITY.pin();
    var hex = HexFormat.of().formatHex(pin.sha256());
    assertThat(Trust.Pin.of(hex)).isEqualTo(pin);
    assertThat(Trust.Pin.of(HexFormat.ofDelimiter(":").withUpperCase().formatHex(pin.sha256())))
        .isEqualTo(pin);
    assertThat(Trust.Pin.of(Base64.getUrlEncoder().withoutPadding().encodeToString(pin.sha256())))
        .isEqualTo(pin);
    assertThat(Trust.Pin.of(pin.toString())).isEqualTo(pin);
    assertThatThrownBy(() -> Trust.Pin.of("sha256//abc"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("64 hexadecimal digits");
  }
}
