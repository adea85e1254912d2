package io.happo.hub.export;

import io.happo.core.MetricName;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * Graphite's plaintext protocol. It knows no answer: each batch is a connection of its own, whose
 * end the other side answers with the end of its own once it has read all; a connection that ends
 * in another way is taken for one that brought nothing.
 */
final class Graphite implements Receiver {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int PORT = 2003;

  // Carbon splits lines and fields at what Unicode calls blank, not ASCII alone.
  private static final Pattern NOT_OF_TAG = Pattern.compile("(?U)[;\\s\\p{Cntrl}]");
  private static final Pattern NOT_OF_NAME = Pattern.compile("(?U)[;/\\s\\p{Cntrl}]");
  private static final Pattern NOT_OF_PART = Pattern.compile("(?U)[.;/\\s\\p{Cntrl}]");

  private final String host;
  private final int port;
  private final String prefix;
  private final boolean tagged;
  private final PrometheusNames names;
  private final OutputLimits limits;

  /**
   * @param settings as {@link OutputKind} has them
   */
  Graphite(Map<String, String> settings, PrometheusNames names, OutputLimits limits) {
    var server = settings.getOrDefault("server", "");
    int colon = server.lastIndexOf(':');
    boolean hasPort = colon > server.lastIndexOf(']');
    this.host = hasPort ? server.substring(0, colon) : server;
    this.port = hasPort ? Integer.parseInt(server.substring(colon + 1)) : PORT;
    this.prefix = settings.getOrDefault("prefix", "");
    this.tagged = settings.getOrDefault("names", "").equals("tags");
    this.names = names;
    this.limits = limits;
  }

  @Override
  public Taken send(List<Point> points) throws NotTakenException {
    var lines = new StringBuilder();
    for (var point : points) {
      lines
          .append(tagged ? tagged(point.series()) : path(point.series()))
          .append(' ')
          .append(point.value())
          .append(' ')
          .append(Math.floorDiv(point.time(), 1_000L))
          .append('\n');
    }
    try (var socket = new Socket()) {
      connect(socket);
      exchange(socket, lines.toString().getBytes(StandardCharsets.UTF_8));
      return Taken.WHOLLY;
    } catch (IOException e) {
      throw later("does not take it: " + e.getMessage());
    }
  }

  private void connect(Socket socket) throws IOException, NotTakenException {
    try {
      socket.connect(new InetSocketAddress(host.replaceAll("[\\[\\]]", ""), port), CONNECT_MILLIS);
    } catch (SocketTimeoutException e) {
      throw later("does not answer within " + CONNECT_MILLIS / 1_000 + " s");
    }
  }

  /** Nothing that is written or read has a deadline of its own: the whole has one. */
  private void exchange(Socket socket, byte[] lines) throws IOException, NotTakenException {
    var isOver = new AtomicBoolean();
    var closing = closeAtDeadline(socket, isOver);
    try {
      socket.getOutputStream().write(lines);
      socket.shutdownOutput();
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      if (!isOver.get()) {
        throw e;
      }
      throw later("does not end the connection within " + limits.timeout().toSeconds() + " s");
    } finally {
      closing.interrupt();
    }
  }

  private Thread closeAtDeadline(Socket socket, AtomicBoolean isOver) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                Thread.sleep(limits.timeout());
                isOver.set(true);
                socket.close();
              } catch (InterruptedException | IOException e) {
                // It came to an end by itself.
              }
            });
  }

  private NotTakenException later(String what) {
    return NotTakenException.later(host + ":" + port + " " + what, Duration.ZERO);
  }

  /** Prometheus' names and labels, as tags of Graphite 1.1. */
  private String tagged(Series series) {
    var labels = new TreeMap<>(names.labels(series));
    var line = new StringBuilder().append(labels.remove(PrometheusNames.NAME));
    labels.forEach(
        (name, value) -> line.append(';').append(name).append('=').append(tagValue(value)));
    return line.toString();
  }

  private static String tagName(String tag) {
    return NOT_OF_TAG.matcher(tag).replaceAll("_");
  }

  /** Graphite takes no blank, no semicolon, and no tilde at the beginning. */
  private static String tagValue(String value) {
    var clean = NOT_OF_TAG.matcher(value).replaceAll("_");
    return clean.startsWith("~") ? "_" + clean.substring(1) : clean;
  }

  /** {@code prefix.agent.check.label}, or {@code prefix.agent.host.name} with the name's tags. */
  private String path(Series series) {
    var line = new StringBuilder();
    add(line, prefix);
    add(line, part(series.agent()));
    add(line, part(series.isPerfdata() ? series.check() : series.host()));
    if (series.isPerfdata()) {
      add(line, part(series.name()));
      return line.toString();
    }
    var name = MetricName.of(series.name());
    add(line, NOT_OF_NAME.matcher(name.name()).replaceAll("_"));
    name.tags()
        .forEach(
            (tag, value) ->
                line.append(';').append(tagName(tag)).append('=').append(tagValue(value)));
    return line.toString();
  }

  private static void add(StringBuilder line, String part) {
    if (!part.isEmpty()) {
      line.append(line.isEmpty() ? "" : ".").append(part);
    }
  }

  /** What is one part of a path has no dots of its own. */
  private static String part(String text) {
    return NOT_OF_PART.matcher(text).replaceAll("_");
  }

  @Override
  public void close() {
    // Each batch ends its own connection.
  }
}
