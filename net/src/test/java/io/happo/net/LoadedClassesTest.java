package io.happo.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The agent's memory has no room for the JDK's TLS (18 MB): server and client must do without it.
 */
@Timeout(60)
final class LoadedClassesTest {
  @Test
  void server_and_client_never_load_the_tls_of_the_jdk() throws Exception {
    var outcome =
        Peer.run(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName()),
            "");
    assertThat(outcome.exit()).as(outcome.output()).isZero();
    assertThat(outcome.output())
        .contains("answered 200", "io.happo.net.NativeSide")
        .doesNotContain(
            "sun.security.ssl.",
            "javax.net.ssl.SSLContext ",
            "javax.net.ssl.TrustManagerFactory ",
            "java.util.logging.Logger ");
  }

  /** What runs in a process of its own. */
  static final class Program {
    public static void main(String[] arguments) throws Exception {
      var identity = Identity.selfSigned("agent.test");
      var settings =
          new HttpsServerSettings(
              new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
              10,
              8_192,
              100,
              1_000_000,
              Duration.ofSeconds(20),
              Optional.empty());
      try (var server =
          HttpsServer.start(settings, identity, request -> Response.text(200, "OK"))) {
        var uri = URI.create("https://127.0.0.1:" + server.address().getPort() + "/");
        for (var trust : List.of(new Trust.Anything(), identity.pin())) {
          try (var client = new HttpsClient(trust, Optional.of(identity))) {
            var answer = client.send("GET", uri, Headers.NONE, new byte[0], Duration.ofSeconds(20));
            System.out.println("answered " + answer.status());
          }
        }
      }
    }
  }
}
