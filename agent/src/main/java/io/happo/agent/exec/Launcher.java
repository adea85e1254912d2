package io.happo.agent.exec;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Starts children: in a session of their own where the machine has {@code setsid} (which becomes
 * the program, so its process id is the session's), with an empty stdin, no descriptor of the
 * agent's and exactly the given environment.
 */
final class Launcher {
  static final File NOWHERE = new File("/dev/null");
  static final Redirect NOTHING = Redirect.from(NOWHERE);

  /** The JDK's message for a failed start ends so; in the parentheses is the system's reason. */
  private static final Pattern REASON = Pattern.compile("error: \\d+ \\(([^)]*)\\)");

  /** What the JDK encodes arguments with; anything but UTF-8 would garble them. */
  private static final boolean UTF8 = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));

  private final Map<String, String> environment;
  private final @Nullable String setsid;

  Launcher(Map<String, String> environment) {
    this.environment = environment;
    this.setsid = program("setsid").orElse(null);
  }

  /** The path of a program of the system. */
  static Optional<String> program(String name) {
    return Stream.of("/usr/bin/", "/bin/")
        .map(folder -> folder + name)
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst();
  }

  /**
   * Starts a command that writes into the streams.
   *
   * @throws IOException whose {@link #reason} is that of {@link Outcome.NotStarted}
   */
  Process start(Command command, Streams streams) throws IOException {
    check(command);
    List<String> argv = new ArrayList<>(command.argv().size() + 6);
    if (setsid != null) {
      argv.add(setsid);
    }
    var identity = command.surroundings().flatMap(Surroundings::identity);
    if (identity.isPresent()) {
      argv.addAll(become(identity.get()));
    }
    argv.addAll(command.argv());
    ProcessBuilder builder =
        new ProcessBuilder(argv)
            .redirectInput(NOTHING)
            .redirectOutput(streams.stdoutFile())
            .redirectError(streams.stderrFile())
            .redirectErrorStream(command.stderr() == Command.Stderr.MERGED);
    builder.environment().clear();
    builder
        .environment()
        .putAll(command.surroundings().map(Surroundings::environment).orElse(environment));
    command.surroundings().ifPresent(other -> builder.directory(other.directory().toFile()));
    try {
      return builder.start();
    } catch (IOException e) {
      throw e.getCause() instanceof IOException cause ? cause : e;
    }
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

  /** Why something could not be started, in the words of {@link Outcome.NotStarted}. */
  static String reason(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    Matcher matcher = REASON.matcher(message);
    String reason = matcher.find() ? matcher.group(1) : message;
    return reason.substring(0, 1).toLowerCase(Locale.ROOT) + reason.substring(1);
  }

  private void check(Command command) throws IOException {
    for (String word : command.argv()) {
      if (word.indexOf('\0') >= 0) {
        throw new IOException("invalid argument");
      }
      if (!UTF8 && !StandardCharsets.US_ASCII.newEncoder().canEncode(word)) {
        throw new IOException(
            "the command is not ASCII and this Java was not started in a UTF-8 locale;"
                + " start it with LC_ALL=C.UTF-8");
      }
    }
    String program = command.argv().getFirst();
    // setsid would start and say this itself, as if the command had run and failed.
    if (setsid != null && program.indexOf('/') >= 0) {
      Path path = Path.of(program);
      if (!Files.exists(path)) {
        throw new IOException("no such file or directory");
      }
      if (Files.isDirectory(path) || !Files.isExecutable(path)) {
        throw new IOException("permission denied");
      }
    }
  }
}
