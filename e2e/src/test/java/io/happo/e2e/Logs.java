package io.happo.e2e;

import java.util.List;

/**
 * Reads the daemon's log as the recordings have it: the message without time and level, the peer's
 * port left out.
 */
final class Logs {
  private Logs() {}

  /** A line without what changes from run to run. */
  static String message(String line) {
    return line.replaceFirst("^.*?\\[\\w+] ", "")
        .replaceAll("(?<=: 127\\.0\\.0\\.1:)\\d+", "@PORT@");
  }

  /** The wanted line if the log has it; else the first one with that key, whole; else nothing. */
  static String line(String log, String key, String wanted) {
    var lines = List.of(log.split("\n", -1)).stream().filter(line -> line.contains(key)).toList();
    return lines.stream()
        .map(Logs::message)
        .filter(wanted::equals)
        .findFirst()
        .orElse(lines.isEmpty() ? "" : lines.getFirst());
  }
}
