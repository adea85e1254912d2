package io.happo.agent.checks;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server that says what stands in {@code parity/http-server.txt}, right or wrong: a line
 * for each path, with {@code \r}, {@code \n}, {@code {port}} for its own port, {@code {other}} for
 * that of another, {@code {request}} for what it was asked, {@code {now-60}} for the time a minute
 * ago, {@code {big}} for 100 kB, {@code {huge}} for 5 MB, {@code \p} for a pause and {@code \x} for
 * a reset. It closes the connection behind each answer. By CONNECT it leads to the other.
 */
public final class FakeHttp implements AutoCloseable {
  private static final int BIG = 100_000;
  private static final Duration PAUSE = Duration.ofMillis(300);

  private final ServerSocket server;
  private final Map<String, String> answers = new HashMap<>();
  private volatile int other;

  /**
   * @param tls null for a server without
   */
  public FakeHttp(@Nullable SSLContext tls) throws IOException {
    var local = InetAddress.ofLiteral("127.0.0.1");
    server =
        tls == null
            ? new ServerSocket(0, 50, local)
            : tls.getServerSocketFactory().createServerSocket(0, 50, local);
    try (var in = FakeHttp.class.getResourceAsStream("/parity/http-server.txt")) {
      if (in == null) {
        throw new IOException("there is no parity/http-server.txt");
      }
      for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        int blank = line.indexOf(' ');
        if (blank > 0 && line.startsWith("/")) {
          answers.put(line.substring(0, blank), line.substring(blank + 1));
        }
      }
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** Where it listens, on 127.0.0.1. */
  public int port() {
    return server.getLocalPort();
  }

  /** Tells it of another. */
  public void knows(FakeHttp one) {
    other = one.port();
  }

  private void accept() {
    try {
      while (true) {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var request = request(socket.getInputStream());
      var words = request.split(" ", 3);
      var target = words.length > 1 ? words[1] : "";
      if (words[0].equals("CONNECT")) {
        lead(socket, target.startsWith("foo.test:"));
        return;
      }
      int query = target.indexOf('?');
      var path = query < 0 ? target : target.substring(0, query);
      say(socket, answers.getOrDefault(path, "HTTP/1.1 404 Not Found\\r\\n\\r\\n"), request);
    } catch (IOException e) {
      // The client went away, or spoke no TLS.
    }
  }

  /** As a proxy leads to another server. */
  private void lead(Socket socket, boolean isKnown) throws IOException {
    var line = "HTTP/1.1 " + (isKnown ? "200 Here it is" : "502 Not known") + "\r\n\r\n";
    socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
    if (isKnown) {
      try (var there = new Socket(InetAddress.ofLiteral("127.0.0.1"), other)) {
        Thread.ofVirtual().start(() -> pump(there, socket));
        pump(socket, there);
      }
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // The other side sees the end.
    }
  }

  private static String request(InputStream in) throws IOException {
    var text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return text.toString();
      }
      text.append((char) next);
    }
    int length = text.indexOf("Content-Length: ");
    if (length >= 0) {
      int end = text.indexOf("\r", length);
      int count = Integer.parseInt(text.substring(length + 16, end));
      text.append(new String(in.readNBytes(count), StandardCharsets.ISO_8859_1));
    }
    return text.toString();
  }

  private void say(Socket socket, String template, String request) throws IOException {
    // What is between two pauses arrives at once, so that both see the same of it.
    var out = new BufferedOutputStream(socket.getOutputStream(), 1 << 20);
    for (int at = 0; at < template.length(); at++) {
      char c = template.charAt(at);
      if (c == '\\') {
        at++;
        switch (template.charAt(at)) {
          case 'r' -> out.write('\r');
          case 'n' -> out.write('\n');
          case 'p' -> {
            out.flush();
            LockSupport.parkNanos(PAUSE.toNanos());
          }
          case 'x' -> {
            out.flush();
            socket.setSoLinger(true, 0);
            return;
          }
          default -> throw new UncheckedIOException(new IOException("unknown escape"));
        }
      } else if (c == '{') {
        int end = template.indexOf('}', at);
        place(template.substring(at + 1, end), request, out);
        at = end;
      } else {
        out.write(c);
      }
    }
    out.flush();
    socket.shutdownOutput();
    socket.getInputStream().readAllBytes();
  }

  private void place(String name, String request, OutputStream out) throws IOException {
    var text =
        switch (name) {
          case "port" -> String.valueOf(port());
          case "other" -> String.valueOf(other);
          case "request" -> request;
          case "big" -> "0123456789".repeat(BIG / 10);
          case "huge" -> "0123456789".repeat(5 * BIG);
          default ->
              DateTimeFormatter.RFC_1123_DATE_TIME.format(
                  ZonedDateTime.now(ZoneOffset.UTC)
                      .plusSeconds(Long.parseLong(name.substring("now".length()))));
        };
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
