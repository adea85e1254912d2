package io.happo.e2e;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/**
 * A server that answers each connection's one request with the bytes a test gives, and keeps what
 * it got. It speaks enough HTTP/1.1 for the programs under test, and can be as wrong as a test
 * wants.
 */
final class FakeServer implements AutoCloseable {
  /** What one client sent; header names in small letters. */
  record Got(String method, String path, Map<String, String> headers, String body) {}

  private interface Conversation {
    void hold(InputStream in, OutputStream out) throws IOException;
  }

  private static final int TLS_HANDSHAKE = 0x16;

  private final ServerSocket listener;
  private final List<Got> got = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private FakeServer(ServerSocketFactory sockets) throws IOException {
    listener = sockets.createServerSocket(0, 100, InetAddress.getLoopbackAddress());
  }

  /** Answers over plain HTTP. No bytes: closes without an answer. */
  static FakeServer http(Function<Got, byte[]> answers) throws IOException {
    return new FakeServer(ServerSocketFactory.getDefault()).answering(answers);
  }

  static FakeServer https(SSLContext context, Function<Got, byte[]> answers) throws IOException {
    return new FakeServer(context.getServerSocketFactory()).answering(answers);
  }

  /** Takes connections and never says a byte. */
  static FakeServer blackHole() throws IOException {
    var server = new FakeServer(ServerSocketFactory.getDefault());
    server.serve((in, out) -> in.transferTo(OutputStream.nullOutputStream()));
    return server;
  }

  /** A whole answer with its length. */
  static byte[] reply(int status, String type, String body) {
    return reply(status, type, body.getBytes(StandardCharsets.UTF_8), 0);
  }

  /** An answer that announces more bytes than it has. */
  static byte[] reply(int status, String type, byte[] body, int missing) {
    var bytes = new ByteArrayOutputStream();
    var head =
        "HTTP/1.1 "
            + status
            + " x\r\nConnection: close\r\nContent-Length: "
            + (body.length + missing)
            + "\r\n";
    bytes.writeBytes(
        (head + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n") + "\r\n")
            .getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes(body);
    return bytes.toByteArray();
  }

  int port() {
    return listener.getLocalPort();
  }

  List<Got> got() {
    return List.copyOf(got);
  }

  void forget() {
    got.clear();
  }

  private FakeServer answering(Function<Got, byte[]> answers) {
    serve(
        (in, out) -> {
          in.mark(1);
          if (in.read() == TLS_HANDSHAKE) {
            out.write("HTTP/1.0 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            return;
          }
          in.reset();
          var request = request(in);
          got.add(request);
          out.write(answers.apply(request));
          out.flush();
        });
    return this;
  }

  private void serve(Conversation conversation) {
    Thread.ofVirtual()
        .start(
            () -> {
              while (!listener.isClosed()) {
                try {
                  var socket = listener.accept();
                  open.add(socket);
                  Thread.ofVirtual().start(() -> hold(conversation, socket));
                } catch (IOException closed) {
                  return;
                }
              }
            });
  }

  private void hold(Conversation conversation, Socket socket) {
    try (socket) {
      conversation.hold(new BufferedInputStream(socket.getInputStream()), socket.getOutputStream());
    } catch (IOException gone) {
      // A client that goes away early is one of the cases.
    } finally {
      open.remove(socket);
    }
  }

  private static Got request(InputStream in) throws IOException {
    var line = line(in).split(" ", 3);
    if (line.length < 3) {
      throw new IOException("no request line");
    }
    var headers = new TreeMap<String, String>();
    for (var field = line(in); !field.isEmpty(); field = line(in)) {
      var parts = field.split(":", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts.length > 1 ? parts[1].strip() : "");
    }
    var body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    return new Got(line[0], line[1], headers, new String(body, StandardCharsets.UTF_8));
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("closed within a line");
      }
      line.append((char) b);
    }
    return line.toString().stripTrailing();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var socket : open) {
      socket.close();
    }
  }
}
