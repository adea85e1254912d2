package io.happo.agent.exec;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Processes that have the variable {@link Service#MARK}: they come from a {@link Service}. Those
 * whose variables this process may not read are not seen, and those that have overwritten them;
 * those of a container are its own agent's, which may have the same folders.
 */
final class Marked {
  /** Of the variables of one process; more than that the kernel gives none by default. */
  private static final int MAX_BYTES = 8 << 20;

  private static final long LOOK_MILLIS = 20;

  private Marked() {}

  /**
   * The living ones, but for this process itself.
   *
   * @param beginning of the variable's value
   */
  static List<ProcessTable.Row> find(ProcessTable table, String beginning) {
    var mark = (Service.MARK + "=" + beginning).getBytes(StandardCharsets.UTF_8);
    long self = ProcessHandle.current().pid();
    var found = new ArrayList<ProcessTable.Row>();
    for (var row : table.rows()) {
      if (!row.dead()
          && row.pid() != self
          && hasVariable(row.pid(), mark)
          && isOfThisSystem(row.pid())) {
        found.add(row);
      }
    }
    return found;
  }

  /** Whether it sees the same processes as this one (pid_namespaces(7)). */
  private static boolean isOfThisSystem(long pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/pid"))
          .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")));
    } catch (IOException e) {
      return false; // As above.
    }
  }

  private static boolean hasVariable(long pid, byte[] mark) {
    try (var file = new FileInputStream("/proc/" + pid + "/environ")) {
      var all = file.readNBytes(MAX_BYTES);
      for (int at = 0; at + mark.length <= all.length; at = next(all, at)) {
        if (startsWith(all, at, mark)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false; // It is gone, or somebody else's.
    }
  }

  private static int next(byte[] all, int from) {
    int at = from;
    while (at < all.length && all[at] != 0) {
      at++;
    }
    return at + 1;
  }

  private static boolean startsWith(byte[] all, int from, byte[] mark) {
    for (int i = 0; i < mark.length; i++) {
      if (all[from + i] != mark[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Ends the marked ones and what they have started, as {@link Sessions} does, and waits for that.
   *
   * @return how many there were
   */
  static int end(String beginning, Duration killAfter) throws InterruptedException {
    var ending = new Ending(killAfter.toNanos());
    var asked = new HashSet<Long>();
    Map<Long, ProcessTable.Row> known = new HashMap<>();
    long begin = System.nanoTime();
    while (true) {
      var table = ProcessTable.read();
      find(table, beginning).forEach(row -> known.put(row.pid(), row));
      // No session has this number.
      var members = table.members(-1, known.values());
      switch (ending.next(!members.isEmpty(), begin, System.nanoTime())) {
        case GONE, LOST -> {
          return asked.size();
        }
        case TERM -> {
          for (var row : members) {
            if (asked.add(row.pid())) {
              row.signal(Libc.SIGTERM);
            }
          }
        }
        case KILL -> members.forEach(row -> row.signal(Libc.SIGKILL));
        case WAIT -> {}
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }
}
