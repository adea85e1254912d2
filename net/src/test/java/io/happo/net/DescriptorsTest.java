package io.happo.net;

import static io.happo.net.TestPackets.ECHO;
import static io.happo.net.TestPackets.packet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that may have more connections than its process has descriptors. */
@Timeout(60)
final class DescriptorsTest {
  private static Socket connect(int port) throws IOException {
    var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  @Test
  void server_without_a_free_descriptor_drops_the_idle_and_serves_on() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process =
        new ProcessBuilder(
                List.of(
                    "sh",
                    "-c",
                    "ulimit -n 300 && exec \"$@\"",
                    "sh",
                    java,
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Program.class.getName()))
            .redirectErrorStream(true)
            .start();
    var idle = new ArrayList<Socket>();
    try (var lines = process.inputReader(StandardCharsets.UTF_8);
        var _ = process.getOutputStream()) {
      int port = Integer.parseInt(String.valueOf(lines.readLine()));
      for (int i = 0; i < 600; i++) {
        idle.add(connect(port));
      }
      for (int i = 0; i < 5; i++) {
        try (var good = connect(port)) {
          good.getOutputStream().write(packet("good"));
          assertThat(TestServer.readAll(good)).isEqualTo("re: good");
        }
      }
      var told = "";
      while (told != null && !told.contains("connections cannot be accepted, with ")) {
        told = lines.readLine();
      }
      assertThat(told).contains("Too many open files");
      assertThat(process.isAlive()).isTrue();
    } finally {
      for (var socket : idle) {
        socket.close();
      }
      process.destroy();
      process.waitFor();
    }
  }

  /** A server that stays until its input ends. */
  static final class Program {
    public static void main(String[] arguments) throws Exception {
      try (var server = TestPackets.start(TestPackets.settings(Optional.empty()), ECHO)) {
        System.out.println(server.port);
        System.in.transferTo(System.out);
      }
    }
  }
}
