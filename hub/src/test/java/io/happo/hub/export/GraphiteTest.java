package io.happo.hub.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GraphiteTest {
  private static final List<Point> POINTS =
      List.of(
          new Point(Fixtures.perfdata("disk /", "/var", "MB"), 2_999, 7),
          new Point(Fixtures.metric("db.example", "queue.length;queue=in"), 3_000, 0.5));

  private interface Server {
    void serve(Socket socket) throws Exception;
  }

  private static void send(String names, Server server) throws Exception {
    send(names, OutputLimits.DEFAULT, POINTS, server);
  }

  private static void send(String names, OutputLimits limits, List<Point> points, Server server)
      throws Exception {
    try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var served = new CompletableFuture<Boolean>();
      Thread.ofVirtual()
          .start(
              () -> {
                try (var socket = listening.accept()) {
                  server.serve(socket);
                  served.complete(true);
                } catch (Exception e) {
                  served.completeExceptionally(e);
                }
              });
      var settings =
          Map.of(
              "server", "127.0.0.1:" + listening.getLocalPort(), "prefix", "happo", "names", names);
      var graphite = new Graphite(settings, new PrometheusNames(Map.of(), List.of()), limits);
      graphite.send(points);
      served.join();
    }
  }

  private static List<String> lines(String names) throws Exception {
    return lines(names, POINTS);
  }

  private static List<String> lines(String names, List<Point> points) throws Exception {
    var read = new CompletableFuture<String>();
    send(
        names,
        OutputLimits.DEFAULT,
        points,
        socket ->
            read.complete(
                new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)));
    return read.join().lines().toList();
  }

  @Test
  void names_are_paths() throws Exception {
    assertThat(lines("path"))
        .containsExactly(
            "happo.web-01.disk__._var 7.0 2",
            "happo.web-01.db_example.queue.length;queue=in 0.5 3");
  }

  @Test
  void names_may_be_those_of_prometheus_with_tags() throws Exception {
    var agent = ";agent=web-01;agent_id=" + Fixtures.ID;
    assertThat(lines("tags"))
        .containsExactly(
            "happo_perfdata" + agent + ";check=disk_/;label=/var;unit=MB 7.0 2",
            "queue_length" + agent + ";host=db.example;path=queue.length;queue=in 0.5 3");
  }

  @Test
  void blanks_that_only_unicode_knows_do_not_tear_a_line() throws Exception {
    var blanks = "a\u00a0b\u2028c\u0085d\u3000e";
    var name = blanks.replace("\u0085", ""); // No name holds a control character.
    var points =
        List.of(
            new Point(Fixtures.perfdata(blanks, "label", ""), 1_000, 1),
            new Point(Fixtures.metric("db", name + ";" + name + "=" + name), 1_000, 1));
    assertThat(lines("path", points))
        .containsExactly(
            "happo.web-01.a_b_c_d_e.label 1.0 1",
            "happo.web-01.db.a_b_cd_e;a_b_cd_e=a_b_cd_e 1.0 1");
    assertThat(lines("tags", points))
        .allMatch(line -> line.chars().filter(Character::isWhitespace).count() == 2)
        .allMatch(line -> line.contains("=a_b_c"));
  }

  @Test
  void who_answers_without_end_is_left_at_the_deadline() {
    var much = new byte[1 << 16];
    assertThatThrownBy(
            () ->
                send(
                    "path",
                    Measuring.LIMITS,
                    POINTS,
                    socket -> {
                      while (true) {
                        socket.getOutputStream().write(much);
                      }
                    }))
        .isInstanceOf(Receiver.NotTakenException.class)
        .hasMessageContaining("does not end the connection within 1 s");
  }

  @Test
  void a_connection_that_is_cut_brought_nothing() {
    assertThatThrownBy(
            () ->
                send(
                    "path",
                    socket -> {
                      socket.getInputStream().read();
                      socket.setSoLinger(true, 0); // Ends with a reset, what is not read is gone.
                    }))
        .isInstanceOf(Receiver.NotTakenException.class)
        .hasMessageContaining("does not take it");
  }
}
