package io.happo.agent.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built-in checks of servers beside Debian's plugins, both asking the same servers. */
class ProbeParityTest {
  private static final Map<String, Duration> GOOD_FOR =
      Map.of(
          "soon", Duration.ofDays(5).plusHours(12),
          "expired", Duration.ofDays(-5),
          "good", Duration.ofDays(100).plusHours(12));

  /** Cases at once: most wait for servers that are slow or silent. */
  private static final int AT_ONCE = 24;

  private static final String DNS = "127.53.0.1";
  private static final List<String> CHECKS =
      List.of(
          "check_tcp",
          "check_udp",
          "check_ftp",
          "check_pop",
          "check_imap",
          "check_nntp",
          "check_clamd",
          "check_jabber",
          "check_ssmtp",
          "check_spop",
          "check_simap",
          "check_nntps",
          "check_ssh",
          "check_smtp",
          "check_ntp_time");

  @TempDir Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Map<String, String> places = new HashMap<>();

  @BeforeEach
  void start() throws Exception {
    need(Parity.has("check_tcp"), "check_tcp");
    need(TestCertificates.canBeMade(), "openssl");
    var certificates = new TestCertificates(folder);
    for (var one : GOOD_FOR.entrySet()) {
      var name = one.getKey();
      certificates.make(name, "/CN=" + name + ".test/O=Org", Duration.ofDays(-10), one.getValue());
    }
    for (var talk : talks()) {
      int blank = talk.indexOf(' ');
      var name = talk.substring(0, blank);
      var tls = certificates.server(GOOD_FOR.containsKey(name) ? name : "good");
      var server = new FakeTalk(talk.substring(blank + 1), tls);
      open.add(server);
      places.put(name, String.valueOf(server.port()));
    }
    listen("udpecho", new FakeUdp(List::of));
    listen("udpsilent", new FakeUdp(packet -> List.of()));
    try (var closed = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        var closedUdp = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      places.put("closed", String.valueOf(closed.getLocalPort()));
      places.put("udpclosed", String.valueOf(closedUdp.getLocalPort()));
    }
    var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    open.add(socket);
    socket.bind(UnixDomainSocketAddress.of(folder.resolve("socket")));
    places.put("socket", folder.resolve("socket").toString());
    Thread.ofVirtual().start(() -> greet(socket));
    listen("ntp", FakeNtp.server(new FakeNtp.Clock(0, 1, Duration.ofMillis(300))));
    listen("ahead", FakeNtp.server(new FakeNtp.Clock(0, 2, Duration.ofMillis(100_300))));
    listen("behind", FakeNtp.server(new FakeNtp.Clock(0, 2, Duration.ofSeconds(-200))));
    listen("unsynced", FakeNtp.server(new FakeNtp.Clock(3, 2, Duration.ZERO)));
    listen("stratum0", FakeNtp.server(new FakeNtp.Clock(0, 0, Duration.ZERO)));
    listen("stratum16", FakeNtp.server(new FakeNtp.Clock(0, 16, Duration.ZERO)));
  }

  private static void need(boolean isThere, String program) {
    assumeTrue(
        isThere || "required".equals(System.getProperty("happo.peers")), program + " is not there");
  }

  private static List<String> talks() throws IOException {
    try (var in = ProbeParityTest.class.getResourceAsStream("/parity/talks.txt")) {
      if (in == null) {
        throw new IOException("there is no parity/talks.txt");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }

  private static void greet(ServerSocketChannel server) {
    try {
      while (true) {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> greet(socket));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private static void greet(SocketChannel client) {
    try (client) {
      client.write(StandardCharsets.UTF_8.encode("hello\n"));
    } catch (IOException e) {
      // It has gone.
    }
  }

  private void listen(String name, FakeUdp server) {
    open.add(server);
    places.put(name, String.valueOf(server.port()));
  }

  @AfterEach
  void close() throws Exception {
    for (var one : open) {
      one.close();
    }
  }

  @Test
  void built_in_checks_answer_as_the_plugins_do() throws Exception {
    assertThat(judge(CHECKS)).isEmpty();
  }

  @Test
  void built_in_check_dns_answers_as_the_plugin_does() throws Exception {
    need(Parity.has("check_dns"), "check_dns");
    need(Files.isExecutable(Path.of("/usr/bin/nslookup")), "nslookup");
    try {
      open.add(new FakeDns(DNS, 53));
    } catch (BindException e) {
      abort("port 53 is not free, or not for us: nslookup takes no other");
    }
    places.put("dns", DNS);
    places.put("nobody", "127.53.0.9");
    assertThat(judge(List.of("check_dns"))).isEmpty();
  }

  @Test
  void built_in_check_ping_answers_as_the_plugin_does() throws Exception {
    need(Parity.has("check_ping"), "check_ping");
    var one = new Parity.Case("check_ping", "-H 127.0.0.1 -w 1,9% -c 2,9% -p 1", Optional.empty());
    var parity = new Parity(folder.resolve("state"));
    assumeTrue(parity.theirs(one).output().startsWith("PING"), "ping does not work here");
    assumeFalse(parity.ours(one).output().contains("TCP"), "ICMP is not allowed here");
    assertThat(judge(List.of("check_ping"))).isEmpty();
  }

  private List<String> judge(List<String> checks) throws IOException {
    var parity = new Parity(folder.resolve("state"));
    var found = new ArrayList<CompletableFuture<String>>();
    try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (var check : checks) {
        for (var one : Parity.cases(check, places)) {
          found.add(CompletableFuture.supplyAsync(() -> parity.judge(one), threads));
        }
      }
    }
    return found.stream().map(CompletableFuture::join).filter(told -> !told.isEmpty()).toList();
  }
}
