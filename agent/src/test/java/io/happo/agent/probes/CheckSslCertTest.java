package io.happo.agent.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.happo.agent.checks.FakeHttp;
import io.happo.agent.checks.TestCertificates;
import io.happo.net.Identity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckSslCertTest {
  private static final Duration AGO = Duration.ofDays(-10);

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private Asked asked;

  @BeforeEach
  void begin() {
    asked = new Asked(folder);
  }

  @AfterEach
  void end() throws Exception {
    for (var one : open) {
      one.close();
    }
  }

  private int serve(SSLContext tls) throws IOException {
    var server = new FakeHttp(tls);
    open.add(server);
    return server.port();
  }

  private TestCertificates certificates() throws IOException {
    assumeTrue(TestCertificates.canBeMade(), "there is no openssl");
    return new TestCertificates(folder);
  }

  private String says(int port, String options) {
    return asked.says("check_ssl_cert -H 127.0.0.1 -p " + port + " " + options);
  }

  @Test
  void certificate_that_signs_itself_must_be_allowed() throws Exception {
    int port = serve(TestCertificates.server(Identity.selfSigned("self.test")));
    assertThat(says(port, ""))
        .startsWith("2: SSL_CERT CRITICAL - 127.0.0.1:" + port + ": certificate 'self.test' from ")
        .contains("it is signed by itself, which -s (--selfsigned) allows|days_chain_elem1=365");
    assertThat(says(port, "-s")).startsWith("0: SSL_CERT OK").endsWith(";20;15;;");
    assertThat(says(port, "-A")).startsWith("0: SSL_CERT OK");
    assertThat(says(port, "-s -v")).contains("\nTLSv1.3, ");
  }

  @Test
  void chain_must_lead_to_an_authority_and_may_have_more_behind_it() throws Exception {
    var made = certificates();
    made.make("root", "/CN=Root", AGO, Duration.ofDays(400));
    made.make("other", "/CN=Other", AGO, Duration.ofDays(400));
    made.make("leaf.test", "root", "/CN=leaf.test/O=Org", AGO, Duration.ofDays(100));
    int port = serve(made.server("leaf.test"));
    var trusted = "--sni leaf.test -r " + made.pem("root");
    assertThat(says(port, trusted))
        .startsWith("0: SSL_CERT OK")
        .contains("certificate 'leaf.test' from 'Root' valid until ");
    assertThat(says(port, "--sni leaf.test -r " + made.pem("other")))
        .startsWith("2: ")
        .contains("not from a trusted authority");
    assertThat(says(port, "--sni leaf.test")).startsWith("2: ").contains("not from a trusted");
    assertThat(says(port, "-r " + made.pem("root")))
        .startsWith("2: ")
        .contains(", certificate is not for 127.0.0.1 but for leaf.test|");
    assertThat(says(port, "--ignore-host-cn -r " + made.pem("root"))).startsWith("0: ");
    assertThat(says(port, trusted + " -m leaf.test -n ^LEAF -i Root -o O=Org")).startsWith("0: ");
    assertThat(says(port, trusted + " -m www.test")).startsWith("2: ").contains("not for www.test");
    assertThat(says(port, trusted + " -n www"))
        .startsWith("2: ")
        .contains("its common name is 'leaf.test', which is not what is wanted");
    assertThat(says(port, trusted + " -i Verisign")).startsWith("2: ").contains("its issuer is");
    assertThat(says(port, trusted + "x")).startsWith("3: UNKNOWN - file of authorities ");
    int more = serve(made.server("leaf.test", "root", "other"));
    assertThat(says(more, trusted)).startsWith("0: ").contains(" days_chain_elem3=399;20;15;;");
  }

  @ParameterizedTest
  @CsvSource({
    "100, '', 0: SSL_CERT OK",
    "18, '', 1: SSL_CERT WARNING",
    "18, -w 10 -c 5, 0: SSL_CERT OK",
    "14, '', 2: SSL_CERT CRITICAL",
    "-1, '', 2: SSL_CERT CRITICAL",
    "14, -w 5 -c 10, 3: check_ssl_cert: -c"
  })
  void days_that_are_left_are_judged(int days, String options, String begin) throws Exception {
    var made = certificates();
    made.make("one", "/CN=one.test", AGO, Duration.ofDays(days).plusHours(2));
    assertThat(says(serve(made.server("one")), "-s --ignore-host-cn " + options)).startsWith(begin);
    assertThat(asked.says("check_ssl_cert -f " + made.pem("one") + " " + options))
        .startsWith(begin);
  }

  @Test
  void certificate_of_the_future_is_told() throws Exception {
    var made = certificates();
    made.make("one", "/CN=one.test", Duration.ofDays(5), Duration.ofDays(100));
    assertThat(asked.says("check_ssl_cert -f " + made.pem("one")))
        .startsWith("2: ")
        .contains("it is good only from ");
  }

  @Test
  void file_is_judged_by_what_is_asked_for() throws Exception {
    var valid = Files.write(folder.resolve("b"), Identity.selfSigned("b.test").certificatePem());
    var file = Files.write(folder.resolve("a"), Identity.selfSigned("file.test").certificatePem());
    assertThat(asked.says("check_ssl_cert -f " + file + " -m file.test")).startsWith("0: SSL_CERT");
    assertThat(asked.says("check_ssl_cert -f " + file + " -m else.test")).startsWith("2: SSL_CERT");
    assertThat(asked.says("check_ssl_cert -f " + file + " -r " + file)).startsWith("0: SSL_CERT");
    assertThat(asked.says("check_ssl_cert -f " + file + "x"))
        .startsWith("3: UNKNOWN - there is no");
    Files.writeString(file, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    assertThat(asked.says("check_ssl_cert -f " + file)).startsWith("3: UNKNOWN - " + file);
    Files.writeString(file, "");
    assertThat(asked.says("check_ssl_cert -f " + file)).startsWith("3: UNKNOWN - " + file);
    assertThat(asked.says("check_ssl_cert -f /dev/zero"))
        .startsWith("3: UNKNOWN - /dev/zero is no file; give one");
    assertThat(asked.says("check_ssl_cert -r /dev/zero -f " + valid))
        .startsWith("3: UNKNOWN - /dev/zero is larger than a PEM file can be");
    assertThat(asked.says("check_ssl_cert")).startsWith("3: check_ssl_cert: needs either");
    assertThat(asked.says("check_ssl_cert -f a -H b")).startsWith("3: check_ssl_cert: needs eith");
  }

  @ParameterizedTest
  @CsvSource({
    "smtp, 220-a~220 b|EHLO happo-agent:250-a~250 STARTTLS|STARTTLS:220 go",
    "imap, * OK hello|a STARTTLS:* X~a OK go",
    "pop3, +OK hello|STLS:+OK",
    "ftp, 220-a~  b~220 c|AUTH TLS:234 go"
  })
  void protocol_goes_on_in_tls(String protocol, String script) throws Exception {
    var tls = TestCertificates.server(Identity.selfSigned("mail.test"));
    int port = talk(script, tls);
    assertThat(says(port, "-s -P " + protocol)).startsWith("0: SSL_CERT OK");
  }

  @ParameterizedTest
  @CsvSource({
    "smtp, 554 no, it says: 554 no",
    "smtp, 220 a|EHLO happo-agent:250 a|STARTTLS:502 no, it says: 502 no",
    "imap, * OK hello|a STARTTLS:a BAD, it says: a BAD",
    "pop3, +OK|STLS:-ERR, it says: -ERR",
    "https, 220 no TLS, WRONG_VERSION_NUMBER",
    "nntp, 200 a, is not known"
  })
  void protocol_that_does_not_is_told(String protocol, String script, String reason)
      throws Exception {
    var tls = TestCertificates.server(Identity.selfSigned("mail.test"));
    assertThat(says(talk(script, tls), "-s -P " + protocol)).contains(reason);
  }

  /** A server that says the first part, then each answer to each line that it waits for. */
  private int talk(String script, SSLContext tls) throws IOException {
    var server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
    open.add(server);
    Thread.ofVirtual()
        .start(
            () -> {
              try (var socket = server.accept()) {
                var out = socket.getOutputStream();
                var in =
                    new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1),
                        1);
                for (var part : script.split("\\|", -1)) {
                  int colon = part.indexOf(':');
                  if (colon >= 0) {
                    assertThat(in.readLine()).isEqualTo(part.substring(0, colon));
                  }
                  var answer = part.substring(colon + 1).replace("~", "\r\n") + "\r\n";
                  out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
                }
                var secure = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, 0, true);
                secure.setUseClientMode(false);
                secure.startHandshake();
                secure.getInputStream().readAllBytes();
              } catch (IOException e) {
                // The client says what it saw.
              }
            });
    return server.getLocalPort();
  }

  @Test
  void nobody_there_is_told() throws Exception {
    int port;
    try (var server = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      port = server.getLocalPort();
    }
    assertThat(says(port, ""))
        .isEqualTo(
            "2: SSL_CERT CRITICAL - no certificate of 127.0.0.1:"
                + port
                + ": connect to address 127.0.0.1 and port "
                + port
                + ": Connection refused");
  }
}
