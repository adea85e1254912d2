package io.happo.agent.doctor;

import io.happo.agent.exec.Account;
import io.happo.agent.exec.Command;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.Outcome;
import io.happo.agent.scheduler.HubMayRun;
import io.happo.core.Utf8;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.Trust;
import io.happo.program.cli.Arguments;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who the agent is here, and whether the machine lets it listen and run things. */
final class MachineExam {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String OPEN_FILES = "Max open files";

  private final Arguments arguments;
  private final List<Remark> remarks;

  MachineExam(Arguments arguments, List<Remark> remarks) {
    this.arguments = arguments;
    this.remarks = remarks;
  }

  void examine() {
    user();
    port();
    openFiles();
    commands();
    plugins();
  }

  private void user() {
    var name = System.getProperty("user.name");
    boolean root = false;
    try {
      root = Account.ownUserId() == 0;
    } catch (IOException e) {
      // It is told by its name alone.
    }
    remarks.add(Remark.ok("user", "this runs as " + name + ", and so does what it starts"));
    var may = HubMayRun.of(arguments.text("hub-may-run")).orElseThrow();
    var what =
        "a hub may have run here as "
            + name
            + ": "
            + switch (may) {
              case BUILTIN -> "built-in checks";
              case INSTALLED -> "built-in checks and plugins of the plugin folders";
              case BUNDLES ->
                  "built-in checks, plugins of the plugin folders, and scripts and plugins that the"
                      + " hub has signed";
              case ANYTHING -> "any command line, script and plugin";
            };
    remarks.add(
        root && may == HubMayRun.ANYTHING
            ? Remark.warning(
                "hub-may-run",
                what,
                "Whoever has the hub has this machine: run the agent as a user of its own, or"
                    + " narrow it with --hub-may-run bundles.")
            : Remark.ok("hub-may-run", what));
  }

  private void port() {
    int port = arguments.number("port");
    var host = arguments.text("listen-address");
    var shown = (host.isEmpty() ? "*" : host) + ":" + port;
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(
          host.isEmpty()
              ? new InetSocketAddress(port)
              : new InetSocketAddress(InetAddress.getByName(host), port));
      remarks.add(Remark.ok("port", shown + " is free; no agent runs there"));
    } catch (BindException e) {
      remarks.add(
          isHeldByAnAgent(host, port)
              ? Remark.ok("port", shown + " is held by an agent, which answers")
              : Remark.critical(
                  "port",
                  shown + " cannot be listened on: " + e.getMessage(),
                  "Find who holds it (ss -ltnp), or listen elsewhere with --port. Ports below 1024"
                      + " take root."));
    } catch (IOException e) {
      remarks.add(
          Remark.critical(
              "port",
              shown + " cannot be listened on: " + e.getMessage(),
              "Name an address of this machine with --listen-address."));
    }
  }

  private static boolean isHeldByAnAgent(String host, int port) {
    try (var client = new HttpsClient(new Trust.Anything(), Optional.empty())) {
      var answer = client.send("GET", uri(host, port, "/"), Headers.NONE, new byte[0], PATIENCE);
      // One that does not let us in is an agent as well.
      return answer.status() == 403 || Utf8.decode(answer.body()).equals("OK");
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  /** Of an agent on this machine that listens there. */
  static URI uri(String host, int port, String path) {
    var asked = host.isEmpty() || host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    return URI.create(
        "https://" + (asked.indexOf(':') < 0 ? asked : "[" + asked + "]") + ":" + port + path);
  }

  private void openFiles() {
    long needed = arguments.number("max-connections") + 3L * arguments.number("max-processes");
    try {
      for (var line : Files.readAllLines(LIMITS, StandardCharsets.ISO_8859_1)) {
        if (line.startsWith(OPEN_FILES)) {
          // The second number: a JVM raises its own limit up to that.
          var most = line.substring(OPEN_FILES.length()).strip().split(" +", -1)[1];
          var text =
              most + " files may be open here; connections and commands at once may take " + needed;
          remarks.add(
              !most.equals("unlimited") && Long.parseLong(most) < needed
                  ? Remark.warning(
                      "limits",
                      text,
                      "Raise it (ulimit -n, LimitNOFILE= of the unit, which has its own), or lower"
                          + " --max-connections and --max-processes.")
                  : Remark.ok("limits", text));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      remarks.add(
          Remark.warning(
              "limits",
              "the limit of open files cannot be told: " + e.getMessage(),
              "See ulimit."));
    }
  }

  private void commands() {
    var settings = ExecSettings.withDefaults(Map.of("PATH", "/usr/bin:/bin"));
    try (var exec = new Exec(settings)) {
      var outcome = exec.run(Command.direct(List.of("true")), PATIENCE, one -> one);
      var advice = "See the log of the agent; it needs Linux, and lib/libhappo_exec.so beside it.";
      remarks.add(
          switch (outcome) {
            case Outcome.Exited exited when exited.status() == 0 ->
                Remark.ok("commands", "commands can be run");
            case Outcome.Exited exited ->
                Remark.critical("commands", "'true' ended with " + exited.status(), advice);
            case Outcome.TimedOut _ ->
                Remark.critical("commands", "'true' did not end within 3 s", advice);
            case Outcome.NotStarted not ->
                Remark.critical("commands", "'true' cannot be run: " + not.reason(), advice);
          });
    }
  }

  private void plugins() {
    int folders = 0;
    int executable = 0;
    int others = 0;
    for (var name : arguments.list("nagios-plugin-paths")) {
      var folder = Path.of(name);
      if (Files.isDirectory(folder)) {
        folders++;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "check_*")) {
          for (var file : files) {
            if (Files.isRegularFile(file)) {
              executable += Files.isExecutable(file) ? 1 : 0;
              others += Files.isExecutable(file) ? 0 : 1;
            }
          }
        } catch (IOException e) {
          remarks.add(
              Remark.warning(
                  "plugins",
                  folder + " cannot be read: " + e.getMessage(),
                  "Let the agent's user in: chmod, chown."));
        }
      } else if (arguments.isGiven("nagios-plugin-paths")) {
        remarks.add(
            Remark.warning(
                "plugins", "there is no folder " + folder, "Mend --nagios-plugin-paths."));
      }
    }
    var text = executable + " plugins (check_*) in " + folders + " folders";
    remarks.add(
        others > 0
            ? Remark.warning(
                "plugins",
                text + "; " + others + " more cannot be executed",
                "chmod +x them; where that is done already, the file system is mounted noexec.")
            : Remark.ok("plugins", text));
  }
}
