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
 * One running {@code happo-hub serve}, with its data in a folder of its own, on a port of its own.
 * {@link #start} returns when its port takes connections and its client commands get in.
 */
final class HubDaemon implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(20);

  private final Process process;
  private final Path folder;
  private final int port;

  private HubDaemon(Process process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  static HubDaemon start(Path folder, String... flags) {
    return start(folder, Ports.free(), Map.of(), List.of(flags));
  }

  static HubDaemon start(
      Path folder, int port, Map<String, String> environment, List<String> flags) {
    var argv = new ArrayList<String>();
    argv.addAll(List.of(Programs.hub().toString(), "serve", "--data", "data", "--port", "" + port));
    argv.addAll(
        List.of("--listen-address", "127.0.0.1", "--public-url", "https://127.0.0.1:" + port));
    argv.addAll(flags);
    try {
      Files.createDirectories(folder);
      var process =
          Run.builder(folder, environment, argv)
              .redirectOutput(folder.resolve("stdout").toFile())
              .redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("stderr").toFile()))
              .start();
      var hub = new HubDaemon(process, folder, port);
      Awaitility.await("hub in " + folder)
          .atMost(START)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> !process.isAlive() || (hub.connects() && Files.exists(hub.profile())));
      if (!process.isAlive()) {
        throw new AssertionError("hub ended with " + process.exitValue() + ": " + hub.stderr());
      }
      return hub;
    } catch (IOException e) {
      throw new AssertionError("cannot start " + argv, e);
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

  String url() {
    return "https://127.0.0.1:" + port;
  }

  Path folder() {
    return folder;
  }

  Path profile() {
    return folder.resolve("data/client.json");
  }

  /** Of the user admin, whom it made at its first start. */
  String adminPassword() {
    return Run.text(folder.resolve("data/admin-password")).strip();
  }

  Process process() {
    return process;
  }

  String stderr() {
    return Run.text(folder.resolve("stderr"));
  }

  /** Runs a client command against it. */
  Run run(String... words) {
    var argv = new ArrayList<String>();
    argv.add(Programs.hub().toString());
    argv.addAll(List.of(words));
    argv.addAll(List.of("--profile", profile().toString()));
    return Run.of(folder, Map.of(), argv);
  }

  /** What a client command that has to succeed prints. */
  String say(String... words) {
    var run = run(words);
    if (run.exit() != 0) {
      throw new AssertionError(
          String.join(" ", words) + " ended with " + run.exit() + ": " + run.stderr());
    }
    return run.stdout();
  }

  /** What its REST API answers, which must be 200. */
  Json get(String path) {
    return Json.parse(getText(path));
  }

  String getText(String path) {
    var bearer = "Bearer " + Json.parse(Run.text(profile())).at("token").text();
    var answer = Https.to(port).ask("GET", path, List.of(Map.entry("Authorization", bearer)), null);
    if (answer.status() != 200) {
      throw new AssertionError(path + " answered " + answer.status() + ": " + answer.text());
    }
    return answer.text();
  }

  /** A new token, with which agents join and need no approval, any number of them. */
  String token() {
    var command = say("token", "create", "--approve", "--uses", "0").strip();
    return command.substring(command.lastIndexOf(' ') + 1).replace("'", "");
  }

  /** Kills it, and starts it anew in the same place. */
  HubDaemon killAndStart() throws InterruptedException {
    process.destroyForcibly().waitFor();
    return start(folder, port, Map.of(), List.of());
  }

  /** Ends it as an init system would. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the hub did not end within " + STOP.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
  }
}
