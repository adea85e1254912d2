package io.happo.hub.graphite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.hub.fleet.Member;
import io.happo.hub.fleet.TestFleet;
import io.happo.hub.store.Store;
import io.happo.hub.store.StoreException.Reason;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GraphiteDoorTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final long NOW = TestFleet.NOW / 1_000;
  private static final Duration SHORT = Duration.ofMillis(20);

  @TempDir Path folder;
  private final FakeIntake intake = new FakeIntake();
  private TestFleet test;
  private GraphiteDoor door;

  @BeforeEach
  void start() throws Exception {
    test = new TestFleet(Store.open(folder, ""), folder);
    door = open(limits(100, Duration.ofHours(1), 1_000_000, 1_000, 100_000), "");
  }

  @AfterEach
  void stop() {
    door.close();
    test.store.close();
  }

  private static GraphiteSettings.Limits limits(
      int connections, Duration mayBeSilent, int linesPerMinute, int batch, int waiting) {
    return new GraphiteSettings.Limits(
        connections, mayBeSilent, linesPerMinute, batch, SHORT, waiting);
  }

  /**
   * @param only who may send; empty: this machine
   */
  private GraphiteDoor open(GraphiteSettings.Limits limits, String only) throws IOException {
    var all = GraphiteSettings.networks(only.isEmpty() ? List.of() : List.of(only));
    var settings =
        new GraphiteSettings(
            new InetSocketAddress(LOOPBACK, 0),
            only.isEmpty() ? all : List.of(all.getLast()),
            limits);
    return GraphiteDoor.start(settings, test.fleet, intake, test.clock);
  }

  /** Closes the door, and opens one with other limits. */
  private void reopen(GraphiteSettings.Limits limits) throws IOException {
    door.close();
    door = open(limits, "");
  }

  private Socket connect() throws IOException {
    int before = door.counts().connections();
    var socket = new Socket(LOOPBACK, door.address().getPort());
    Awaitility.await().until(() -> door.counts().connections() > before);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private void send(String text) throws IOException {
    try (var socket = connect()) {
      write(socket, text);
    }
  }

  private void packet(String text) throws IOException {
    packet(text.getBytes(StandardCharsets.UTF_8));
  }

  private void packet(byte[] bytes) throws IOException {
    try (var socket = new DatagramSocket()) {
      socket.send(new DatagramPacket(bytes, bytes.length, door.address()));
    }
  }

  private void awaitStored(String... values) {
    Awaitility.await()
        .untilAsserted(() -> assertThat(intake.stored()).containsExactlyInAnyOrder(values));
  }

  private void awaitDropped(Loss loss, long number) {
    Awaitility.await()
        .untilAsserted(() -> assertThat(door.counts().dropped()).containsEntry(loss.key(), number));
  }

  private static String lines(int number) {
    return IntStream.range(0, number)
        .mapToObj(i -> "many." + i + " 1 5\n")
        .collect(Collectors.joining());
  }

  @Test
  void lines_may_come_byte_by_byte_and_end_with_crlf() throws Exception {
    try (var socket = connect()) {
      socket.setTcpNoDelay(true);
      for (char c : "load 0.5 1700000000\r\nusers\t3 -1\n".toCharArray()) {
        write(socket, "" + c);
      }
      awaitStored("0 load 0.5 1700000000", "0 users 3.0 " + NOW);
    }
  }

  @Test
  void values_are_those_of_the_agent_whose_fingerprint_comes_first() throws Exception {
    Member web = test.member("web", Map.of());
    Member db = test.member("db", Map.of());
    var shortWeb = web.id().substring(0, 12);
    send(
        web.id()
            + ".cpu.0 1 10\n"
            + db.id()
            + ".cpu.0 2 10\n"
            + shortWeb
            + ".disk.used;mount=/var;host=a 3 11.9\n"
            + "plain.path;b=2;a=1 4 N\n"
            + web.id().substring(0, 11)
            + ".cpu 5 10\n"
            + "0123456789ab.cpu 6\n");
    awaitStored(
        web.number() + " cpu.0 1.0 10",
        db.number() + " cpu.0 2.0 10",
        web.number() + " disk.used;host=a;mount=/var 3.0 11",
        "0 plain.path;a=1;b=2 4.0 " + NOW,
        "0 " + web.id().substring(0, 11) + ".cpu 5.0 10",
        "0 0123456789ab.cpu 6.0 " + NOW);
    assertThat(door.counts().stored()).isEqualTo(6);
  }

  @Test
  void values_of_an_agent_that_is_not_in_are_dropped() throws Exception {
    var web = test.member("web", Map.of());
    test.fleet.revoke(web);
    send(web.id() + ".cpu 1\nplain 2\n");
    awaitStored("0 plain 2.0 " + NOW);
    awaitDropped(Loss.NOT_JOINED, 1);
  }

  @Test
  void of_two_values_of_the_same_second_the_later_counts() throws Exception {
    send("load 1 10\nload 2 10\nload 3 11\n");
    awaitStored("0 load 2.0 10", "0 load 3.0 11");
    assertThat(door.counts().stored()).isEqualTo(3);
  }

  @Test
  void packets_hold_lines_whose_last_needs_no_end() throws Exception {
    packet("a 1 10\nb 2 10");
    packet("c 3 10\n");
    awaitStored("0 a 1.0 10", "0 b 2.0 10", "0 c 3.0 10");
  }

  @Test
  void what_is_no_value_is_dropped_and_counted_by_reason() throws Exception {
    send(
        "no-value\n"
            + "x one\n"
            + "x".repeat(2_000)
            + " 1\n"
            + "unknown NaN\n"
            + ("ahead 1 " + (NOW + 86_500) + "\n")
            + "good 1 0\n"
            + "unfinished 1");
    awaitStored("0 good 1.0 0");
    awaitDropped(Loss.BAD_LINE, 2);
    awaitDropped(Loss.LONG_LINE, 1);
    awaitDropped(Loss.WRONG_TIME, 1);
    awaitDropped(Loss.UNFINISHED_LINE, 1);
    assertThat(door.counts().unknown()).isEqualTo(1);
  }

  @Test
  void hosts_that_are_not_allowed_are_cut_off() throws Exception {
    door.close();
    door = open(GraphiteSettings.Limits.DEFAULT, "127.0.0.2");
    try (var socket = new Socket(LOOPBACK, door.address().getPort())) {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    packet("load 1\n");
    awaitDropped(Loss.REFUSED_HOST, 2);
    assertThat(intake.stored()).isEmpty();
  }

  @Test
  void nobody_is_read_while_nothing_is_stored() throws Exception {
    reopen(limits(100, Duration.ofHours(1), 1_000_000, 10, 100));
    intake.hold();
    try (var socket = connect()) {
      write(socket, lines(5_000));
      Awaitility.await().until(() -> intake.held() == 1);
      packet(lines(500));
      awaitDropped(Loss.BUSY, 490 - 10); // Ten are held, ten wait for them.
      assertThat(intake.held()).isEqualTo(2);
      intake.release();
      Awaitility.await().until(() -> intake.stored().size() == 5_020);
    }
  }

  @Test
  void all_that_wait_for_a_place_get_one() throws Exception {
    reopen(limits(100, Duration.ofHours(1), 1_000_000, 10, 3));
    try (var one = connect();
        var other = connect()) {
      write(one, lines(100));
      write(other, lines(100));
      Awaitility.await().until(() -> intake.stored().size() == 200);
    }
  }

  @Test
  void what_the_store_does_not_take_for_now_is_brought_again() throws Exception {
    intake.refuse(Reason.UNAVAILABLE);
    send("load 1 10\n");
    Awaitility.await().until(() -> door.counts().connections() == 1);
    intake.refuse(null);
    awaitStored("0 load 1.0 10");
  }

  @Test
  void what_no_store_takes_is_counted() throws Exception {
    intake.refuse(Reason.FAULT);
    send("load 1 10\n");
    awaitDropped(Loss.UNWRITTEN, 1);
  }

  @Test
  void what_has_arrived_when_the_hub_stops_is_stored() throws Exception {
    try (var socket = connect()) {
      write(socket, lines(5_000) + "unfinished 1");
      door.close();
      assertThat(intake.stored()).hasSize(5_000);
    }
  }

  @Test
  void a_stop_tells_what_the_store_did_not_take() throws Exception {
    intake.refuse(Reason.UNAVAILABLE);
    send("load 1 10\n");
    door.close();
    assertThat(door.counts().dropped()).containsEntry(Loss.UNWRITTEN.key(), 1L);
  }

  @Test
  void an_address_that_sends_too_much_is_slowed_and_its_packets_are_dropped() throws Exception {
    reopen(limits(100, Duration.ofHours(1), 10, 1_000, 1_000));
    try (var socket = connect()) {
      write(socket, lines(12));
      Awaitility.await().until(() -> intake.stored().size() == 10);
      packet("load 1\nload 2\n");
      awaitDropped(Loss.RATE, 2);
      door.close();
      assertThat(intake.stored()).hasSize(12);
    }
  }

  @Test
  void the_connection_that_is_silent_longest_makes_room() throws Exception {
    reopen(limits(2, Duration.ZERO, 1_000_000, 1_000, 1_000));
    try (var first = connect();
        var second = connect()) {
      write(first, "first 1 10\n");
      awaitStored("0 first 1.0 10");
      try (var third = new Socket(LOOPBACK, door.address().getPort())) {
        assertThat(second.getInputStream().read()).isEqualTo(-1);
        write(third, "third 3 10\n");
        awaitStored("0 first 1.0 10", "0 third 3.0 10");
      }
    }
  }

  @Test
  void a_connection_for_which_nobody_makes_room_is_refused() throws Exception {
    reopen(limits(1, Duration.ofHours(1), 1_000_000, 1_000, 1_000));
    try (var first = connect();
        var second = new Socket(LOOPBACK, door.address().getPort())) {
      assertThat(second.getInputStream().read()).isEqualTo(-1);
      write(first, "first 1 10\n");
      awaitStored("0 first 1.0 10");
    }
    awaitDropped(Loss.CONNECTION, 1);
  }

  @Test
  void whatever_comes_good_lines_after_it_are_stored() throws Exception {
    var random = new Random(2003);
    for (int round = 0; round < 50; round++) {
      var bytes = new byte[random.nextInt(3_000)];
      random.nextBytes(bytes);
      packet(bytes);
      try (var socket = connect()) {
        socket.getOutputStream().write(bytes);
        write(socket, "\ngood." + round + " 1 10\n");
      }
      Awaitility.await().until(() -> door.counts().connections() == 0);
    }
    for (int round = 0; round < 50; round++) {
      assertThat(intake.stored()).contains("0 good." + round + " 1.0 10");
    }
  }

  @Test
  void a_port_that_is_taken_is_told_with_what_to_do() {
    var taken =
        new GraphiteSettings(
            door.address(), GraphiteSettings.networks(List.of()), GraphiteSettings.Limits.DEFAULT);
    assertThatThrownBy(() -> GraphiteDoor.start(taken, test.fleet, intake, test.clock))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "--graphite-port: cannot listen on 127.0.0.1 port "
                + door.address().getPort()
                + ": another program listens there already; stop it, or choose another port");
  }
}
