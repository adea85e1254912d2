package io.happo.net;

import static io.happo.net.TestPackets.ANONYMOUS;
import static io.happo.net.TestPackets.ECHO;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients that know nothing but anonymous Diffie-Hellman. The JDK reads what it forbids once a
 * process, so the server runs in a process of its own.
 */
@Timeout(120)
final class AnonymousTlsTest {
  private static PacketServerSettings settings(boolean anonymous) {
    return TestPackets.settings(
        Optional.of(
            new PacketTls(
                TestServer.IDENTITY,
                TlsVersions.MODERN,
                Optional.empty(),
                PacketTls.ClientCertificates.NONE,
                Optional.empty(),
                anonymous)));
  }

  private static List<String> greeting(int port, String version, String suites) {
    return new ArrayList<>(
        List.of(
            "openssl",
            "s_client",
            "-connect",
            "127.0.0.1:" + port,
            "-cipher",
            suites + ":@SECLEVEL=0",
            "-" + version,
            "-ign_eof"));
  }

  private static Peer.Outcome ask(int port, String version, String suites) throws Exception {
    var packet = new String(TestPackets.packet("anonymous"), StandardCharsets.ISO_8859_1);
    return Peer.run(greeting(port, version, suites), packet);
  }

  private static Process server(String... options) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName()));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  @ParameterizedTest
  @CsvSource({
    "tls1_2, ADH, 'DH, 2048 bits'",
    "tls1_2, AECDH, ''",
    "tls1_1, ADH, 'DH, 2048 bits'",
    "tls1, ADH, 'DH, 2048 bits'",
  })
  void client_of_openssl_is_let_in_when_that_is_wanted(String version, String suites, String key)
      throws Exception {
    Peer.need("openssl");
    var process = server();
    try (var lines = process.inputReader(StandardCharsets.ISO_8859_1);
        var _ = process.getOutputStream()) {
      int port = Integer.parseInt(String.valueOf(lines.readLine()));
      var outcome = ask(port, version, suites);
      assertThat(outcome.output()).contains("re: anonymous", key);
      try (var relay = new Relay(port, 1)) {
        assertThat(ask(relay.port(), version, suites).output()).contains("re: anonymous");
      }
      // Others are served by the library as ever, in the same process.
      var secure = Peer.run(greeting(port, "tls1_3", "ADH"), "P\0\4x");
      assertThat(secure.output()).contains("re: x", "TLSv1.3");
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  @Test
  void greeting_in_the_form_of_ssl_2_is_answered_in_that_of_tls() throws Exception {
    var process = server();
    try (var lines = process.inputReader(StandardCharsets.ISO_8859_1);
        var _ = process.getOutputStream();
        var socket =
            new Socket(
                InetAddress.ofLiteral("127.0.0.1"),
                Integer.parseInt(String.valueOf(lines.readLine())))) {
      socket.setSoTimeout(20_000);
      var suites = "000034" + "0000ff";
      var greeting = "01" + "0301" + "0006" + "0000" + "0010" + suites + "cc".repeat(16);
      socket.getOutputStream().write(HexFormat.of().parseHex("801f" + greeting));
      var answer = socket.getInputStream().readNBytes(6);
      assertThat(HexFormat.of().formatHex(answer))
          .as("a record of TLS 1.0 with a ServerHello")
          .startsWith("160301")
          .endsWith("02");
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  @Test
  void client_of_the_jdk_is_let_in_and_nothing_of_its_tls_is_loaded_before() throws Exception {
    var process = server("-Xlog:class+load");
    try (var lines = process.inputReader(StandardCharsets.ISO_8859_1);
        var in = process.outputWriter(StandardCharsets.US_ASCII)) {
      var before = new StringBuilder();
      for (var line = lines.readLine(); !line.matches("[0-9]+"); line = lines.readLine()) {
        before.append(line).append('\n');
      }
      in.write("plain\n");
      in.flush();
      for (var line = lines.readLine(); !line.equals("re: modern"); line = lines.readLine()) {
        before.append(line).append('\n');
      }
      assertThat(before)
          .contains("io.happo.net.TlsHandler ", "io.happo.net.PacketConnection ")
          .doesNotContain("sun.security.ssl.", "javax.net.ssl.SSLContext ");
      in.write("anonymous\n");
      in.flush();
      var after = new StringBuilder();
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        after.append(line).append('\n');
      }
      assertThat(after).contains("sun.security.ssl.", "\nre: old\n");
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  @ParameterizedTest
  @CsvSource({"tls1_2", "tls1"})
  void client_is_refused_with_the_remedy_when_it_is_not_wanted(String version) throws Exception {
    Peer.need("openssl");
    try (var server = TestPackets.start(settings(false), ECHO)) {
      var outcome = ask(server.port, version, "ADH");
      assertThat(outcome.output()).contains("handshake failure").doesNotContain("re: ");
      assertThat(outcome.exit()).isNotZero();
      assertThat(server.refusal()).isEqualTo(ANONYMOUS);
    }
  }

  @Test
  void client_that_offers_more_than_that_is_served_by_the_library() throws Exception {
    Peer.need("openssl");
    try (var server = TestPackets.start(settings(false), ECHO)) {
      assertThat(ask(server.port, "tls1_2", "ALL").output())
          .contains("re: anonymous", "ECDHE-ECDSA");
      assertThat(server.refusals).isEmpty();
    }
  }

  @Test
  void suites_for_another_kind_of_key_do_not_count() throws Exception {
    Peer.need("openssl");
    try (var server = TestPackets.start(settings(false), ECHO)) {
      // Our key is ECDSA.
      ask(server.port, "tls1_2", "ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA:ADH");
      assertThat(server.refusal()).isEqualTo(ANONYMOUS);
    }
  }

  /** A server that lets such clients in; asks itself what it is told to ask. */
  static final class Program {
    public static void main(String[] arguments) throws Exception {
      try (var server = TestPackets.start(settings(true), ECHO)) {
        System.out.println(server.port);
        var orders =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (var order = orders.readLine(); order != null; order = orders.readLine()) {
          if (order.equals("plain")) {
            System.out.println(askByLibrary(server.port));
          } else {
            System.out.println(askByJdk(server));
            break;
          }
        }
      }
    }

    /** By BoringSSL, since the JDK's TLS must not be touched. */
    private static String askByLibrary(int port) throws Exception {
      var packet = new String(TestPackets.packet("modern"), StandardCharsets.ISO_8859_1);
      var said = Peer.run(greeting(port, "tls1_3", "ALL"), packet).output();
      return said.contains("re: modern") ? "re: modern" : said;
    }

    private static String askByJdk(TestPackets server) throws Exception {
      // What the server allowed this process holds for its clients too, once it was used.
      ask(server.port, "tls1_2", "ADH");
      var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.port);
      try (var socket = (SSLSocket) TestServer.anybody().getSocketFactory().createSocket()) {
        socket.connect(address);
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        socket.setEnabledCipherSuites(new String[] {"TLS_DH_anon_WITH_AES_128_GCM_SHA256"});
        socket.getOutputStream().write(TestPackets.packet("old"));
        return TestServer.readAll(socket);
      }
    }
  }
}
