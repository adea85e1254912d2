package io.happo.e2e;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A client that sends exactly the bytes it is told, from the local address it is told, and trusts
 * every certificate. One connection per request.
 *
 * @param source the local address to connect from
 * @param port where to, on 127.0.0.1
 * @param timeout the longest wait for the next bytes
 */
record Https(String source, int port, Duration timeout) {
  private static final SSLSocketFactory SOCKETS = trustingAll();

  static Https to(int port) {
    return new Https("127.0.0.1", port, Duration.ofSeconds(30));
  }

  Https from(String address) {
    return new Https(address, port, timeout);
  }

  Https waiting(Duration longest) {
    return new Https(source, port, longest);
  }

  Answer post(String path, String json) {
    return ask(
        "POST",
        path,
        List.of(Map.entry("Content-Type", "application/json")),
        json.getBytes(StandardCharsets.UTF_8));
  }

  /** A whole exchange, or an error that says why there was none. */
  Answer ask(
      String method, String path, List<Map.Entry<String, String>> fields, byte @Nullable [] body) {
    try {
      return tryAsk(method, path, fields, body);
    } catch (IOException e) {
      throw new AssertionError(
          "no answer from 127.0.0.1:" + port + " to " + method + " " + path + ": " + e, e);
    }
  }

  Answer tryAsk(
      String method, String path, List<Map.Entry<String, String>> fields, byte @Nullable [] body)
      throws IOException {
    try (var socket = connect(true)) {
      return exchange(socket, method, path, fields, body);
    }
  }

  /** An open connection, after the handshake when it is to be TLS. */
  Socket connect(boolean tls) throws IOException {
    var plain = new Socket();
    try {
      plain.bind(new InetSocketAddress(source, 0));
      plain.setSoTimeout((int) timeout.toMillis());
      plain.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) timeout.toMillis());
      return tls ? SOCKETS.createSocket(plain, "127.0.0.1", port, true) : plain;
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  Answer exchange(
      Socket socket,
      String method,
      String path,
      List<Map.Entry<String, String>> fields,
      byte @Nullable [] body)
      throws IOException {
    var head = new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    if (fields.stream().noneMatch(field -> field.getKey().equals("Host"))) {
      head.append("Host: 127.0.0.1:").append(port).append("\r\n");
    }
    fields.forEach(
        field -> head.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n"));
    if (body != null) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes(body == null ? new byte[0] : body);
    socket.getOutputStream().write(bytes.toByteArray());
    socket.getOutputStream().flush();
    return read(socket.getInputStream(), method.equals("HEAD"));
  }

  /**
   * Sends bytes as they are and takes what comes until the other side closes.
   *
   * @return what came, and whether the other side closed
   */
  Map.Entry<String, Boolean> raw(boolean tls, String request) throws IOException {
    var received = new ByteArrayOutputStream();
    try (var socket = connect(tls)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      var buffer = new byte[8192];
      for (int n = socket.getInputStream().read(buffer);
          n >= 0;
          n = socket.getInputStream().read(buffer)) {
        received.write(buffer, 0, n);
      }
      return Map.entry(received.toString(StandardCharsets.UTF_8), true);
    } catch (SocketTimeoutException stillOpen) {
      return Map.entry(received.toString(StandardCharsets.UTF_8), false);
    }
  }

  /** Reads one answer; a body without a length ends with the connection. */
  static Answer read(InputStream in, boolean bodiless) throws IOException {
    var status = line(in).split(" ", 3);
    if (status.length < 2) {
      throw new IOException("no status line: " + String.join(" ", status));
    }
    int code = Integer.parseInt(status[1]);
    var fields = new ArrayList<Map.Entry<String, String>>();
    for (var line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        throw new IOException("no header field: " + line);
      }
      fields.add(Map.entry(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    var head = new Answer(code, List.copyOf(fields), new byte[0]);
    if (bodiless || code == 204 || code == 304) {
      return head;
    }
    return new Answer(code, head.fields(), body(in, head));
  }

  private static byte[] body(InputStream in, Answer head) throws IOException {
    if (head.header("Transfer-Encoding").equalsIgnoreCase("chunked")) {
      var body = new ByteArrayOutputStream();
      for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
        body.writeBytes(exactly(in, size));
        line(in);
      }
      line(in);
      return body.toByteArray();
    }
    var length = head.header("Content-Length");
    return length.isEmpty() ? in.readAllBytes() : exactly(in, Integer.parseInt(length));
  }

  private static int chunkSize(InputStream in) throws IOException {
    return Integer.parseInt(line(in).split(";", 2)[0].strip(), 16);
  }

  private static byte[] exactly(InputStream in, int size) throws IOException {
    var bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("body ends after " + bytes.length + " of " + size + " bytes");
    }
    return bytes;
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("connection closed within a line");
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  private static SSLSocketFactory trustingAll() {
    var all =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String authType) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String authType) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {all}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
