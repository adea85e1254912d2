package io.happo.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ClientSocketTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final TlsVersions ALL =
      new TlsVersions(TlsVersions.Version.TLS_1_0, TlsVersions.Version.TLS_1_3);

  @TempDir private Path folder;

  private static ClientSocket connect(int port, Duration deadline) throws IOException {
    return ClientSocket.connect(
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), deadline);
  }

  private static ServerSocket silent() throws IOException {
    return new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
  }

  private static String ask(ClientSocket socket) throws IOException {
    var request = "GET /x HTTP/1.1\r\nHost: agent.test\r\nConnection: close\r\n\r\n";
    socket.output().write(request.getBytes(StandardCharsets.US_ASCII));
    return new String(socket.input().readAllBytes(), StandardCharsets.US_ASCII);
  }

  @Test
  void server_of_tls_answers_and_its_certificate_is_seen_unjudged() throws Exception {
    try (var server = TestServer.start(request -> Response.text(200, "hello"));
        var socket = connect(server.port, DEADLINE)) {
      socket.startTls("agent.test", ALL, Optional.empty());
      assertThat(ask(socket)).startsWith("HTTP/1.1 200 ").endsWith("hello");
      assertThat(socket.certificates())
          .singleElement()
          .satisfies(
              one ->
                  assertThat(one.getSubjectX500Principal().getName()).isEqualTo("CN=agent.test"));
      assertThat(socket.tlsVersion()).isEqualTo("TLSv1.3");
      assertThat(socket.cipher()).isNotEmpty();
    }
  }

  @Test
  void version_is_chosen_and_one_that_the_server_refuses_is_told() throws Exception {
    var old = new TlsVersions(TlsVersions.Version.TLS_1_2, TlsVersions.Version.TLS_1_2);
    var older = new TlsVersions(TlsVersions.Version.TLS_1_0, TlsVersions.Version.TLS_1_1);
    try (var server = TestServer.start(request -> Response.text(200, "hello"))) {
      try (var socket = connect(server.port, DEADLINE)) {
        socket.startTls(null, old, Optional.empty());
        assertThat(socket.tlsVersion()).isEqualTo("TLSv1.2");
      }
      try (var socket = connect(server.port, DEADLINE)) {
        assertThatThrownBy(() -> socket.startTls(null, older, Optional.empty()))
            .isInstanceOf(SSLException.class)
            .hasMessageContaining("PROTOCOL_VERSION");
      }
    }
  }

  @Test
  void client_certificate_is_shown_to_who_demands_one() throws Exception {
    var identity = Identity.selfSigned("client.test");
    var authority = Files.write(folder.resolve("ca.pem"), identity.certificatePem());
    try (var server =
        TestServer.start(
            TestServer.settings(authority), request -> Response.text(200, "welcome"))) {
      try (var socket = connect(server.port, DEADLINE)) {
        socket.startTls(null, ALL, Optional.of(identity));
        assertThat(ask(socket)).endsWith("welcome");
      }
      try (var socket = connect(server.port, DEADLINE)) {
        socket.startTls(null, ALL, Optional.empty());
        assertThatThrownBy(() -> ask(socket)).isInstanceOf(SSLException.class);
      }
    }
  }

  @Test
  void plain_conversation_goes_on_in_tls() throws Exception {
    try (var server = TestServer.start(request -> Response.text(200, "hello"));
        var relay = silent()) {
      var greeted =
          CompletableFuture.runAsync(
              () -> {
                try (var in = relay.accept();
                    var out = server.connectPlain()) {
                  in.getOutputStream().write("ready\r\n".getBytes(StandardCharsets.US_ASCII));
                  Thread.ofVirtual().start(() -> pump(in, out));
                  pump(out, in);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      try (var socket = connect(relay.getLocalPort(), DEADLINE)) {
        assertThat(TestServer.readUntil(socket.input(), "\r\n")).isEqualTo("ready\r\n");
        socket.startTls("agent.test", ALL, Optional.empty());
        assertThat(ask(socket)).endsWith("hello");
      }
      greeted.get(20, TimeUnit.SECONDS);
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // The other side tells.
    }
  }

  @Test
  void server_without_tls_is_told_from_one_that_hangs_up() throws Exception {
    try (var server = silent()) {
      var answered =
          CompletableFuture.runAsync(
              () -> {
                try (var first = server.accept()) {
                  first.getInputStream().read();
                  first
                      .getOutputStream()
                      .write("220 no TLS here\r\n".getBytes(StandardCharsets.US_ASCII));
                  first.getInputStream().readAllBytes();
                } catch (IOException e) {
                  // The client says what it saw.
                }
              });
      try (var socket = connect(server.getLocalPort(), DEADLINE)) {
        assertThatThrownBy(() -> socket.startTls(null, ALL, Optional.empty()))
            .isInstanceOf(SSLException.class)
            .hasMessageContaining("WRONG_VERSION_NUMBER");
      }
      answered.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void what_was_sent_in_plain_text_is_not_taken_for_what_is_said_in_tls() throws Exception {
    try (var server = silent()) {
      var sent =
          CompletableFuture.runAsync(
              () -> {
                try (var first = server.accept()) {
                  first.getOutputStream().write("go\nahead".getBytes(StandardCharsets.US_ASCII));
                  first.getInputStream().readAllBytes();
                } catch (IOException e) {
                  // The client says what it saw.
                }
              });
      try (var socket = connect(server.getLocalPort(), DEADLINE)) {
        assertThat(socket.input().read()).isEqualTo('g');
        assertThatThrownBy(() -> socket.startTls(null, ALL, Optional.empty()))
            .isInstanceOf(SSLException.class)
            .hasMessageContaining("in plain text");
      }
      sent.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void no_host_is_not_this_machine() {
    assertThatThrownBy(() -> Resolver.resolve("", 80, DEADLINE))
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void deadline_ends_what_waits() throws Exception {
    try (var server = silent();
        var socket = connect(server.getLocalPort(), Duration.ofMillis(50))) {
      assertThatThrownBy(() -> socket.input().read()).isInstanceOf(SocketTimeoutException.class);
      assertThatThrownBy(() -> socket.output().write(1)).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void interruption_ends_what_waits_and_stays() throws Exception {
    try (var server = silent();
        var socket = connect(server.getLocalPort(), DEADLINE)) {
      var seen = new CompletableFuture<Boolean>();
      var reader =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      seen.complete(socket.input().read() > 1000);
                    } catch (InterruptedIOException e) {
                      seen.complete(Thread.currentThread().isInterrupted());
                    } catch (IOException e) {
                      seen.completeExceptionally(e);
                    }
                  });
      reader.interrupt();
      assertThat(seen.get(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void port_where_nobody_listens_is_refused() throws Exception {
    int port;
    try (var server = silent()) {
      port = server.getLocalPort();
    }
    assertThatThrownBy(() -> connect(port, DEADLINE)).isInstanceOf(ConnectException.class);
  }

  @Test
  void socket_of_the_unix_domain_is_one_too() throws Exception {
    var address = UnixDomainSocketAddress.of(folder.resolve("s"));
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      try (var socket = ClientSocket.connect(address, DEADLINE);
          var peer = server.accept()) {
        socket.output().write("ab".getBytes(StandardCharsets.US_ASCII));
        var got = ByteBuffer.allocate(8);
        assertThat(peer.read(got)).isEqualTo(2);
        peer.write(got.flip());
        peer.shutdownOutput();
        assertThat(socket.input().readAllBytes()).isEqualTo(new byte[] {'a', 'b'});
        assertThat(socket.address()).isEqualTo(address);
      }
      assertThatThrownBy(
              () ->
                  ClientSocket.connect(
                      UnixDomainSocketAddress.of(folder.resolve("none")), DEADLINE))
          .isInstanceOf(IOException.class);
    }
  }
}
