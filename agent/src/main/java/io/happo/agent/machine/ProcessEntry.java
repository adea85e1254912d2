package io.happo.agent.machine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A process as {@code /proc/PID} tells of it (proc(5)), in the figures of ps(1). What is not in its
 * {@code stat} is read when it is asked for; when the process has ended by then, it is as of one
 * that has nothing.
 */
final class ProcessEntry {
  /** Longer than any {@code stat} or {@code status}. */
  private static final int MAX_BYTES = 16 << 10;

  /** Of the arguments, in bytes; those of some Java programs are 20 KiB long. */
  private static final int MAX_ARGUMENT_BYTES = 64 << 10;

  /** Ticks of the times in {@code stat} in a second: sysconf(_SC_CLK_TCK), 100 on all of Linux. */
  static final int TICKS = 100;

  /** How much of a name ps shows, and the kernel keeps of that of a program. */
  static final int NAME_LENGTH = 15;

  private static final long KERNEL_THREAD = 0x0020_0000; // PF_KTHREAD

  // Fields of stat behind the name, counted from the state.
  private static final int PARENT = 1;
  private static final int GROUP = 2;
  private static final int SESSION = 3;
  private static final int TERMINAL_GROUP = 5;
  private static final int FLAGS = 6;
  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;
  private static final int NICE = 16;
  private static final int THREADS = 17;
  private static final int START = 19;
  private static final int SIZE = 20;
  private static final int FIELDS = 21;

  private final Path folder;
  private final long pid;
  private final String name;
  private final char state;
  private final long[] fields;
  private @Nullable String status;
  private @Nullable String arguments;

  private ProcessEntry(Path folder, long pid, String name, char state, long[] fields) {
    this.folder = folder;
    this.pid = pid;
    this.name = name;
    this.state = state;
    this.fields = fields;
  }

  /** The process of a folder {@code /proc/PID}; null when it has ended. */
  static @Nullable ProcessEntry read(Path folder) {
    return parse(folder, text(folder.resolve("stat"), MAX_BYTES));
  }

  /** {@code pid (name) state ppid ...}; the name may hold anything. */
  static @Nullable ProcessEntry parse(Path folder, String stat) {
    int open = stat.indexOf(" (");
    int close = stat.lastIndexOf(") ");
    if (open < 0 || close < open || close + 2 >= stat.length()) {
      return null;
    }
    var fields = new long[FIELDS];
    int field = 0;
    boolean isNegative = false;
    for (int i = close + 3; i < stat.length(); i++) {
      char c = stat.charAt(i);
      if (c == ' ' || c == '\n') {
        fields[field] = isNegative ? -fields[field] : fields[field];
        isNegative = false;
        if (++field == FIELDS) {
          break;
        }
      } else if (c == '-') {
        isNegative = true;
      } else {
        fields[field] = fields[field] * 10 + (c - '0');
      }
    }
    if (field < FIELDS) {
      return null;
    }
    try {
      long pid = Long.parseLong(stat, 0, open, 10);
      // The first field is empty: it ends with the blank before the parent.
      return new ProcessEntry(
          folder, pid, stat.substring(open + 2, close), stat.charAt(close + 2), fields);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The text of a file, with what has gone wrong as nothing: the process has ended. */
  private static String text(Path file, int most) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(most), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  long pid() {
    return pid;
  }

  long parent() {
    return fields[PARENT];
  }

  /** The name of its program as ps shows it. */
  String name() {
    return name.length() > NAME_LENGTH ? name.substring(0, NAME_LENGTH) : name;
  }

  boolean isKernelThread() {
    return (fields[FLAGS] & KERNEL_THREAD) != 0;
  }

  /** Its memory with what is not in use, in KiB. */
  long virtualKib() {
    return fields[SIZE] / 1024;
  }

  /** Its memory that is in use, in KiB; a thread of the kernel has none of its own. */
  long residentKib() {
    return number("VmRSS:");
  }

  /** Its effective user; -1 when it has ended. */
  long user() {
    var status = status();
    int uid = status.indexOf("\nUid:\t");
    int effective = uid < 0 ? -1 : status.indexOf('\t', uid + 6);
    int end = effective < 0 ? -1 : status.indexOf('\t', effective + 1);
    return end < 0 ? -1 : Long.parseLong(status, effective + 1, end, 10);
  }

  /** For how many seconds it runs. */
  long elapsed(double uptime) {
    return Math.max(0, (long) uptime - fields[START] / TICKS);
  }

  /** Its share of a processor since it began, in percent, with the digits that ps shows. */
  double processorPercent(double uptime) {
    long seconds = elapsed(uptime);
    long tenths =
        seconds == 0 ? 0 : (fields[USER_TICKS] + fields[SYSTEM_TICKS]) * 1000 / TICKS / seconds;
    return (tenths > 999 ? tenths / 10 * 10 : tenths) / 10.0;
  }

  /** Its state with the flags that ps adds (BSD format of {@code stat}). */
  String state() {
    var text = new StringBuilder(6).append(state);
    text.append(fields[NICE] < 0 ? "<" : fields[NICE] > 0 ? "N" : "");
    text.append(number("VmLck:") > 0 ? "L" : "");
    text.append(fields[SESSION] == pid ? "s" : "");
    text.append(fields[THREADS] > 1 ? "l" : "");
    text.append(fields[GROUP] == fields[TERMINAL_GROUP] ? "+" : "");
    return text.toString();
  }

  /**
   * Its arguments with blanks between them; the name in brackets when it has none, as ps writes it.
   */
  String arguments() {
    if (arguments == null) {
      var line = text(folder.resolve("cmdline"), MAX_ARGUMENT_BYTES);
      int end = line.length();
      while (end > 0 && line.charAt(end - 1) == '\0') {
        end--;
      }
      arguments =
          end > 0
              ? line.substring(0, end).replace('\0', ' ')
              : state == 'Z' ? "[" + name + "] <defunct>" : "[" + name + "]";
    }
    return arguments;
  }

  /** The first of its arguments without its path. */
  String program() {
    var line = arguments();
    int end = line.indexOf(' ');
    return baseName(end < 0 ? line : line.substring(0, end));
  }

  static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** One line for people. */
  String words(double uptime) {
    return String.join(
        " ",
        "pid=" + pid,
        "ppid=" + parent(),
        "uid=" + user(),
        "stat=" + state(),
        "vsz=" + virtualKib(),
        "rss=" + residentKib(),
        "pcpu=" + processorPercent(uptime),
        "elapsed=" + elapsed(uptime),
        "prog=" + name(),
        "args=" + arguments());
  }

  private String status() {
    if (status == null) {
      status = text(folder.resolve("status"), MAX_BYTES);
    }
    return status;
  }

  /** The number on a line of {@code status}; 0 when there is none. */
  private long number(String label) {
    var status = status();
    int at = status.indexOf("\n" + label);
    long number = 0;
    for (int i = at < 0 ? status.length() : at + 1 + label.length(); i < status.length(); i++) {
      char c = status.charAt(i);
      if (c == '\n') {
        break;
      }
      number = c >= '0' && c <= '9' ? number * 10 + (c - '0') : number;
    }
    return number;
  }
}
