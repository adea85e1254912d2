package io.happo.net;

import static io.happo.net.TestPackets.ECHO;
import static io.happo.net.TestPackets.LONG;
import static io.happo.net.TestPackets.packet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.happo.net.PacketTls.ClientCertificates;
import io.happo.net.TlsVersions.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class PacketTlsTest {
  private static final Identity CLIENT = Identity.selfSigned("client.test");

  @TempDir private Path folder;

  private static PacketServerSettings settings(TlsVersions versions, @Nullable String ciphers) {
    return TestPackets.settings(
        Optional.of(
            new PacketTls(
                TestServer.IDENTITY,
                versions,
                Optional.ofNullable(ciphers),
                ClientCertificates.NONE,
                Optional.empty(),
                false)));
  }

  private PacketTls asking(ClientCertificates certificates) throws IOException {
    var ca = folder.resolve("ca.pem");
    Files.write(ca, CLIENT.certificatePem());
    return new PacketTls(
        TestServer.IDENTITY,
        TlsVersions.MODERN,
        Optional.empty(),
        certificates,
        Optional.of(ca),
        false);
  }

  private Identity rsa() throws Exception {
    Peer.need("openssl");
    var key = folder.resolve("rsa.key");
    var certificate = folder.resolve("rsa.crt");
    var made =
        Peer.run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=rsa.test",
            "-days",
            "2",
            "-keyout",
            key.toString(),
            "-out",
            certificate.toString());
    assertThat(made.exit()).as(made.output()).isZero();
    return Identity.read(certificate, key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void packet_is_answered(String version) throws Exception {
    try (var server = TestPackets.secure(ECHO)) {
      assertThat(server.askTls("hello", version)).isEqualTo("re: hello");
      var large = "x".repeat(50_000);
      assertThat(server.askTls(large, version)).isEqualTo("re: " + large);
      await().until(() -> server.server.connections() == 0);
      assertThat(server.refusals).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.2,TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLSv1.3,TLSv1.3 TLS_AES_128_GCM_SHA256"
  })
  void version_and_cipher_are_told_to_the_handler(String version, String told) throws Exception {
    try (var server =
            TestPackets.secure(
                (text, peer) -> {
                  var tls = peer.tls().orElseThrow();
                  return (tls.version() + " " + tls.cipher()).getBytes(StandardCharsets.US_ASCII);
                });
        var socket = server.connect()) {
      var client =
          (SSLSocket)
              TestServer.anybody().getSocketFactory().createSocket(socket, "x", server.port, true);
      client.setEnabledProtocols(new String[] {version});
      client.setEnabledCipherSuites(
          new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"});
      client.getOutputStream().write(packet("what"));
      assertThat(TestServer.readAll(client)).isEqualTo(told);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void certificate_with_an_rsa_key_is_shown(String version) throws Exception {
    var tls = TestPackets.tls(rsa());
    try (var server = TestPackets.start(TestPackets.settings(Optional.of(tls)), ECHO)) {
      assertThat(server.askTls("hello", version)).isEqualTo("re: hello");
    }
  }

  @ParameterizedTest
  @CsvSource({"TLSv1.2,21", "TLSv1.3,23"})
  void answer_is_one_record_with_the_goodbye_right_behind(String version, int goodbye)
      throws Exception {
    try (var server = TestPackets.secure((text, peer) -> new byte[16_000]);
        var relay = new Relay(server.port);
        var socket =
            (SSLSocket)
                TestServer.anybody()
                    .getSocketFactory()
                    .createSocket(relay.connect(), "x", 1, true)) {
      socket.setEnabledProtocols(new String[] {version});
      socket.getOutputStream().write(packet("x"));
      assertThat(socket.getInputStream().readAllBytes()).hasSize(16_000);
      var records = relay.records();
      var last = records.getLast();
      var answer = records.get(records.size() - 2);
      assertThat(answer.type()).isEqualTo(23);
      assertThat(answer.length()).isBetween(16_000, 16_100);
      assertThat(last.type()).isEqualTo(goodbye);
      assertThat(last.length()).isLessThan(50);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void packet_split_over_records_is_answered(String version) throws Exception {
    try (var server = TestPackets.secure(ECHO);
        var socket = server.connectTls(version)) {
      for (byte one : packet("piecemeal")) {
        socket.getOutputStream().write(one);
      }
      assertThat(TestServer.readAll(socket)).isEqualTo("re: piecemeal");
    }
  }

  @Test
  void handshake_that_arrives_byte_by_byte_succeeds() throws Exception {
    try (var server = TestPackets.secure(ECHO);
        var relay = new Relay(server.port, 1);
        var socket =
            TestServer.anybody().getSocketFactory().createSocket(relay.connect(), "x", 1, true)) {
      socket.getOutputStream().write(packet("drops"));
      assertThat(TestServer.readAll(socket)).isEqualTo("re: drops");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void bytes_after_the_packet_are_thrown_away_without_a_reset(String version) throws Exception {
    try (var server = TestPackets.secure(ECHO);
        var socket = server.connectTls(version)) {
      socket.getOutputStream().write(packet("first"));
      for (int i = 0; i < 20; i++) {
        socket.getOutputStream().write(packet("x".repeat(1_000)));
      }
      assertThat(TestServer.readAll(socket)).isEqualTo("re: first");
      assertThat(server.refusals).isEmpty();
    }
  }

  @Test
  void peer_that_ends_its_side_after_the_packet_is_answered() throws Exception {
    try (var server = TestPackets.secure(ECHO);
        var socket = server.connectTls()) {
      socket.getOutputStream().write(packet("half"));
      socket.shutdownOutput();
      assertThat(TestServer.readAll(socket)).isEqualTo("re: half");
    }
  }

  @Test
  void refused_packet_closes_in_order() throws Exception {
    try (var server =
        TestPackets.secure(
            (text, peer) -> {
              throw new RefusedPacketException("is bad");
            })) {
      assertThat(server.askTls("x")).isEmpty();
      assertThat(server.refusal()).isEqualTo("is bad");
      try (var socket = server.connectTls()) {
        TestServer.send(socket, "X");
        assertThat(TestServer.readAll(socket)).isEmpty();
        assertThat(server.refusal()).isEqualTo("no packet");
      }
    }
  }

  @Test
  void peer_that_is_not_admitted_gets_no_byte_of_tls() throws Exception {
    var tls = Optional.of(TestPackets.tls(TestServer.IDENTITY));
    try (var server = TestPackets.start(TestPackets.settings(tls), ECHO, false);
        var relay = new Relay(server.port)) {
      assertThatThrownBy(
              () ->
                  TestServer.anybody()
                      .getSocketFactory()
                      .createSocket(relay.connect(), "x", 1, true)
                      .getInputStream()
                      .read())
          .isInstanceOf(IOException.class);
      assertThat(server.refusal()).isEqualTo("is a stranger");
      assertThat(relay.answered()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "\0\2\0\1", "\200\200garbage", "\26\1zzzz"})
  void peer_that_does_not_speak_tls_is_reset(String words) throws Exception {
    try (var server = TestPackets.secure(ECHO);
        var socket = server.connect()) {
      TestServer.send(socket, words);
      assertThatThrownBy(() -> TestServer.readAll(socket)).isInstanceOf(SocketException.class);
      assertThat(server.refusal()).isEqualTo("does not speak TLS, which this port demands");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\26", "\26\3\1\2\0\1", "\26\3\1\0\5garbage\0\0\0\0"})
  void handshake_that_does_not_go_on_is_closed_and_told(String words) throws Exception {
    var tls = Optional.of(TestPackets.tls(TestServer.IDENTITY));
    var brief = Duration.ofMillis(200);
    try (var server = TestPackets.start(TestPackets.settings(tls, 10, brief, LONG, LONG), ECHO);
        var socket = server.connect()) {
      TestServer.send(socket, words);
      socket.getInputStream().readAllBytes();
      assertThat(server.refusal())
          .containsAnyOf("gave no whole packet within 0.2 seconds", "TLS failed: ");
      socket.shutdownOutput();
      await().until(() -> server.server.connections() == 0);
    }
  }

  @Test
  void peer_that_never_reads_a_large_answer_is_closed_after_the_close_time() throws Exception {
    var large = new byte[16 * 1024 * 1024];
    var tls = Optional.of(TestPackets.tls(TestServer.IDENTITY));
    var brief = Duration.ofMillis(200);
    try (var server =
            TestPackets.start(
                TestPackets.settings(tls, 10, LONG, LONG, brief), (text, peer) -> large);
        var socket = server.connectTls()) {
      socket.getOutputStream().write(packet("x"));
      assertThat(server.refusal()).isEqualTo("did not read its answer within 0.2 seconds");
      await().until(() -> server.server.connections() == 0);
      assertThat(server.server.budget().held()).isZero();
    }
  }

  @Test
  void peer_that_resets_within_the_handshake_leaves_nothing() throws Exception {
    try (var server = TestPackets.secure(ECHO)) {
      for (int i = 0; i < 20; i++) {
        var socket = server.connect();
        TestServer.send(socket, "\26\3\1\2\0\1");
        TestServer.reset(socket);
      }
      await().until(() -> server.server.connections() == 0);
      assertThat(server.askTls("good")).isEqualTo("re: good");
    }
  }

  @Test
  void idle_connections_do_not_stop_a_good_client() throws Exception {
    var idle = new ArrayList<Socket>();
    var tls = Optional.of(TestPackets.tls(TestServer.IDENTITY));
    try (var server = TestPackets.start(TestPackets.settings(tls, 500, LONG, LONG, LONG), ECHO)) {
      try {
        for (int i = 0; i < 1_000; i++) {
          idle.add(server.connect());
        }
        assertThat(server.askTls("good")).isEqualTo("re: good");
        assertThat(server.server.connections()).isLessThanOrEqualTo(500);
      } finally {
        for (var socket : idle) {
          socket.close();
        }
      }
    }
  }

  @Test
  void new_certificate_greets_new_connections_and_a_bad_one_changes_nothing() throws Exception {
    try (var server = TestPackets.secure(ECHO);
        var open = server.connectTls()) {
      var before = open.getSession().getPeerCertificates()[0];
      assertThatThrownBy(
              () -> server.server.use(TestPackets.tls(new Identity(new byte[3], new byte[3]))))
          .isInstanceOf(UncheckedIOException.class);
      try (var same = server.connectTls()) {
        assertThat(same.getSession().getPeerCertificates()[0]).isEqualTo(before);
      }
      server.server.use(TestPackets.tls(Identity.selfSigned("other.test")));
      try (var later = server.connectTls()) {
        assertThat(later.getSession().getPeerCertificates()[0]).isNotEqualTo(before);
      }
      open.getOutputStream().write(packet("open"));
      assertThat(TestServer.readAll(open)).isEqualTo("re: open");
    }
  }

  @Test
  void list_of_suites_that_cannot_be_used_is_named() {
    assertThatThrownBy(() -> TestPackets.start(settings(TlsVersions.MODERN, "NO-SUCH"), ECHO))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("\"NO-SUCH\"")
        .hasMessageContaining("take ALL");
  }

  @Test
  void list_of_suites_that_goes_with_no_such_key_is_told() {
    var old = new TlsVersions(Version.TLS_1_2, Version.TLS_1_2);
    assertThatThrownBy(() -> TestPackets.start(settings(old, "ECDHE-RSA-AES128-SHA"), ECHO))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(
            "\"ECDHE-RSA-AES128-SHA\" goes with a certificate whose key is ECDSA");
  }

  @Test
  void list_of_suites_is_obeyed_and_the_level_of_openssl_means_nothing() throws Exception {
    var list = "ECDHE-ECDSA-AES256-GCM-SHA384:!MD5:@STRENGTH:@SECLEVEL=0";
    try (var server = TestPackets.start(settings(TlsVersions.MODERN, list), ECHO)) {
      try (var socket = server.connectTls("TLSv1.2")) {
        assertThat(socket.getSession().getCipherSuite())
            .isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
        socket.getOutputStream().write(packet("x"));
        assertThat(TestServer.readAll(socket)).isEqualTo("re: x");
      }
      try (var socket = TestServer.anybody().getSocketFactory().createSocket()) {
        var other = (SSLSocket) socket;
        other.setEnabledProtocols(new String[] {"TLSv1.2"});
        other.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
        other.connect(server.server.address());
        assertThatThrownBy(other::startHandshake).isInstanceOf(SSLHandshakeException.class);
        assertThat(server.refusal())
            .isEqualTo("TLS failed: the client offers no cipher suite that is allowed here");
      }
    }
  }

  @Test
  void version_that_is_not_allowed_is_refused_and_told() throws Exception {
    var newest = new TlsVersions(Version.TLS_1_3, Version.TLS_1_3);
    try (var server = TestPackets.start(settings(newest, null), ECHO)) {
      assertThat(server.askTls("x", "TLSv1.3")).isEqualTo("re: x");
      assertThatThrownBy(() -> server.connectTls("TLSv1.2"))
          .isInstanceOf(SSLHandshakeException.class);
      assertThat(server.refusal())
          .isEqualTo("TLS failed: the client offers no version of TLS that is allowed here");
    }
  }

  @ParameterizedTest
  @CsvSource({"TLS_1_0,-tls1,TLSv1", "TLS_1_1,-tls1_1,TLSv1.1"})
  void old_version_is_spoken_only_when_asked_for(Version version, String option, String name)
      throws Exception {
    Peer.need("openssl");
    var old = new TlsVersions(version, Version.TLS_1_3);
    try (var server = TestPackets.start(settings(old, null), ECHO)) {
      var outcome = greet(server.port, option);
      assertThat(outcome.output()).contains("Protocol  : " + name + "\n");
    }
    try (var server = TestPackets.secure(ECHO)) {
      assertThat(greet(server.port, option).exit()).isNotZero();
      assertThat(server.refusal()).contains("no version of TLS");
    }
  }

  private static Peer.Outcome greet(int port, String option) throws Exception {
    return Peer.run(
        "openssl",
        "s_client",
        "-connect",
        "127.0.0.1:" + port,
        option,
        "-cipher",
        "ALL:@SECLEVEL=0");
  }

  @ParameterizedTest
  @CsvSource({"ASK,TLSv1.2", "ASK,TLSv1.3", "REQUIRE,TLSv1.2", "REQUIRE,TLSv1.3"})
  void good_client_certificate_is_told_to_the_handler(
      ClientCertificates certificates, String version) throws Exception {
    try (var server = certain(certificates)) {
      assertThat(askAs(CLIENT, server, version)).isEqualTo("CN=client.test by CN=client.test");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void client_without_a_certificate_is_served_only_when_none_is_required(String version)
      throws Exception {
    try (var server = certain(ClientCertificates.ASK)) {
      assertThat(askAs(null, server, version)).isEqualTo("nobody");
    }
    try (var server = certain(ClientCertificates.REQUIRE)) {
      assertThatThrownBy(() -> askAs(null, server, version)).isInstanceOf(IOException.class);
      assertThat(server.refusal())
          .isEqualTo("TLS failed: the client shows no certificate, and one is required");
    }
  }

  @ParameterizedTest
  @CsvSource({"ASK,TLSv1.2", "ASK,TLSv1.3", "REQUIRE,TLSv1.2", "REQUIRE,TLSv1.3"})
  void certificate_of_another_authority_is_refused(ClientCertificates certificates, String version)
      throws Exception {
    try (var server = certain(certificates)) {
      var stranger = Identity.selfSigned("stranger.test");
      assertThatThrownBy(() -> askAs(stranger, server, version)).isInstanceOf(IOException.class);
      assertThat(server.refusal())
          .startsWith(
              "TLS failed: certificate of CN=stranger.test is not from a trusted authority");
    }
  }

  private TestPackets certain(ClientCertificates certificates) throws IOException {
    return TestPackets.start(
        TestPackets.settings(Optional.of(asking(certificates))),
        (text, peer) ->
            peer.tls()
                .orElseThrow()
                .certificate()
                .map(certificate -> certificate.subject() + " by " + certificate.issuer())
                .orElse("nobody")
                .getBytes(StandardCharsets.US_ASCII));
  }

  private static String askAs(@Nullable Identity identity, TestPackets server, String version)
      throws Exception {
    var context = SSLContext.getInstance("TLS");
    context.init(
        identity == null ? null : new KeyManager[] {new ShownAlways(identity)},
        new TrustManager[] {new TestServer.Anybody()},
        new SecureRandom());
    try (var socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(server.connect(), "x", server.port, true)) {
      socket.setEnabledProtocols(new String[] {version});
      socket.startHandshake();
      socket.getOutputStream().write(packet("who"));
      var answer = TestServer.readAll(socket);
      if (answer.isEmpty()) {
        throw new SSLException("closed without an answer");
      }
      return answer;
    }
  }
}
