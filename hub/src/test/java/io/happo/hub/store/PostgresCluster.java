package io.happo.hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Debian's PostgreSQL in a folder of its own on 127.0.0.1, as another user when this is root, which
 * PostgreSQL refuses to be. A machine without it skips the test, unless {@code happo.peers}
 * requires it.
 */
public final class PostgresCluster {
  private static final Path PROGRAMS = Path.of("/usr/lib/postgresql/15/bin");
  private static final String OTHER_USER = "nobody";
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final Path folder;
  private final int port;

  /** Makes a cluster and starts it. */
  public static PostgresCluster start() throws IOException, InterruptedException {
    boolean here = Files.isExecutable(PROGRAMS.resolve("initdb"));
    if (!here && !System.getProperty("happo.peers", "optional").equals("required")) {
      assumeTrue(false, "postgresql-15 is not installed");
    }
    assertThat(here).as("postgresql-15 is installed (tools/install-peers.sh)").isTrue();
    return new PostgresCluster();
  }

  private PostgresCluster() throws IOException, InterruptedException {
    folder = Files.createTempDirectory("happo-postgresql");
    if (root()) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      Files.setOwner(
          folder,
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(OTHER_USER));
    }
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    run(
        "initdb",
        "--username=happo",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "-D",
        data());
    startServer();
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private static boolean root() {
    return System.getProperty("user.name").equals("root");
  }

  public void startServer() throws IOException, InterruptedException {
    run(
        "pg_ctl",
        "--wait",
        "-D",
        data(),
        "-l",
        folder.resolve("log").toString(),
        "-o",
        "-h 127.0.0.1 -p " + port + " -c unix_socket_directories=",
        "start");
  }

  /** Stops it as a crash does: what was not committed is gone, connections end at once. */
  public void crash() throws IOException, InterruptedException {
    run("pg_ctl", "--wait", "-D", data(), "-m", "immediate", "stop");
  }

  private static void run(String program, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<String>();
    if (root()) {
      command.addAll(
          List.of("setpriv", "--reuid=" + OTHER_USER, "--regid=nogroup", "--clear-groups"));
    }
    command.add(PROGRAMS.resolve(program).toString());
    command.addAll(List.of(arguments));
    var output = Files.createTempFile("happo-postgresql", ".out");
    try {
      var process =
          new ProcessBuilder(command)
              .directory(Path.of("/").toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s ended", command).isTrue();
      assertThat(process.exitValue())
          .as("%s: %s", command, Files.readString(output, StandardCharsets.ISO_8859_1))
          .isZero();
    } finally {
      Files.delete(output);
    }
  }

  /** The address of a new, empty database. */
  public String newDatabase() throws IOException, InterruptedException {
    var name = "happo" + DATABASES.incrementAndGet();
    run("createdb", "-h", "127.0.0.1", "-p", String.valueOf(port), "-U", "happo", name);
    return url(name);
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=happo";
  }

  /** Stops it, and removes all of it. */
  public void close() throws IOException, InterruptedException {
    crash();
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
