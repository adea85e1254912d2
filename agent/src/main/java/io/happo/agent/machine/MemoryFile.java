package io.happo.agent.machine;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Machine;
import io.happo.program.files.Reason;
import java.io.IOException;

/** The figures of {@code /proc/meminfo} (proc(5)) and of files like it. */
record MemoryFile(String text) {
  static MemoryFile read(Machine machine) throws CheckException {
    try {
      return new MemoryFile(machine.read("/proc/meminfo"));
    } catch (IOException e) {
      throw CheckException.unknown("/proc/meminfo cannot be read: " + Reason.of(e));
    }
  }

  /** The number behind a label at the beginning of a line; -1 when there is none. */
  long number(String label) {
    int line = text.startsWith(label) ? 0 : text.indexOf("\n" + label) + 1;
    if (line == 0 && !text.startsWith(label)) {
      return -1;
    }
    int at = line + label.length();
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    int end = at;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    try {
      return Long.parseLong(text, at, end, 10);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** The number behind a label and a word, as ZFS has it with the type; -1 when there is none. */
  long typed(String label) {
    int line = text.indexOf("\n" + label + " ");
    var words = line < 0 ? new String[0] : text.substring(line + 1).split("[ \n]+", 4);
    try {
      return words.length < 3 ? -1 : Long.parseLong(words[2]);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** A figure of meminfo in KiB. */
  long kib(String label) throws CheckException {
    long kib = number(label + ":");
    if (kib < 0) {
      throw CheckException.unknown("/proc/meminfo does not tell " + label);
    }
    return kib;
  }
}
