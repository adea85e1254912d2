package io.happo.agent.scheduler;

import static io.happo.agent.exec.Command.Place.OUTSIDE;

import io.happo.agent.exec.Command;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.Outcome;
import io.happo.agent.exec.Output;
import io.happo.agent.exec.PluginPaths;
import io.happo.agent.exec.Surroundings;
import io.happo.core.Utf8;
import io.happo.core.plan.Check;
import io.happo.core.plan.Work;
import io.happo.program.schedule.Ran;
import io.happo.program.schedule.Runner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runs one check and says what came of it. Plugins and scripts are started with their arguments as
 * they are: no shell is between. Any thread; waits for the check.
 */
public final class CheckRunner implements Runner {
  private static final Consumer<byte[]> NOBODY = Exec.NOBODY;
  private static final int UNKNOWN = 3;
  private static final int NO_EXIT = -1;

  private final Exec exec;
  private final PluginPaths paths;
  private final BundleShelf shelf;
  private final Map<String, String> environment;

  /**
   * @param environment of what is run, to which a check adds its own
   */
  public CheckRunner(
      Exec exec, PluginPaths paths, BundleShelf shelf, Map<String, String> environment) {
    this.exec = exec;
    this.paths = paths;
    this.shelf = shelf;
    this.environment = Map.copyOf(environment);
  }

  @Override
  public Optional<Ran> run(Check check) {
    return Optional.of(run(check, Optional.empty(), check.timeout(), NOBODY));
  }

  /**
   * As {@link #run}, now, and heard while it runs.
   *
   * @param file of its script, where that is no bundle
   * @param timeout instead of the check's own
   * @param hearer is given what it writes to stdout, as {@link Exec#run} does
   */
  public Ran runNow(Check check, Optional<Path> file, Duration timeout, Consumer<byte[]> hearer) {
    return run(check, file, timeout, hearer);
  }

  private Ran run(Check check, Optional<Path> file, Duration timeout, Consumer<byte[]> hearer) {
    return switch (check.work()) {
      case Work.Builtin builtin -> {
        var argv = new ArrayList<String>();
        argv.add(builtin.name());
        argv.addAll(builtin.arguments());
        yield exec.run(
            Command.inside(argv),
            timeout,
            hearer,
            outcome -> ran(outcome, builtin.name(), timeout));
      }
      case Work.Plugin plugin -> run(check, plugin, timeout, hearer);
      case Work.Script script -> {
        var path = file.isPresent() ? file : shelf.script(script.sha256());
        yield path.isEmpty()
            ? Ran.unknown(
                "the script " + script.sha256() + " has not been fetched from the hub yet")
            : run(
                check,
                new Program(path.get(), Optional.empty(), OUTSIDE),
                script.arguments(),
                timeout,
                hearer);
      }
      case Work.Packed packed -> {
        var home = shelf.archive(packed.sha256());
        yield home.isEmpty()
            ? Ran.unknown(
                "the archive " + packed.sha256() + " has not been fetched from the hub yet")
            : run(
                check,
                new Program(home.get().resolve(packed.file()), home, OUTSIDE),
                packed.arguments(),
                timeout,
                hearer);
      }
    };
  }

  /** One that is nowhere may be part of the agent. */
  private Ran run(Check check, Work.Plugin plugin, Duration timeout, Consumer<byte[]> hearer) {
    var found = paths.find(plugin.name());
    var path = found.orElseGet(() -> paths.directories().getLast().resolve(plugin.name()));
    if (found.isEmpty() && !exec.isInside(path.toString())) {
      return Ran.unknown(
          "plugin "
              + plugin.name()
              + " is in none of "
              + paths.directories()
              + ": install it, or correct the check");
    }
    var program = new Program(path, Optional.empty(), Command.Place.EITHER);
    return run(check, program, plugin.arguments(), timeout, hearer);
  }

  /**
   * What is started.
   *
   * @param directory where it begins; empty: where the agent is
   */
  private record Program(Path file, Optional<Path> directory, Command.Place place) {}

  private Ran run(
      Check check,
      Program program,
      List<String> arguments,
      Duration timeout,
      Consumer<byte[]> hearer) {
    var argv = new ArrayList<String>();
    argv.add(program.file().toAbsolutePath().toString());
    argv.addAll(arguments);
    var command = Command.direct(argv).at(program.place());
    if (!check.environment().isEmpty() || program.directory().isPresent()) {
      var variables = new HashMap<>(environment);
      variables.putAll(check.environment());
      var directory = program.directory().orElse(Path.of("")).toAbsolutePath();
      command = command.in(new Surroundings(variables, directory, Optional.empty()));
    }
    return exec.run(
        command, timeout, hearer, outcome -> ran(outcome, program.file().toString(), timeout));
  }

  private static Ran ran(Outcome outcome, String program, Duration timeout) {
    return switch (outcome) {
      case Outcome.Exited exited ->
          new Ran(status(exited.status()), exited.status(), text(exited.stdout(), exited.stderr()));
      case Outcome.TimedOut timedOut when !timedOut.started() ->
          Ran.unknown("not started within " + timeout.toSeconds() + " s: too many commands run");
      case Outcome.TimedOut timedOut -> {
        var said = text(timedOut.stdout(), timedOut.stderr());
        yield new Ran(
            UNKNOWN,
            NO_EXIT,
            "UNKNOWN - ended after "
                + timeout.toSeconds()
                + " s, the timeout of this check"
                + (said.isBlank() ? "\n" : "; until then it wrote:\n" + said));
      }
      case Outcome.NotStarted notStarted ->
          Ran.unknown(program + " could not be started: " + notStarted.reason());
    };
  }

  /** Only stdout counts; a plugin that says nothing there is heard on stderr. */
  private static String text(Output stdout, Output stderr) {
    return Utf8.decode(stdout.bytes().length == 0 ? stderr.bytes() : stdout.bytes());
  }

  private static int status(int exit) {
    return exit >= 0 && exit <= UNKNOWN ? exit : UNKNOWN;
  }
}
