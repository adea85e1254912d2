package io.happo.net;

import static io.happo.net.TestPackets.ANONYMOUS;
import static io.happo.net.TestPackets.ECHO;
import static org.assertj.core.api.Assertions.assertThat;

import io.happo.net.TlsVersions.Version;
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
import org.jspecify.annotations.Nullable;
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
  private static final int MAX_ANONYMOUS = 3;

  private static PacketServerSettings settings(boolean anonymous) {
    return settings(anonymous, new TlsVersions(Version.TLS_1_0, Version.TLS_1_3), null);
  }

  private static PacketServerSettings settings(
      boolean anonymous, TlsVersions versions, @Nullable String ciphers) {
    var usual = TestPackets.settings(Optional.empty());
    return new PacketServerSettings(
        usual.address(),
        usual.family(),
        usual.backlog(),
        usual.maxConnections(),
        usual.maxBegun(),
        MAX_ANONYMOUS,
        usual.maxPacketBytes(),
        usual.packetTimeout(),
        usual.idleTimeout(),
        usual.closeTimeout(),
        Optional.of(
            new PacketTls(
                TestServer.IDENTITY,
                versions,
                Optional.ofNullable(ciphers),
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

  @ParameterizedTest
  @CsvSource({
    "-Doldest=TLS_1_2, tls1_1, ADH, tls1_2, ADH",
    "-Dciphers=ALL:!ADH, tls1_2, ADH, tls1_2, AECDH",
    "-Dciphers=ADH-AES128-SHA:AES128-SHA:ECDHE-ECDSA-AES128-SHA, tls1_2, AECDH, tls1_2, ADH",
  })
  void versions_and_suites_hold_for_such_clients_too(
      String option, String badVersion, String badSuites, String version, String suites)
      throws Exception {
    Peer.need("openssl");
    var process = server(option);
    try (var lines = process.inputReader(StandardCharsets.ISO_8859_1);
        var _ = process.getOutputStream()) {
      int port = Integer.parseInt(String.valueOf(lines.readLine()));
      assertThat(ask(port, badVersion, badSuites).output()).doesNotContain("re: anonymous");
      assertThat(ask(port, version, suites).output()).contains("re: anonymous");
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TLS_1_3, ALL, 'TLS 1.3, the only version that is allowed here, does not have it'",
    "TLS_1_0, ALL:!aNULL, the list of cipher suites leaves it out",
    "TLS_1_0, ECDHE-ECDSA-AES128-SHA, the list of cipher suites leaves it out",
  })
  void client_is_refused_with_the_reason_where_versions_or_suites_leave_it_out(
      Version oldest, String ciphers, String reason) throws Exception {
    Peer.need("openssl");
    var settings = settings(true, new TlsVersions(oldest, Version.TLS_1_3), ciphers);
    try (var server = TestPackets.start(settings, ECHO)) {
      assertThat(ask(server.port, "tls1_2", "ADH").output()).contains("handshake failure");
      assertThat(server.refusal()).isEqualTo("offers only anonymous Diffie-Hellman; " + reason);
    }
  }

  @Test
  void silent_ones_are_few_and_make_room_for_a_good_one() throws Exception {
    Peer.need("openssl");
    var silent = new ArrayList<Socket>();
    var process = server();
    try (var lines = process.inputReader(StandardCharsets.ISO_8859_1);
        var _ = process.getOutputStream()) {
      int port = Integer.parseInt(String.valueOf(lines.readLine()));
      for (int i = 0; i < 2 * MAX_ANONYMOUS; i++) {
        var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
        socket.setSoTimeout(20_000);
        silent.add(socket);
        socket.getOutputStream().write(oldGreeting());
        assertThat(socket.getInputStream().read()).as("a record of a handshake").isEqualTo(0x16);
      }
      for (var dropped : silent.subList(0, MAX_ANONYMOUS)) {
        dropped.getInputStream().readAllBytes(); // Ends.
      }
      assertThat(ask(port, "tls1_2", "ADH").output()).contains("re: anonymous");
    } finally {
      for (var socket : silent) {
        socket.close();
      }
      process.destroy();
      process.waitFor();
    }
  }

  private static byte[] oldGreeting() {
    var suites = "000034" + "0000ff";
    var greeting = "01" + "0301" + "0006" + "0000" + "0010" + suites + "cc".repeat(16);
    return HexFormat.of().parseHex("801f" + greeting);
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
      socket.getOutputStream().write(oldGreeting());
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
          .contains("io.happo.net.NativeSide ", "io.happo.net.PacketConnection ")
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
      var versions =
          new TlsVersions(
              Version.valueOf(System.getProperty("oldest", "TLS_1_0")), Version.TLS_1_3);
      var settings = settings(true, versions, System.getProperty("ciphers"));
      try (var server = TestPackets.start(settings, ECHO)) {
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
