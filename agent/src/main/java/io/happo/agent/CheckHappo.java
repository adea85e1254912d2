package io.happo.agent;

import io.happo.agent.cli.Monitor;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The program {@code check_happo}. Whatever goes wrong ends in a line and a status that a
 * monitoring system knows.
 */
public final class CheckHappo {
  private static final int UNKNOWN = 3;

  private CheckHappo() {}

  /** Runs it and ends the process. */
  public static void main(String[] words) {
    var out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    var err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), false, StandardCharsets.UTF_8);
    int exit;
    try {
      exit = Monitor.run(words, out, err);
    } catch (RuntimeException | Error e) {
      out.print("UNKNOWN(check_happo): internal error: " + e);
      out.flush();
      exit = UNKNOWN;
    }
    // Not System.exit: there is nothing to clean up, and the check is done when its answer is out.
    Runtime.getRuntime().halt(exit);
  }
}
