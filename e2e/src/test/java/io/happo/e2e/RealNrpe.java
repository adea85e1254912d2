package io.happo.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * One running NRPE 4.1.0 daemon of its own authors, in the foreground, with the given
 * configuration.
 *
 * <p>{@link #start} returns when its port takes connections. Started by root, it becomes the {@code
 * nrpe_user} of its configuration: what it reads must be readable to that user. {@link #close} ends
 * the daemon; what it had begun to run ends by itself at its deadline.
 */
final class RealNrpe implements AutoCloseable {
  /** Which build. */
  enum Build {
    /** As Debian ships it: takes no arguments, has anonymous Diffie-Hellman. */
    DEBIAN("nrpe"),
    /** From the same sources, takes arguments, has no anonymous Diffie-Hellman. */
    WITH_ARGUMENTS("nrpe-args");

    private final String program;

    Build(String program) {
      this.program = program;
    }
  }

  private static final Duration START = Duration.ofSeconds(15);
  private static final Duration STOP = Duration.ofSeconds(10);

  private final Process process;

  private RealNrpe(Process process) {
    this.process = process;
  }

  /**
   * Starts one.
   *
   * @param folder for its stdout and stderr
   * @param environment added to the tests' own
   * @param config its nrpe.cfg, which names the port
   * @param port that port
   * @param flags of its command line, as {@code -n}
   */
  static RealNrpe start(
      Path folder,
      Map<String, String> environment,
      Build build,
      Path config,
      int port,
      List<String> flags) {
    Peer.NRPE.need();
    var program = Peer.FOLDER.resolve(build.program).toString();
    var argv = new ArrayList<>(List.of(program, "-c", config.toString(), "-f"));
    argv.addAll(flags);
    try {
      var output = folder.resolve("real-nrpe.out");
      var process =
          Run.builder(folder, environment, argv)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      var daemon = new RealNrpe(process);
      try {
        Awaitility.await("the real nrpe with " + config)
            .atMost(START)
            .pollInterval(Duration.ofMillis(20))
            .until(() -> !process.isAlive() || connects(port));
      } catch (RuntimeException e) {
        daemon.close();
        throw e;
      }
      if (!process.isAlive()) {
        throw new AssertionError(
            "the real nrpe ended with " + process.exitValue() + ": " + Run.text(output));
      }
      return daemon;
    } catch (IOException e) {
      throw new AssertionError("cannot start " + argv, e);
    }
  }

  private static boolean connects(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("the real nrpe did not end within " + STOP.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
