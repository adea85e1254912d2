package io.happo.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * One running {@code happo-agent daemon}, in a folder of its own with the default file names, on a
 * port of its own.
 *
 * <p>{@link #start} returns when the port takes connections. {@link #close} ends it as an init
 * system would.
 */
final class Daemon implements AutoCloseable {
  /** The daemon gave up before it took connections. */
  static final class Ended extends AssertionError {
    private static final long serialVersionUID = 1;

    private final int exit;

    Ended(int exit, String said) {
      super("daemon ended with " + exit + ": " + said);
      this.exit = exit;
    }

    int exit() {
      return exit;
    }
  }

  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration STOP = Duration.ofSeconds(15);

  private final Process process;
  private final Path folder;
  private final int port;

  private Daemon(Process process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  static Daemon start(Path folder, String... flags) {
    return start(folder, Map.of(), List.of(flags));
  }

  static Daemon start(Path folder, Map<String, String> environment, List<String> flags) {
    return start(List.of(), folder, environment, flags);
  }

  /**
   * @param before of the command line; a program that becomes the daemon
   */
  static Daemon start(
      List<String> before, Path folder, Map<String, String> environment, List<String> flags) {
    int port = Ports.free();
    var argv = new ArrayList<>(before);
    argv.addAll(List.of(Programs.agent().toString(), "daemon", "--port", "" + port));
    argv.addAll(flags);
    try {
      Files.createDirectories(folder);
      var metrics = folder.resolve("metrics.yaml");
      if (!Files.exists(metrics)) {
        Files.createFile(metrics);
      }
      var process =
          Run.builder(folder, environment, argv)
              .redirectOutput(folder.resolve("stdout").toFile())
              .redirectError(folder.resolve("stderr").toFile())
              .start();
      var daemon = new Daemon(process, folder, port);
      daemon.awaitReady();
      return daemon;
    } catch (IOException e) {
      throw new AssertionError("cannot start " + argv, e);
    }
  }

  private void awaitReady() {
    try {
      Awaitility.await("daemon in " + folder)
          .atMost(START)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> !process.isAlive() || connects());
    } catch (RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
    if (!process.isAlive()) {
      throw new Ended(process.exitValue(), stderr());
    }
  }

  private boolean connects() {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  int port() {
    return port;
  }

  Path folder() {
    return folder;
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  String stdout() {
    return Run.text(folder.resolve("stdout"));
  }

  String stderr() {
    return Run.text(folder.resolve("stderr"));
  }

  String log() {
    return Run.text(folder.resolve("happo-agent.log"));
  }

  Process process() {
    return process;
  }

  /** POSTs JSON as the clients do. */
  Answer post(String path, String json) {
    return Https.to(port).post(path, json);
  }

  Answer get(String path) {
    return Https.to(port).ask("GET", path, List.of(), null);
  }

  /** Sends a signal by name, as {@code kill} does. */
  void signal(String name) {
    var run = Run.of(folder, Map.of(), List.of("/bin/kill", "-" + name, "" + process.pid()));
    if (run.exit() != 0) {
      throw new AssertionError("kill -" + name + ": " + run.stderr());
    }
  }

  /** {@code kill -9}; returns when the process is gone. */
  void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            "daemon in " + folder + " did not end within " + STOP.toSeconds() + " s of SIGTERM");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
