package io.happo.agent.cli;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A real HTTP or HTTPS server on 127.0.0.1 that notes what it is asked and answers as a test wants.
 */
final class RecordingPeer implements AutoCloseable {
  /** What is answered. */
  record Reply(int status, String body) {}

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final String scheme;

  private RecordingPeer(HttpServer server, String scheme, Function<String, Reply> replies) {
    this.server = server;
    this.scheme = scheme;
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var type = exchange.getRequestHeaders().getFirst("Content-Type");
            requests.add(
                exchange.getRequestMethod()
                    + " "
                    + exchange.getRequestURI()
                    + (type == null ? "" : " " + type)
                    + (body.isEmpty() ? "" : " " + body));
            var reply = replies.apply(body);
            var bytes = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    server.start();
  }

  static RecordingPeer plain(Function<String, Reply> replies) throws IOException {
    return new RecordingPeer(HttpServer.create(address(), 0), "http", replies);
  }

  static RecordingPeer encrypted(SelfSigned identity, Function<String, Reply> replies)
      throws Exception {
    var server = HttpsServer.create(address(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(identity.context()));
    return new RecordingPeer(server, "https", replies);
  }

  int port() {
    return server.getAddress().getPort();
  }

  String endpoint() {
    return scheme + "://127.0.0.1:" + port();
  }

  /** All requests: method, target, Content-Type and body, with blanks between. */
  List<String> requests() {
    return requests;
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private static InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  /** A key and a certificate for 127.0.0.1 that the JDK's keytool made. */
  record SelfSigned(SSLContext context, Certificate certificate) {
    private static final String PASSWORD = "changeit";

    static SelfSigned in(Path directory) throws Exception {
      var file = directory.resolve("server.p12");
      var keytool =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-alias",
                  "server",
                  "-keyalg",
                  "EC",
                  "-groupname",
                  "secp256r1",
                  "-dname",
                  "CN=test",
                  "-ext",
                  "san=ip:127.0.0.1",
                  "-validity",
                  "2",
                  "-storetype",
                  "PKCS12",
                  "-storepass",
                  PASSWORD,
                  "-keystore",
                  file.toString())
              .inheritIO()
              .start();
      if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
        throw new IOException("keytool made no key");
      }
      var store = KeyStore.getInstance("PKCS12");
      try (InputStream input = Files.newInputStream(file)) {
        store.load(input, PASSWORD.toCharArray());
      }
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD.toCharArray());
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return new SelfSigned(context, store.getCertificate("server"));
    }

    String pin() throws Exception {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded());
      return HexFormat.of().formatHex(digest);
    }

    Path pem(Path directory) throws Exception {
      var encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
      return Files.writeString(
          directory.resolve("server.pem"),
          "-----BEGIN CERTIFICATE-----\n"
              + encoder.encodeToString(certificate.getEncoded())
              + "\n-----END CERTIFICATE-----\n");
    }
  }
}
