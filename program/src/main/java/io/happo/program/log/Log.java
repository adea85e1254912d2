package io.happo.program.log;

import io.happo.program.files.Reason;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one log of a program: {@code <RFC 3339 time> [level] <text>}, one line an event, line ends
 * and other control characters written as escapes. Before {@link #open} lines from warnings up go
 * to standard error. A line that cannot be written is lost, never the work that wanted to write it.
 * Any thread.
 */
public final class Log {
  private static final Object LOCK = new Object();
  private static volatile Level level = Level.WARNING;
  private static @Nullable Path file;
  private static @Nullable OutputStream stream;

  private Log() {}

  /**
   * Writes to a file from now on; makes it, readable by its owner and group, when it is missing.
   *
   * @throws IOException with one line that names the file and what to do
   */
  public static void open(Path logFile, Level lowest) throws IOException {
    var opened = stream(logFile);
    synchronized (LOCK) {
      close(stream);
      file = logFile;
      stream = opened;
    }
    level = lowest;
  }

  /** Writes to standard error from now on. */
  public static void toStandardError(Level lowest) {
    level = lowest;
  }

  /**
   * Opens the file anew, for who has moved it away. When that fails, the old file stays in use and
   * says why.
   */
  public static void reopen() {
    Path current;
    synchronized (LOCK) {
      current = file;
    }
    if (current == null) {
      return;
    }
    try {
      open(current, level);
    } catch (IOException e) {
      write(Level.ERROR, e.getMessage() + "; the old file stays in use");
    }
  }

  static boolean isWritten(Level wanted) {
    return wanted.getSeverity() >= level.getSeverity();
  }

  static void write(Level severity, @Nullable String text) {
    if (!isWritten(severity)) {
      return;
    }
    var line = new StringBuilder(160);
    line.append(Instant.now().truncatedTo(ChronoUnit.SECONDS))
        .append(" [")
        .append(word(severity))
        .append("] ");
    appendOneLine(line, String.valueOf(text));
    var bytes = line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    synchronized (LOCK) {
      try {
        if (stream == null) {
          System.err.write(bytes, 0, bytes.length);
          System.err.flush();
        } else {
          stream.write(bytes);
        }
      } catch (IOException e) {
        // A full disk must not stop a check; there is nowhere to tell it.
        return;
      }
    }
  }

  private static void appendOneLine(StringBuilder line, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append('\t');
        default -> line.append(Character.isISOControl(c) ? '\uFFFD' : c);
      }
    }
  }

  private static String word(Level severity) {
    return switch (severity) {
      case ALL, TRACE, DEBUG -> "debug";
      case INFO -> "info";
      case WARNING -> "warning";
      case ERROR, OFF -> "error";
    };
  }

  private static OutputStream stream(Path logFile) throws IOException {
    // The channel is for the mode of a new file only: an interrupted thread that writes to a
    // channel
    // closes it, for everybody.
    try (var _ =
        FileChannel.open(
            logFile,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(
                Set.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.GROUP_READ)))) {
      return new FileOutputStream(logFile.toFile(), true);
    } catch (IOException e) {
      throw new IOException(
          "cannot write the log file "
              + logFile
              + " ("
              + Reason.of(e)
              + "): choose another with --logfile",
          e);
    }
  }

  private static void close(@Nullable OutputStream old) {
    if (old == null) {
      return;
    }
    try {
      old.close();
    } catch (IOException e) {
      write(Level.WARNING, "closing the old log file: " + e.getMessage());
    }
  }
}
