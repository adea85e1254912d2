package io.happo.program.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The streams of a program. Text goes out as UTF-8 whatever the locale, as a plugin's output came
 * in.
 */
public record Console(InputStream in, OutputStream out, OutputStream err) {
  /** Writes to standard output, as it is. */
  public void say(String text) {
    write(out, text);
  }

  /** Writes to standard error, as it is. */
  public void complain(String text) {
    write(err, text);
  }

  /** Writes help or a version, and returns the exit status. */
  public int show(Parsed.Print print) {
    say(print.text());
    return 0;
  }

  /** Tells what is wrong with a command line, and returns the exit status. */
  public int show(Parsed.Misuse misuse) {
    if (misuse.isPlugin()) {
      say(
          "UNKNOWN("
              + misuse.program()
              + "): "
              + String.join("; ", misuse.problems())
              + ". "
              + misuse.hint()
              + "\n");
    }
    for (var problem : misuse.problems()) {
      complain(misuse.program() + ": " + problem + "\n");
    }
    complain(misuse.hint() + "\n");
    return misuse.exit();
  }

  private static void write(OutputStream stream, String text) {
    try {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
      stream.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the answer: " + e.getMessage(), e);
    }
  }
}
