package io.happo.agent.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The built-in check_http beside Debian's plugin, both asking the same server. */
class HttpParityTest {
  private static final Map<String, Duration> GOOD_FOR =
      Map.of(
          "good", Duration.ofDays(100).plusHours(12),
          "soon", Duration.ofDays(5).plusHours(12),
          "day", Duration.ofHours(30),
          "hours", Duration.ofMinutes(150),
          "minutes", Duration.ofMinutes(30),
          "expired", Duration.ofDays(-5));

  @TempDir Path folder;

  private final List<FakeHttp> servers = new ArrayList<>();

  private FakeHttp start(FakeHttp server) {
    servers.add(server);
    return server;
  }

  @AfterEach
  void close() throws IOException {
    for (var server : servers) {
      server.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> built_in_check_answers_as_the_plugin_does() throws Exception {
    assumeTrue(Parity.has("check_http"), "there is no check_http");
    assumeTrue(TestCertificates.canBeMade(), "there is no openssl");
    var places = new HashMap<String, String>();
    var plain = start(new FakeHttp(null));
    var certificates = new TestCertificates(folder);
    for (var one : GOOD_FOR.entrySet()) {
      var name = one.getKey();
      certificates.make(name, "/CN=" + name + ".test/O=Org", Duration.ofDays(-10), one.getValue());
      places.put(name, String.valueOf(start(new FakeHttp(certificates.server(name))).port()));
    }
    var secure = servers.getLast();
    plain.knows(secure);
    secure.knows(plain);
    places.put("port", String.valueOf(plain.port()));
    places.put("tls", String.valueOf(secure.port()));
    places.put("folder", folder.toString());
    try (var closed = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      places.put("closed", String.valueOf(closed.getLocalPort()));
    }
    var parity = new Parity(folder.resolve("state"));
    return Parity.cases("check_http", places).stream()
        .map(one -> DynamicTest.dynamicTest(one.toString(), () -> look(parity, one)));
  }

  private static void look(Parity parity, Parity.Case one) throws Exception {
    var theirs = parity.theirs(one);
    var ours = parity.ours(one);
    var differences = Parity.differences(theirs, ours);
    if (one.difference().isPresent()) {
      assertThat(differences).as("differs no more: take the mark away").isNotEmpty();
    } else {
      assertThat(differences)
          .as("theirs:%n%s%nours:%n%s", theirs.output(), ours.output())
          .isEmpty();
    }
  }
}
