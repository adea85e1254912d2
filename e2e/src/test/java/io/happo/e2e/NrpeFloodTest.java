package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Peers of the NRPE door that only hold on, more than the packaged agent has descriptors or memory
 * for: the real check_nrpe is answered meanwhile.
 */
final class NrpeFloodTest {
  private static final int OPEN_FILES = 1_024;
  private static final int HALF_GREETINGS = 3_000;
  private static final int HALF_GREETING_BYTES = 14_000;

  @TempDir Path folder;

  @Test
  void check_is_answered_while_more_connections_idle_than_files_may_be_open() throws Exception {
    Peer.NRPE.need();
    int port = Ports.free();
    var limit = List.of("/bin/sh", "-c", "ulimit -n " + OPEN_FILES + " && exec \"$@\"", "sh");
    try (var daemon = start(limit, NrpeSetup.PLAIN, port)) {
      answersWhile(daemon, port, OPEN_FILES + 100, new byte[0], List.of("-n"));
    }
  }

  @Test
  void check_is_answered_while_thousands_have_said_half_a_greeting() throws Exception {
    Peer.NRPE.need();
    int port = Ports.free();
    try (var daemon = start(List.of(), NrpeSetup.TLS, port)) {
      answersWhile(daemon, port, HALF_GREETINGS, halfGreeting(), List.of());
    }
  }

  private Daemon start(List<String> before, NrpeSetup setup, int port) throws IOException {
    var config = NrpeHome.in(folder).config("nrpe.cfg", port, setup.lines());
    var flags = new ArrayList<>(List.of("--nrpe-config", config.toString()));
    flags.addAll(setup.ourFlags());
    var daemonFolder = Files.createDirectories(folder.resolve("daemon"));
    return Daemon.start(before, daemonFolder, Map.of(), flags);
  }

  private void answersWhile(
      Daemon daemon, int port, int connections, byte[] words, List<String> options)
      throws IOException {
    var held = new ArrayList<Socket>();
    try {
      for (int i = 0; i < connections; i++) {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        held.add(socket);
        say(socket, words);
      }
      // Those for which there was no room.
      Awaitility.await().until(() -> refused(daemon) >= connections / 4);
      for (int i = 0; i < 5; i++) {
        var argv = new ArrayList<>(List.of(Peer.PLUGINS + "/check_nrpe", "-H", "127.0.0.1"));
        argv.addAll(List.of("-p", "" + port, "-c", "ok"));
        argv.addAll(options);
        var run = Run.of(folder, Map.of(), argv);
        assertThat(run.stdout()).as(run.stderr()).isEqualTo("OK\n");
      }
      assertThat(daemon.process().isAlive()).isTrue();
      assertThat(daemon.log() + daemon.stderr()).doesNotContain("OutOfMemoryError", "Exception");
    } finally {
      for (var socket : held) {
        socket.close();
      }
    }
  }

  private static void say(Socket socket, byte[] words) {
    try {
      socket.getOutputStream().write(words);
    } catch (IOException e) {
      // Refused already.
    }
  }

  private static long refused(Daemon daemon) {
    var status = daemon.get("/status").text();
    var before = "\"refused\":";
    int at = status.indexOf(before);
    return at < 0 ? 0 : Long.parseLong(status.substring(at + before.length()).split(",", 2)[0]);
  }

  /** A record with a ClientHello that announces more suites than come. */
  private static byte[] halfGreeting() {
    var hello = ByteBuffer.allocate(HALF_GREETING_BYTES);
    hello.put((byte) 0x16).putShort((short) 0x0301).putShort((short) 0x3fff);
    hello.put((byte) 1).put((byte) 0).putShort((short) 0x3ffb).putShort((short) 0x0303);
    hello.put(new byte[32]).put((byte) 0).putShort((short) 0x3f00);
    return hello.array();
  }
}
