package io.happo.hub.export;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;

/** Takes remote write, and does to it what a test tells. */
final class FakeReceiver implements AutoCloseable {
  /** How it treats a request; returns whether it takes what came. */
  interface Manner {
    boolean treat(HttpExchange exchange, List<String> values) throws IOException;
  }

  static final Manner GOOD =
      (exchange, values) -> {
        exchange.sendResponseHeaders(204, -1);
        return true;
      };

  final List<String> taken = Collections.synchronizedList(new ArrayList<>());
  final List<List<String>> requests = Collections.synchronizedList(new ArrayList<>());
  final List<Manner> manners = Collections.synchronizedList(new ArrayList<>());
  volatile Manner usual = GOOD;
  private int port;
  private HttpServer server;

  FakeReceiver() throws IOException {
    start();
  }

  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    port = server.getAddress().getPort();
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var values = Received.remoteWrite(exchange.getRequestBody().readAllBytes());
      requests.add(values);
      var manner = manners.isEmpty() ? usual : manners.removeFirst();
      if (manner.treat(exchange, values)) {
        taken.addAll(values);
      }
    }
  }

  static Manner answering(int status, String text) {
    return (exchange, values) -> {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
      return false;
    };
  }

  String url() {
    return "http://127.0.0.1:" + port + "/api/v1/write";
  }

  void stop() {
    server.stop(0);
  }

  @Override
  public void close() {
    stop();
  }
}
