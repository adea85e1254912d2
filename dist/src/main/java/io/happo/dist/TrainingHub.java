package io.happo.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The packaged hub that the agent is trained with: what it has agents run, and asks of one. */
final class TrainingHub {
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  private final Path program;
  private final Path folder;
  private int port;
  private List<Process> started = List.of();

  /**
   * @param home the distribution of the hub
   * @param folder to work in
   */
  TrainingHub(Path home, Path folder) {
    this.program = home.resolve("bin").resolve(Program.HUB.name());
    this.folder = folder;
  }

  /** Starts it, and gives it a plan. */
  void start(int onPort) throws IOException, InterruptedException {
    port = onPort;
    Path plan = Files.createDirectories(folder.resolve("plan"));
    Files.createDirectories(plan.resolve("scripts"));
    Files.writeString(plan.resolve("scripts/hello.sh"), "#!/bin/sh\necho 'OK - trained|time=1s'\n");
    Files.writeString(
        plan.resolve("checks.yaml"),
        """
        checks:
          - name: script
            script: hello.sh
            every: 1s
          - name: plugin
            plugin: check_ok -w 1
            every: 1s
          - name: uptime
            builtin: uptime
            every: 1s
        """);
    started =
        List.of(
            process(
                "serve",
                "--data",
                "data",
                "--port",
                "" + port,
                "--listen-address",
                "127.0.0.1",
                "--public-url",
                url()));
    await("listens", () -> Files.exists(folder.resolve("data/client.json")));
    await("answers", () -> run("agents").exit() == 0);
    say("plan", "apply", plan.toString());
  }

  String url() {
    return "https://127.0.0.1:" + port;
  }

  /** With which an agent joins. */
  String token() throws IOException, InterruptedException {
    String line = say("token", "create", "--approve").strip();
    return line.substring(line.lastIndexOf(' ') + 1).replace("'", "");
  }

  /** Returns when the agent has sent what its checks said. */
  void awaitResults() throws IOException, InterruptedException {
    await("has results", () -> run("checks").stdout().split("OK - ", -1).length > 3);
  }

  /** Has the agent run something, and waits for it. */
  void runNow() throws IOException, InterruptedException {
    String agents = say("agents", "--json");
    String name = agents.split("\"name\":\"", 2)[1].split("\"", 2)[0];
    say("run", name, "script");
  }

  void close() throws InterruptedException {
    for (Process process : started) {
      process.destroy();
      if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private void await(String what, Condition condition) throws IOException, InterruptedException {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end || !started.getFirst().isAlive()) {
        throw new IOException(
            "the hub for the training never "
                + what
                + "; it said:\n"
                + Files.readString(output("serve")));
      }
      Thread.sleep(100);
    }
  }

  private record Said(int exit, String stdout) {}

  private String say(String... words) throws IOException, InterruptedException {
    Said said = run(words);
    if (said.exit() != 0) {
      throw new IOException("happo-hub " + String.join(" ", words) + " said:\n" + said.stdout());
    }
    return said.stdout();
  }

  private Said run(String... words) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--profile", "data/client.json"));
    int exit = process(all.toArray(String[]::new)).waitFor();
    return new Said(exit, Files.readString(output(words[0]), StandardCharsets.UTF_8));
  }

  private Process process(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("HAPPO_"));
    return builder.redirectErrorStream(true).redirectOutput(output(words[0]).toFile()).start();
  }

  private Path output(String word) {
    return folder.resolve(word + ".out");
  }
}
