package io.happo.agent.exec;

import io.happo.agent.exec.Spawner.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is executed for a command: its program, {@code setpriv} before it where another user
 * is wanted, and no shell where its line needs none. A program that the system does not load is
 * left to the shell all the same, which then says so in its own words.
 */
final class Launcher {
  private static final Path HERE = Path.of("");

  private final Map<String, String> environment;
  private final Optional<Map<String, String>> shellEnvironment;
  private final @Nullable Spawner spawner;
  private final Restraint restraint;

  /**
   * @param environment of commands without surroundings
   * @param spawner none where the system is too old for it
   * @param restraint of what is started without it
   */
  Launcher(Map<String, String> environment, @Nullable Spawner spawner, Restraint restraint) {
    this.environment = environment;
    this.shellEnvironment = ShellLine.environment(environment, HERE);
    this.spawner = spawner;
    this.restraint = restraint;
  }

  /** The path of a program of the system. */
  static Optional<String> program(String name) {
    return Stream.of("/usr/bin/", "/bin/")
        .map(folder -> folder + name)
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst();
  }

  /**
   * Starts a command.
   *
   * @param child whose pipes it writes into; knows its process afterwards
   * @return whether it is a line that was started without the shell
   * @throws IOException whose message is the reason of {@link Outcome.NotStarted}
   */
  boolean start(Command command, Child child) throws IOException {
    for (String word : command.argv()) {
      if (word.indexOf('\0') >= 0) {
        throw new IOException("invalid argument");
      }
    }
    var variables = command.surroundings().map(Surroundings::environment).orElse(environment);
    var directory = command.surroundings().map(Surroundings::directory);
    var identity = command.surroundings().flatMap(Surroundings::identity);
    if (identity.isPresent() || spawner == null) {
      checkFile(command.argv().getFirst());
    }
    if (spawner == null) {
      var argv = as(identity, command.argv());
      var process = ProcessBuilderStart.start(argv, variables, directory, child);
      Kernel.restrain(process.pid(), restraint);
      child.started(process);
      return false;
    }
    if (startedWithoutShell(spawner, command, variables, directory, child)) {
      return true;
    }
    int error = spawn(spawner, command.argv(), identity, variables, directory, child);
    if (error != 0) {
      throw notStarted(error, directory, command.argv().getFirst());
    }
    return false;
  }

  /**
   * Starts a program directly, so that it is asked to end when the thread that calls this is gone,
   * however that comes about (but not on systems that are too old for the {@link Spawner}). It may
   * run for as long as the agent, so no limit of time and memory holds for it.
   *
   * @throws IOException likewise
   */
  void startBound(Command command, Child child) throws IOException {
    var variables = command.surroundings().map(Surroundings::environment).orElse(environment);
    var directory = command.surroundings().map(Surroundings::directory);
    var argv = new ArrayList<>(command.argv());
    argv.set(0, file(argv.getFirst(), variables));
    for (String word : argv) {
      if (word.indexOf('\0') >= 0) {
        throw new IOException("invalid argument");
      }
    }
    if (spawner == null) {
      var process = ProcessBuilderStart.start(argv, variables, directory, child);
      Kernel.restrain(process.pid(), restraint.withoutLimits());
      child.started(process);
      return;
    }
    var lasting = new Spawner(restraint.withoutLimits(), true);
    int error = lasting.spawn(new Program(argv), variables, directory, child);
    if (error != 0) {
      throw notStarted(error, directory, argv.getFirst());
    }
  }

  private static IOException notStarted(int error, Optional<Path> directory, String program) {
    var usual = inLowerCase(Libc.reason(error));
    return new IOException(
        error == Spawner.ENOENT && program.indexOf('/') >= 0
            ? Interpreter.reason(directory.orElse(HERE), program, usual)
            : usual);
  }

