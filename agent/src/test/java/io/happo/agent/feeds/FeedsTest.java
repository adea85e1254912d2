package io.happo.agent.feeds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over real sockets. */
@Timeout(60)
class FeedsTest {
  private static final Clock CLOCK = Clock.systemUTC();
  private static final OptionalInt ANY = OptionalInt.of(0);
  private static final Duration SOON = Duration.ofMillis(300);
  private static final OptionalInt NONE = OptionalInt.empty();

  private final Kept kept = new Kept(CLOCK);
  private final ArrayList<AutoCloseable> open = new ArrayList<>();

  FeedsTest() throws IOException {}

  @AfterEach
  void close() throws Exception {
    for (var one : open.reversed()) {
      one.close();
    }
    kept.close();
  }

  private Feeds start(OptionalInt statsd, OptionalInt graphite) throws IOException {
    var settings = new FeedSettings(statsd, Duration.ofSeconds(1), graphite, 10);
    var rhythm = new Losses.Rhythm(SOON, Duration.ofMinutes(1));
    var feeds = Feeds.start(settings, kept.store, () -> "web-1", CLOCK, SOON, rhythm);
    open.add(feeds);
    return feeds;
  }

  private static void packet(InetSocketAddress to, String text) throws IOException {
    try (var socket = new DatagramSocket()) {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      socket.send(new DatagramPacket(bytes, bytes.length, to));
    }
  }

