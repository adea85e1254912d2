package io.happo.agent.lists;

import io.happo.agent.facts.SmallFiles;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The programs that hold sockets, by the links in {@code /proc/PID/fd}, which show what a file that
 * is open is (proc(5)). Of several the one that runs for longest: workers and those that inherited
 * it come and go.
 *
 * @param name of the program
 * @param start of the process, in ticks since the machine started
 */
record SocketHolders(String name, long start) {
  /** Links that are read: a machine with more has names for some of its ports alone. */
  private static final int MOST_LINKS = 200_000;

  private static final String SOCKET = "socket:[";

  /** The field of {@code /proc/PID/stat} behind the name, counted from the state. */
  private static final int START = 19;

  /** The names of programs by the inodes of the sockets. */
  static Map<String, String> find(Path proc, Set<String> inodes) throws InterruptedException {
    var found = new HashMap<String, SocketHolders>();
    int left = inodes.isEmpty() ? 0 : MOST_LINKS;
    for (var pid : SmallFiles.names(proc)) {
      if (Character.isDigit(pid.charAt(0)) && left > 0) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        left = look(proc.resolve(pid), inodes, found, left);
      }
    }
    var names = new HashMap<String, String>();
    found.forEach((inode, holder) -> names.put(inode, holder.name));
    return names;
  }

  /** Looks at one process; how many links may be read after that. */
  private static int look(
      Path process, Set<String> inodes, Map<String, SocketHolders> found, int most) {
    int left = most;
    SocketHolders self = null;
    try (var files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (var file : files) {
        var target = --left < 0 ? "" : Files.readSymbolicLink(file).toString();
        if (target.startsWith(SOCKET) && target.endsWith("]")) {
          var inode = target.substring(SOCKET.length(), target.length() - 1);
          if (inodes.contains(inode)) {
            self = self == null ? of(process) : self;
            if (self == null) {
              return left;
            }
            found.merge(inode, self, (one, other) -> other.start < one.start ? other : one);
          }
        }
        if (left <= 0) {
          return 0;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // It has ended, or is another user's.
    }
    return left;
  }

  /** {@code pid (name) state ppid ...}; the name may hold anything. Null when it has ended. */
  private static @Nullable SocketHolders of(Path process) {
    var stat = SmallFiles.textOrNothing(process.resolve("stat"));
    int open = stat.indexOf('(');
    int close = stat.lastIndexOf(')');
    if (open < 0 || close < open) {
      return null;
    }
    var fields = stat.substring(close + 1).strip().split(" ", -1);
    try {
      return new SocketHolders(stat.substring(open + 1, close), Long.parseLong(fields[START]));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      return null;
    }
  }
}
