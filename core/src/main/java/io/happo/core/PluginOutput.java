package io.happo.core;

/** What a plugin printed, as the message of an answer. */
public final class PluginOutput {
  private PluginOutput() {}

  /**
   * Standard output; with standard error behind it when there is any; both named when standard
   * output is empty.
   */
  public static String message(String stdout, String stderr) {
    if (stdout.isEmpty()) {
      return "stdout=, stderr=" + stderr;
    }
    return stderr.isEmpty() ? stdout : stdout + ", stderr=" + stderr;
  }
}
