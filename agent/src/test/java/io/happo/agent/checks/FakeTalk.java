package io.happo.agent.checks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A server that says the same to everybody, by a script: text that is sent, with {@code \r} and
 * {@code \n}, and steps: {@code \<} waits for a line, {@code \p} is a pause, {@code \b} 100 kB,
 * {@code \f} sends without end, {@code \s} begins TLS, {@code \x} resets the connection, {@code \z}
 * ends its output but keeps reading, {@code \h} waits for the other's end. Closes at the end of the
 * script.
 */
public final class FakeTalk implements AutoCloseable {
  private static final int BIG = 100_000;
  private static final Duration PAUSE = Duration.ofMillis(300);

  private final ServerSocket server;
  private final String script;
  private final @Nullable SSLContext tls;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<String> lines = new CopyOnWriteArrayList<>();

  /**
   * @param tls what {@code \s} begins
   */
  public FakeTalk(String script, @Nullable SSLContext tls) throws IOException {
    this.script = script.replace("\\r", "\r").replace("\\n", "\n");
    this.tls = tls;
    server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().start(this::accept);
  }

  /** Where it listens, on 127.0.0.1. */
  public int port() {
    return server.getLocalPort();
  }

  /** The lines it has waited for, of all connections. */
  public List<String> lines() {
    return new ArrayList<>(lines);
  }

  private void accept() {
    try {
      while (true) {
        var socket = server.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void serve(Socket plain) {
    try (plain) {
      var socket = plain;
      int at = 0;
      while (at < script.length()) {
        int step = script.indexOf('\\', at);
        int end = step < 0 ? script.length() : step;
        if (at < end) {
          send(socket, script.substring(at, end));
        }
        at = end + 2;
        if (step < 0) {
          break;
        }
        switch (script.charAt(step + 1)) {
          case '<' -> lines.add(line(socket.getInputStream()));
          case 'p' -> LockSupport.parkNanos(PAUSE.toNanos());
          case 'b' -> send(socket, "x".repeat(BIG));
          case 'f' -> flood(socket);
          case 's' -> socket = secure(socket);
          case 'x' -> socket.setSoLinger(true, 0);
          case 'z' -> socket.shutdownOutput();
          case 'h' -> socket.getInputStream().skip(Long.MAX_VALUE);
          default -> throw new IllegalArgumentException("what is " + script.substring(step) + "?");
        }
      }
      socket.close();
    } catch (IOException e) {
      // The other has gone.
    }
  }

  private static void flood(Socket socket) throws IOException {
    while (true) {
      send(socket, "garbage without an end ".repeat(100));
    }
  }

  private SSLSocket secure(Socket socket) throws IOException {
    if (tls == null) {
      throw new IllegalStateException("no TLS");
    }
    var secure = (SSLSocket) tls.getSocketFactory().createSocket(socket, "127.0.0.1", port(), true);
    secure.setUseClientMode(false);
    secure.startHandshake();
    return secure;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String line(InputStream in) throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the other has ended");
      }
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (var socket : sockets) {
      socket.close();
    }
  }
}