  private Socket connect(InetSocketAddress to) throws IOException {
    var socket = new Socket(to.getAddress(), to.getPort());
    open.add(socket);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private void awaitValues(Map<String, Double> expected) {
    await().untilAsserted(() -> assertThat(kept.values()).isEqualTo(expected));
  }

  @Test
  void statsd_packets_of_several_lines_become_batches_of_this_host() throws IOException {
    var feeds = start(ANY, NONE);
    packet(feeds.statsd().orElseThrow(), "hits:1|c\nhits:1|c\nup:3|g\n");
    packet(feeds.statsd().orElseThrow(), "users:a|s|#dc:eu");
    await().until(() -> kept.values().size() == 4);
    assertThat(kept.values())
        .containsEntry("up", 3.0)
        .containsEntry("users;dc=eu", 1.0)
        .containsEntry("hits.count", 2.0);
    assertThat(kept.batches()).allMatch(batch -> batch.hostname().equals("web-1"));
    long now = CLOCK.instant().getEpochSecond();
    assertThat(kept.batches()).allMatch(batch -> Math.abs(batch.timestamp() - now) < 60);
    assertThat(feeds.graphite()).isEmpty();
  }

  @Test
  void what_came_before_the_end_is_kept() throws Exception {
    var settings = new FeedSettings(ANY, Duration.ofHours(1), ANY, 10);
    var feeds = Feeds.start(settings, kept.store, () -> "web-1", CLOCK);
    packet(feeds.statsd().orElseThrow(), "up:3|g");
    var sender = connect(feeds.graphite().orElseThrow());
    write(sender, "a 1 1700000000\nb 2");
    await().until(() -> feeds.figures().stream().mapToLong(FeedFigures::taken).sum() == 2);
    feeds.close();
    assertThat(kept.values()).isEqualTo(Map.of("up", 3.0, "a", 1.0));
    assertThat(kept.events()).hasSize(1);
    assertThat(kept.events().getFirst().details()).containsEntry("unfinished_line", "1");
  }

  @Test
  void packets_are_all_taken_however_they_are_spread() throws Exception {
    var settings = new FeedSettings(ANY, Duration.ofHours(1), NONE, 10);
    var feeds = Feeds.start(settings, kept.store, () -> "web-1", CLOCK);
    var statsd = feeds.statsd().orElseThrow();
    for (int burst = 1; burst <= 5; burst++) {
      for (int i = 0; i < 40; i++) {
        packet(statsd, "hits:1|c");
      }
      int sent = 40 * burst;
      await().until(() -> feeds.figures().getFirst().taken() == sent);
    }
    for (int i = 0; i < 30; i++) {
      packet(statsd, "hits:1|c");
    }
    feeds.close(); // The last came while the thread rested, or are not read yet.
    assertThat(kept.values()).containsEntry("hits.count", 230.0);
  }

  @Test
  void connection_that_is_closed_after_its_lines_loses_none() throws IOException {
    var feeds = start(NONE, ANY);
    var expected = new TreeMap<String, Double>();
    try (var sender = connect(feeds.graphite().orElseThrow())) {
      var lines = new StringBuilder();
      for (int i = 0; i < 2_000; i++) {
        lines.append("m").append(i % 10).append(' ').append(i).append(" 1700000000\r\n");
        expected.put("m" + i % 10, (double) i);
      }
      write(sender, lines.toString());
    }
    awaitValues(expected);
    assertThat(feeds.figures().getFirst().taken()).isEqualTo(2_000);
  }

  @Test
  void lines_of_one_second_become_one_batch_and_old_times_stay_as_they_are() throws IOException {
    var feeds = start(NONE, ANY);
    packet(
        feeds.graphite().orElseThrow(),
        "a;dc=eu 1 1600000000\nb 2 1600000000.9\na 3 1600000001\nnow 4 -1\nnone NaN 1\nlast 5");
    await().until(() -> kept.values().size() == 5);
    var batches = kept.batches();
    assertThat(batches).hasSize(3);
    assertThat(batches.get(0).timestamp()).isEqualTo(1_600_000_000);
    assertThat(batches.get(0).metrics()).isEqualTo(Map.of("a;dc=eu", 1.0, "b", 2.0));
    assertThat(batches.get(1).metrics()).isEqualTo(Map.of("a", 3.0));
    assertThat(batches.get(2).metrics()).isEqualTo(Map.of("now", 4.0, "last", 5.0));
    assertThat(feeds.figures().getFirst().unknown()).isEqualTo(1);
    assertThat(feeds.figures().getFirst().dropped()).isEmpty();
  }

  @Test
  void what_cannot_be_taken_is_counted_by_its_reason_and_told() throws IOException {
    var feeds = start(NONE, ANY);
    try (var sender = connect(feeds.graphite().orElseThrow())) {
      write(sender, "nonsense\n" + "x".repeat(1_100) + " 1 1\n");
      for (int i = 0; i < 12; i++) {
        write(sender, "n" + i + " 1\n");
      }
    }
    var dropped = Map.of("bad_line", 1L, "long_line", 1L, "names", 2L);
    await()
        .untilAsserted(() -> assertThat(feeds.figures().getFirst().dropped()).isEqualTo(dropped));
    await().until(() -> !kept.events().isEmpty());
    assertThat(kept.events().getFirst().details()).containsEntry("bad_line", "1");
    await().until(() -> kept.values().size() == 10);
  }

  @Test
  void values_that_the_disk_does_not_take_are_told() throws IOException {
    var feeds = start(NONE, ANY);
    kept.fail();
    packet(feeds.graphite().orElseThrow(), "a 1\nb 2");
    await().until(() -> !kept.events().isEmpty());
    assertThat(kept.events().getFirst().details()).containsEntry("unwritten", "2");
    assertThat(kept.events().getFirst().text()).contains("error");
  }

  @Test
  void beyond_the_most_connections_a_silent_one_makes_room_and_a_busy_one_does_not()
      throws IOException {
    var losses = new Losses("graphite", kept.store::tell, CLOCK, Losses.Rhythm.USUAL);
    open.add(losses);
    var buffer = new GraphiteBuffer(kept.store, () -> "web-1", 10, SOON, losses, CLOCK);
    buffer.start();
    open.add(buffer);
    var port =
        GraphitePort.start(
            0, buffer, losses, new GraphitePort.Places(2, Duration.ofMillis(500)), CLOCK);
    open.add(port);
    var silent = connect(port.address());
    var third = connect(port.address());
    await()
        .untilAsserted(
            () -> {
              write(third, "third 3\n");
              assertThat(losses.figures().taken()).isPositive();
            });
    try (var last = connect(port.address())) {
      write(last, "last 4\n");
    }
    await()
        .untilAsserted(
            () -> {
              write(third, "third 3\n");
              assertThat(kept.values()).containsKeys("third", "last");
            });
    assertThat(silent.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void port_that_is_taken_is_refused_with_what_to_do() throws IOException {
    try (var taken = new DatagramSocket(Ports.loopback(0))) {
      var port = OptionalInt.of(taken.getLocalPort());
      assertThatThrownBy(() -> start(port, NONE))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("--statsd-port")
          .hasMessageContaining("another program listens there already");
      assertThatThrownBy(() -> start(NONE, port))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("--graphite-port");
    }
  }
}