  /**
   * The file of a program.
   *
   * @throws IOException with the reason why it cannot be started
   */
  static String file(String name, Map<String, String> variables) throws IOException {
    var file = ShellLine.file(name, variables);
    if (file.isEmpty()) {
      throw new IOException(
          name
              + " is not on the PATH that the agent starts it with ("
              + variables.getOrDefault("PATH", "")
              + "); install it, or give an absolute path");
    }
    try {
      checkFile(file.get());
    } catch (IOException e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    }
    return file.get();
  }

  private boolean startedWithoutShell(
      Spawner spawner,
      Command command,
      Map<String, String> variables,
      Optional<Path> directory,
      Child child)
      throws IOException {
    var words = command.line().flatMap(ShellLine::words);
    if (words.isEmpty()) {
      return false;
    }
    var file = ShellLine.file(words.get().getFirst(), variables);
    var handedOn =
        directory.isPresent()
            ? ShellLine.environment(variables, directory.get())
            : shellEnvironment;
    if (file.isEmpty() || handedOn.isEmpty()) {
      return false;
    }
    var identity = command.surroundings().flatMap(Surroundings::identity);
    if (identity.isEmpty()) {
      var program = new Program(file.get(), words.get());
      return spawner.spawn(program, handedOn.get(), directory, child) == 0;
    }
    // What setpriv says when it cannot execute the program is not what a shell says.
    Path path = directory.orElse(HERE).resolve(file.get());
    return command.stderr() == Command.Stderr.DROPPED
        && words.get().getFirst().equals(file.get())
        && Files.isRegularFile(path)
        && Files.isExecutable(path)
        && spawner.spawn(new Program(as(identity, words.get())), handedOn.get(), directory, child)
            == 0;
  }

  private int spawn(
      Spawner spawner,
      List<String> argv,
      Optional<Surroundings.Identity> identity,
      Map<String, String> variables,
      Optional<Path> directory,
      Child child)
      throws IOException {
    if (identity.isPresent()) {
      return spawner.spawn(new Program(as(identity, argv)), variables, directory, child);
    }
    String file = ShellLine.file(argv.getFirst(), variables).orElse(argv.getFirst());
    int error = spawner.spawn(new Program(file, argv), variables, directory, child);
    if (error != Spawner.ENOEXEC) {
      return error;
    }
    // A script that does not say what runs it: execvp(3) gives it to the shell too.
    var script = new ArrayList<>(argv);
    script.set(0, file);
    script.addFirst("/bin/sh");
    return spawner.spawn(new Program(script), variables, directory, child);
  }

  private static List<String> as(Optional<Surroundings.Identity> identity, List<String> argv)
      throws IOException {
    if (identity.isEmpty()) {
      return argv;
    }
    List<String> all = new ArrayList<>(become(identity.get()));
    all.addAll(argv);
    return all;
  }

  /** What stands before a command that another user runs. */
  static List<String> become(Surroundings.Identity identity) throws IOException {
    var setpriv = program("setpriv");
    if (setpriv.isEmpty()) {
      throw new IOException("the program setpriv is missing; install util-linux");
    }
    boolean number = identity.user().chars().allMatch(c -> c >= '0' && c <= '9');
    return List.of(
        setpriv.get(),
        "--reuid=" + identity.user(),
        "--regid=" + identity.group(),
        number ? "--clear-groups" : "--init-groups",
        "--");
  }

  /** A program that starts this one would say it itself, as if the command had run and failed. */
  private static void checkFile(String program) throws IOException {
    if (program.indexOf('/') >= 0) {
      Path path = Path.of(program);
      if (!Files.exists(path)) {
        throw new IOException("no such file or directory");
      }
      if (Files.isDirectory(path) || !Files.isExecutable(path)) {
        throw new IOException("permission denied");
      }
    }
  }

  static String inLowerCase(String reason) {
    return reason.substring(0, 1).toLowerCase(Locale.ROOT) + reason.substring(1);
  }
}
