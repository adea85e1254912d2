package io.happo.agent.api;

import io.happo.agent.exec.Command;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.Outcome;
import io.happo.agent.exec.Output;
import io.happo.agent.exec.PluginPaths;
import io.happo.agent.exec.ShellWords;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.PluginOutput;
import io.happo.core.Utf8;
import io.happo.net.Response;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code /monitor} and {@code /inventory}: runs one command and answers with what it said. */
final class PluginRoutes {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.api");
  private static final int UNKNOWN = 3;

  private final Exec exec;
  private final PluginPaths paths;
  private final Policy policy;
  private final MachineState machineState;
  private final LargeDocuments large;

  /**
   * What may run and how.
   *
   * @param timeout until a command is ended
   * @param shell whether options pass through {@code /bin/sh}, as the original's do
   * @param inventoryCommands the only commands that inventory may run; empty: any. With a list no
   *     shell is used, or the options could name further commands
   * @param maxProcesses for the message of a run that got no turn
   */
  record Policy(Duration timeout, boolean shell, Set<String> inventoryCommands, int maxProcesses) {
    Policy {
      inventoryCommands = Set.copyOf(inventoryCommands);
    }
  }

  PluginRoutes(
      Exec exec,
      PluginPaths paths,
      Policy policy,
      MachineState machineState,
      LargeDocuments large) {
    this.exec = exec;
    this.paths = paths;
    this.policy = policy;
    this.machineState = machineState;
    this.large = large;
  }

  Response monitor(JsonObject request) throws JsonException {
    var name = request.requiredText("plugin_name");
    var option = request.text("plugin_option");
    var refusal = PluginPaths.refuse(name);
    if (refusal.isPresent()) {
      throw new JsonException("plugin_name refused: " + refusal.get());
    }
    // A plugin that is nowhere is looked for in the last folder, whose name then stands in the
    // shell's message.
    var path = paths.find(name).orElseGet(() -> paths.directories().getLast().resolve(name));
    var line = path + " " + option;
    return exec.run(
        policy.shell() ? Command.shell(line) : direct(path, option),
        policy.timeout(),
        outcome -> large.work(bytes(outcome), () -> monitored(path, line, outcome)));
  }

  private Response monitored(Path path, String line, Outcome outcome) {
    if (!(outcome instanceof Outcome.Exited exited) || exited.status() != 0) {
      machineState.noteTrouble();
    }
    if (outcome instanceof Outcome.Exited exited) {
      return Answers.result(
          200, exited.status(), PluginOutput.message(text(exited.stdout()), text(exited.stderr())));
    }
    if (outcome instanceof Outcome.TimedOut timedOut) {
      timeout("plugin " + path, timedOut);
      return Answers.result(500, 2, "Exec timeout: " + line + (timedOut.started() ? "" : noTurn()));
    }
    var reason = ((Outcome.NotStarted) outcome).reason();
    return policy.shell()
        ? Answers.result(500, 2, "exit code: 125, fork/exec /bin/sh: " + reason)
        : Answers.result(200, 127, PluginOutput.message("", path + ": " + reason + "\n"));
  }

  Response inventory(JsonObject request) throws JsonException {
    var command = request.requiredText("command");
    var option = request.text("command_option");
    if (!policy.inventoryCommands().isEmpty() && !policy.inventoryCommands().contains(command)) {
      return Answers.inventory(403, UNKNOWN, "command refused: not among --inventory-allow");
    }
    return exec.run(
        throughShell()
            ? Command.shellMerged(command + " " + option)
            : Command.direct(words(command, option)).with(Command.Stderr.MERGED),
        policy.timeout(),
        outcome -> large.work(bytes(outcome), () -> inventoried(command, outcome)));
  }

  /** Whether inventory does. */
  private boolean throughShell() {
    return policy.inventoryCommands().isEmpty() && policy.shell();
  }

  private Response inventoried(String command, Outcome outcome) {
    var shown = "inventory command " + command;
    if (outcome instanceof Outcome.Exited exited) {
      if (exited.status() != 0) {
        LOG.log(Level.WARNING, "answered 400: {0} exited with {1}", shown, exited.status());
      }
      return Answers.inventory(
          exited.status() == 0 ? 200 : 400, exited.status(), text(exited.stdout()));
    }
    if (outcome instanceof Outcome.NotStarted notStarted && !throughShell()) {
      return Answers.inventory(400, 127, command + ": " + notStarted.reason() + "\n");
    }
    if (outcome instanceof Outcome.TimedOut timedOut) {
      timeout(shown, timedOut);
    }
    return Answers.inventory(417, 0, "");
  }

  /** Without the options: they may hold secrets. */
  private void timeout(String what, Outcome.TimedOut timedOut) {
    LOG.log(
        Level.WARNING,
        "timeout: {0} did not {1} within {2} s (--command-timeout){3}",
        what,
        timedOut.started() ? "end" : "start",
        policy.timeout().toSeconds(),
        timedOut.started() ? "" : noTurn());
  }

  private static long bytes(Outcome outcome) {
    return outcome instanceof Outcome.Exited exited
        ? (long) exited.stdout().bytes().length + exited.stderr().bytes().length
        : 0;
  }

  private static Command direct(Path path, String option) throws JsonException {
    return Command.direct(words(path.toString(), option));
  }

  private static List<String> words(String command, String option) throws JsonException {
    try {
      var words = new ArrayList<String>();
      words.add(command);
      words.addAll(ShellWords.split(option));
      return words;
    } catch (IllegalArgumentException e) {
      throw new JsonException(String.valueOf(e.getMessage()));
    }
  }

  private String noTurn() {
    return " (never started: all "
        + policy.maxProcesses()
        + " places of --max-processes were taken)";
  }

  private static String text(Output output) {
    var text = Utf8.decodeForJson(output.bytes());
    return output.droppedBytes() == 0
        ? text
        : text + "\n[" + output.droppedBytes() + " more bytes left out: see --max-output-bytes]\n";
  }
}
