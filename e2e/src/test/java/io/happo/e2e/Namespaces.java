package io.happo.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * Machines and networks between them, each a network namespace of the kernel that this makes and
 * removes. Nothing that runs there reaches the machine of the test, nor the other way.
 */
final class Namespaces implements AutoCloseable {
  private static final long STOP_SECONDS = 20;

  private final Path home;
  private final String prefix = "happo-" + ProcessHandle.current().pid() + "-";
  private final List<String> made = new ArrayList<>();
  private final List<Process> running = new ArrayList<>();
  private int links;

  Namespaces(Path home) {
    this.home = home;
  }

  /** A network to plug machines into. */
  void network(String name) {
    machine(name);
    ip("-n", prefix + name, "link", "add", "br0", "type", "bridge");
    ip("-n", prefix + name, "link", "set", "br0", "up");
  }

  void machine(String name) {
    ip("netns", "add", prefix + name);
    made.add(prefix + name);
    ip("-n", prefix + name, "link", "set", "lo", "up");
  }

  /** Plugs a machine into a network, with an address there such as {@code 10.77.1.2}. */
  void plug(String machine, String network, String address) {
    var link = "e" + ++links;
    ip(
        "link",
        "add",
        link,
        "netns",
        prefix + machine,
        "type",
        "veth",
        "peer",
        "name",
        link,
        "netns",
        prefix + network);
    ip("-n", prefix + network, "link", "set", link, "master", "br0", "up");
    ip("-n", prefix + machine, "address", "add", address + "/24", "dev", link);
    ip("-n", prefix + machine, "link", "set", link, "up");
  }

  private void ip(String... words) {
    var argv = new ArrayList<>(List.of("ip"));
    argv.addAll(List.of(words));
    var run = Run.of(home, Map.of(), argv);
    if (run.exit() != 0) {
      throw new AssertionError(argv + ": " + run.stderr());
    }
  }

  private List<String> within(String machine, List<String> argv) {
    var all = new ArrayList<>(List.of("ip", "netns", "exec", prefix + machine));
    all.addAll(argv);
    return all;
  }

  /** The folder of what runs on a machine. */
  Path folder(String machine) throws IOException {
    return Files.createDirectories(home.resolve(machine));
  }

  /** Runs a program on a machine to its end. */
  Run run(String machine, List<String> argv) throws IOException {
    return Run.of(folder(machine), Map.of(), within(machine, argv));
  }

  /** Starts a program on a machine, and returns once it has said that it listens. */
  Process start(String machine, List<String> argv) throws IOException {
    var stderr = folder(machine).resolve("stderr");
    Files.writeString(stderr, "");
    var process =
        Run.builder(folder(machine), Map.of(), within(machine, argv))
            .redirectOutput(folder(machine).resolve("stdout").toFile())
            .redirectError(stderr.toFile())
            .start();
    running.add(process);
    Awaitility.await(argv + " on " + machine)
        .until(() -> !process.isAlive() || Run.text(stderr).contains("listening on"));
    if (!process.isAlive()) {
      throw new AssertionError(argv + " ended: " + Run.text(stderr));
    }
    return process;
  }

  /** Ends a program as a power cut does. */
  static void kill(Process process) throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    running.reversed().forEach(Process::destroy);
    for (var process : running) {
      try {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        process.destroyForcibly();
      }
    }
    made.reversed().forEach(name -> ip("netns", "delete", name));
  }
}
