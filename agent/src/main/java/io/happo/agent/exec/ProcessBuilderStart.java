package io.happo.agent.exec;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Starts programs where the system is too old for {@link Spawner}: slower, by the JDK, and in a
 * session of their own by {@code setsid}, which becomes the program.
 */
final class ProcessBuilderStart {
  private static final File NULL_DEVICE = new File("/dev/null");

  /** The JDK's message for a failed start ends so; in the parentheses is the system's reason. */
  private static final Pattern REASON = Pattern.compile("error: \\d+ \\(([^)]*)\\)");

  /** What the JDK encodes arguments with; anything but UTF-8 would garble them. */
  private static final boolean UTF8 = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));

  private static final @Nullable String SETSID = Launcher.program("setsid").orElse(null);

  private ProcessBuilderStart() {}

  static Process start(
      List<String> argv, Map<String, String> environment, Optional<Path> directory, Child child)
      throws IOException {
    if (SETSID == null) {
      throw new IOException("the program setsid is missing; install util-linux");
    }
    List<String> words = new ArrayList<>(List.of(SETSID));
    for (String word : argv) {
      if (!UTF8 && !StandardCharsets.US_ASCII.newEncoder().canEncode(word)) {
        throw new IOException(
            "the command is not ASCII and this Java was not started in a UTF-8 locale;"
                + " start it with LC_ALL=C.UTF-8");
      }
      words.add(word);
    }
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .redirectInput(NULL_DEVICE)
            .redirectOutput(end(child.stdoutEnd()))
            .redirectError(end(child.stderrEnd()))
            .redirectErrorStream(child.stderrEnd() == child.stdoutEnd());
    builder.environment().clear();
    builder.environment().putAll(environment);
    directory.ifPresent(folder -> builder.directory(folder.toFile()));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new IOException(reason(e.getCause() instanceof IOException cause ? cause : e), e);
    }
  }

  private static Redirect end(int descriptor) {
    return descriptor == Child.NOWHERE
        ? Redirect.to(NULL_DEVICE)
        : Redirect.to(new File("/proc/self/fd/" + descriptor));
  }

  private static String reason(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    Matcher matcher = REASON.matcher(message);
    return Launcher.inLowerCase(matcher.find() ? matcher.group(1) : message);
  }
}
