package io.happo.agent.exec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a script's first line says is to run it: execve(2) finds no file where that is missing,
 * which reads as if the script were.
 */
final class Interpreter {
  /** The kernel reads no more (BINPRM_BUF_SIZE). */
  private static final int MOST_BYTES = 256;

  private static final String MARK = "#!";

  private Interpreter() {}

  /**
   * Why a program was not found.
   *
   * @param directory where it was to begin
   * @param usual what is said where it is the program itself, or something else
   */
  static String reason(Path directory, String program, String usual) {
    var file = file(directory, program);
    if (!file.isFile()) {
      return usual;
    }
    String head;
    try (var in = new FileInputStream(file)) {
      head = new String(in.readNBytes(MOST_BYTES), UTF_8);
    } catch (IOException e) {
      return usual;
    }
    if (!head.startsWith(MARK)) {
      return usual;
    }
    int begin = MARK.length();
    while (begin < head.length() && (head.charAt(begin) == ' ' || head.charAt(begin) == '\t')) {
      begin++;
    }
    int end = begin;
    while (end < head.length() && head.charAt(end) > ' ') {
      end++;
    }
    var name = head.substring(begin, end);
    if (end < head.length() && head.charAt(end) == '\r') {
      return "its first line ends as on Windows (CR LF); save it with line feeds alone";
    }
    return name.isEmpty() || file(directory, name).exists()
        ? usual
        : "its interpreter " + name + " is not there";
  }

  /** Not as a {@link Path}, which not every name can be. */
  private static File file(Path directory, String name) {
    return name.startsWith("/")
        ? new File(name)
        : new File(directory.toAbsolutePath().toFile(), name);
  }
}
