package io.happo.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** A server on a free port of 127.0.0.1, and plain ways to talk to it. */
final class TestServer implements AutoCloseable {
  private static final InetSocketAddress LOCAL =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

  static final Identity IDENTITY = Identity.selfSigned("agent.test");

  final HttpsServer server;
  final int port;

  TestServer(HttpsServer server) {
    this.server = server;
    this.port = server.address().getPort();
  }

  static HttpsServerSettings settings() {
    return settings(100, 1024 * 1024, Duration.ofSeconds(30));
  }

  static HttpsServerSettings settings(
      int maxConnections, int maxBodyBytes, Duration requestTimeout) {
    return settings(LOCAL, maxConnections, maxBodyBytes, requestTimeout, Optional.empty());
  }

  static HttpsServerSettings settings(InetSocketAddress address) {
    return settings(address, 100, 1024, Duration.ofSeconds(30), Optional.empty());
  }

  static HttpsServerSettings settings(Path clientCa) {
    return settings(LOCAL, 100, 1024, Duration.ofSeconds(30), Optional.of(clientCa));
  }

  private static HttpsServerSettings settings(
      InetSocketAddress address,
      int maxConnections,
      int maxBodyBytes,
      Duration requestTimeout,
      Optional<Path> clientCa) {
    return new HttpsServerSettings(
        address, maxConnections, 8_192, maxBodyBytes, 2L * maxBodyBytes, requestTimeout, clientCa);
  }

  static TestServer start(HttpsServerSettings settings, Handler handler) throws IOException {
    return new TestServer(HttpsServer.start(settings, IDENTITY, handler));
  }

  static TestServer start(Handler handler) throws IOException {
    return start(settings(), handler);
  }

  URI uri(String path) {
    return URI.create("https://127.0.0.1:" + port + path);
  }

  SSLSocket connect() throws IOException {
    return connect("127.0.0.1", port);
  }

  /** A connection without TLS. */
  Socket connectPlain() throws IOException {
    var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  static SSLSocket connect(String host, int port) throws IOException {
    var socket = new Socket(InetAddress.ofLiteral(host), port);
    socket.setSoTimeout(20_000);
    var secure = (SSLSocket) anybody().getSocketFactory().createSocket(socket, host, port, true);
    secure.startHandshake();
    return secure;
  }

  /** Text with a tilde for each end of line. */
  static String wire(String text) {
    return text.replace("~", "\r\n");
  }

  /** What comes back for these bytes until the server closes. */
  String raw(String request) throws IOException {
    try (var socket = connect()) {
      send(socket, request);
      return readAll(socket);
    }
  }

  static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  static String readAll(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  /** Reads on until the text that came ends so. */
  static String readUntil(InputStream in, String end) throws IOException {
    var text = new StringBuilder();
    while (!text.toString().endsWith(end)) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("closed after: " + text);
      }
      text.append((char) next);
    }
    return text.toString();
  }

  /** Goes away without a goodbye. */
  static void reset(Socket socket) throws IOException {
    if (!(socket instanceof SSLSocket)) {
      socket.setSoLinger(true, 0);
    }
    socket.close();
  }

  static SSLContext anybody() {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
      return context;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }

  /** Believes every server. */
  static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
