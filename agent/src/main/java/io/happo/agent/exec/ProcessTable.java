package io.happo.agent.exec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All processes of the machine as one pass over {@code /proc} found them. Costs about 15 µs a
 * process. The pass is not atomic: a process that forks and exits meanwhile may be missed.
 */
final class ProcessTable {
  /** Longer than any line of {@code /proc/PID/stat} up to the start time, the last one read. */
  private static final int STAT_BYTES = 512;

  // Fields of that line, counted from 1.
  private static final int STATE = 3;
  private static final int PARENT = 4;
  private static final int GROUP = 5;
  private static final int SESSION = 6;
  private static final int THREADS = 20;
  private static final int START = 22;

  /**
   * One process.
   *
   * @param start when it began, in a unit of the system's; with the pid it names a process for good
   * @param dead whether it has ended and only waits for its parent to ask
   */
  record Row(long pid, long parent, long group, long session, long start, boolean dead) {
    /** Sends a signal, unless the pid belongs to another process by now. */
    void signal(int number) {
      Row now = row(pid, new byte[STAT_BYTES]);
      if (now != null && now.start == start) {
        Libc.call(Libc.KILL, pid, number);
      }
    }
  }

  private final Map<Long, Row> byPid;
  private @Nullable Map<Long, List<Row>> bySession;
  private @Nullable Map<Long, List<Row>> byParent;

  ProcessTable(Collection<Row> rows) {
    byPid = HashMap.newHashMap(rows.size());
    rows.forEach(row -> byPid.put(row.pid, row));
  }

  static ProcessTable read() {
    List<Row> rows = new ArrayList<>();
    byte[] buffer = new byte[STAT_BYTES];
    for (long pid : pids()) {
      Row row = row(pid, buffer);
      if (row != null) {
        rows.add(row);
      }
    }
    return new ProcessTable(rows);
  }

  Collection<Row> rows() {
    return byPid.values();
  }

  @Nullable Row get(long pid) {
    return byPid.get(pid);
  }

  boolean hasSession(long session) {
    return ofSession(session).stream().anyMatch(row -> !row.dead);
  }

  /**
   * The living processes of a session and of those it was known to have, with all their
   * descendants, oldest first.
   *
   * @param session its leader's pid
   * @param known processes found to be of the session before, wherever they are now
   */
  List<Row> members(long session, Collection<Row> known) {
    Map<Long, Row> found = new LinkedHashMap<>();
    List<Row> todo = new ArrayList<>(ofSession(session));
    for (Row row : known) {
      Row now = byPid.get(row.pid);
      if (now != null && now.start == row.start) {
        todo.add(now);
      }
    }
    if (byParent == null) {
      byParent = group(Row::parent);
    }
    while (!todo.isEmpty()) {
      Row row = todo.removeLast();
      if (found.putIfAbsent(row.pid, row) == null) {
        todo.addAll(byParent.getOrDefault(row.pid, List.of()));
      }
    }
    // Parents first: a shell whose child is killed before it would go on with its next line.
    return found.values().stream()
        .filter(row -> !row.dead)
        .sorted(Comparator.comparingLong(Row::start).thenComparingLong(Row::pid))
        .toList();
  }

  private List<Row> ofSession(long session) {
    if (bySession == null) {
      bySession = group(Row::session);
    }
    return bySession.getOrDefault(session, List.of());
  }

  private Map<Long, List<Row>> group(Function<Row, Long> key) {
    return byPid.values().stream().collect(Collectors.groupingBy(key));
  }

  private static List<Long> pids() {
    List<Long> pids = new ArrayList<>();
    String[] names = new File("/proc").list();
    for (String name : names == null ? new String[0] : names) {
      if (Character.isDigit(name.charAt(0))) {
        pids.add(Long.parseLong(name));
      }
    }
    return pids;
  }

  private static @Nullable Row row(long pid, byte[] buffer) {
    try (FileInputStream stat = new FileInputStream("/proc/" + pid + "/stat")) {
      return parse(pid, buffer, stat.read(buffer));
    } catch (IOException e) {
      return null; // It is gone.
    }
  }

  /** Of {@code VmRSS} in {@code /proc/PID/status}; 0 when it is gone. */
  static long residentBytes(long pid) {
    try (var reader = new BufferedReader(new FileReader("/proc/" + pid + "/status", ISO_8859_1))) {
      for (var line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("VmRSS:")) {
          long kib = 0;
          for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            kib = c >= '0' && c <= '9' ? kib * 10 + c - '0' : kib;
          }
          return kib << 10;
        }
      }
    } catch (IOException e) {
      // It is gone.
    }
    return 0;
  }

  /** proc(5): {@code pid (name) state ppid pgrp session …}; the name may hold anything. */
  static @Nullable Row parse(long pid, byte[] stat, int length) {
    int at = length - 1;
    while (at >= 0 && stat[at] != ')') {
      at--;
    }
    if (at < 0 || at + 2 >= length) {
      return null;
    }
    char state = (char) stat[at + 2];
    long[] fields = new long[START + 1];
    int field = STATE;
    for (int i = at + 3; i < length; i++) {
      if (stat[i] == ' ') {
        if (++field > START) {
          break;
        }
      } else if (stat[i] != '-') {
        fields[field] = fields[field] * 10 + stat[i] - '0';
      }
    }
    // A leader whose other threads live on shows as a zombie; it is none.
    boolean dead = state == 'X' || (state == 'Z' && fields[THREADS] <= 1);
    return new Row(pid, fields[PARENT], fields[GROUP], fields[SESSION], fields[START], dead);
  }
}
