package io.happo.net;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * No test: measures what idle WebSockets cost a server, in two processes. {@code server COUNT}
 * prints its port, waits until there are so many, and says what each of them takes; {@code clients
 * PORT COUNT} opens them and keeps them.
 */
final class IdleSockets {
  private static final Duration LONG = Duration.ofHours(1);
  private static final WebSocketSettings SETTINGS =
      new WebSocketSettings(1 << 20, Duration.ofSeconds(15), 3);

  private IdleSockets() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("server")) {
      serve(Integer.parseInt(arguments[1]));
    } else {
      connect(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    }
  }

  private static void serve(int count) throws Exception {
    var open = new AtomicInteger();
    var server =
        HttpsServer.start(
            new HttpsServerSettings(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                2 * count,
                16_384,
                1 << 20,
                64 << 20,
                Duration.ofSeconds(60),
                Optional.empty()),
            Identity.selfSigned("hub.test"),
            request ->
                Response.webSocket(
                    WebSocketUpgrade.of(
                        Optional.empty(),
                        SETTINGS,
                        socket -> {
                          open.incrementAndGet();
                          try {
                            while (true) {
                              socket.receive(LONG);
                            }
                          } finally {
                            open.decrementAndGet();
                          }
                        })));
    System.out.println(server.address().getPort());
    awaitOpen(open, 100); // What the first ones load is not counted.
    say("before", 0, 0, 0);
    long rss = rssKib();
    long heap = heapKib();
    awaitOpen(open, count);
    for (int i = 0; i < 4; i++) {
      Thread.sleep(20_000);
      say("after " + 20 * (i + 1) + " s, open=" + open.get(), count - 100, rss, heap);
    }
    System.exit(0);
  }

  private static void say(String when, int more, long rssBefore, long heapBefore)
      throws IOException {
    long heap = heapKib();
    long rss = rssKib();
    System.out.println(
        when
            + ": rss="
            + rss
            + " KiB heap="
            + heap
            + " KiB"
            + (more == 0
                ? ""
                : " each: rss="
                    + 1_024 * (rss - rssBefore) / more
                    + " B heap="
                    + 1_024 * (heap - heapBefore) / more
                    + " B"));
  }

  private static void awaitOpen(AtomicInteger open, int count) throws InterruptedException {
    while (open.get() < count) {
      Thread.sleep(100);
    }
  }

  private static long heapKib() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 10;
  }

  private static long rssKib() throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return 0;
  }

  private static void connect(int port, int count) throws Exception {
    var client = new HttpsClient(new Trust.Anything(), Optional.empty());
    var atOnce = new Semaphore(50);
    for (int i = 0; i < count; i++) {
      atOnce.acquire();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  var socket =
                      client.openWebSocket(
                          URI.create("wss://127.0.0.1:" + port + "/"),
                          Headers.NONE,
                          List.of(),
                          SETTINGS,
                          Duration.ofMinutes(2));
                  atOnce.release();
                  while (true) {
                    socket.receive(LONG);
                  }
                } catch (IOException e) {
                  System.out.println(e.getMessage());
                }
              });
    }
    Thread.sleep(Duration.ofMinutes(10));
  }
}
