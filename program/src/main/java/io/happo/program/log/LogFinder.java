package io.happo.program.log;

import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** Gives every room its logger; found by the platform through META-INF/services. */
public final class LogFinder extends System.LoggerFinder {
  @Override
  public System.Logger getLogger(String name, Module module) {
    return new Room(name);
  }

  /**
   * Our own loggers write from the level of the log up; those of the runtime never below info: at
   * debug the JDK writes each command line that is started, with a stack trace.
   */
  private record Room(String name) implements System.Logger {
    private static final String OURS = "io.happo";

    @Override
    public String getName() {
      return name;
    }

    @Override
    public boolean isLoggable(Level level) {
      return Log.isWritten(level)
          && (name.startsWith(OURS) || level.getSeverity() >= Level.INFO.getSeverity());
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String text,
        @Nullable Throwable thrown) {
      if (isLoggable(level)) {
        Log.write(level, thrown == null ? text : text + ": " + thrown);
      }
    }

    @Override
    public void log(
        Level level,
        @Nullable ResourceBundle bundle,
        @Nullable String format,
        @Nullable Object... values) {
      if (isLoggable(level)) {
        Log.write(level, fill(String.valueOf(format), values));
      }
    }
  }

  /**
   * Puts values where {@code {0}} to {@code {9}} stand. MessageFormat would do more, at the price
   * of loading locales.
   */
  static String fill(String format, @Nullable Object @Nullable [] values) {
    if (values == null) {
      return format;
    }
    var text = new StringBuilder(format.length() + 64);
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c == '{' && i + 2 < format.length() && format.charAt(i + 2) == '}') {
        int index = format.charAt(i + 1) - '0';
        if (index >= 0 && index < values.length) {
          text.append(values[index]);
          i += 2;
          continue;
        }
      }
      text.append(c);
    }
    return text.toString();
  }
}
