package io.happo.agent.exec;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All processes that come from one started command. The deadline may be moved up by any thread; the
 * rest belongs to the thread of {@link Sessions}.
 */
final class Session {
  private final Child leader;
  private final String mark;
  private final Ending ending;
  private volatile long deadline;
  private volatile boolean cut;
  private volatile boolean gone;
  private volatile Runnable whenGone = () -> {};

  private final Map<Long, ProcessTable.Row> known = new HashMap<>();
  private final Set<Long> asked = new HashSet<>();
  private List<ProcessTable.Row> members = List.of();
  private boolean leaderReaped;

  /**
   * A session that has just begun.
   *
   * @param leader its first process
   * @param deadline when its processes are asked to end, as {@link System#nanoTime}
   */
  Session(Child leader, long deadline, long killAfterNanos) {
    this(leader, deadline, killAfterNanos, "");
  }

  /**
   * The same, to which also those belong that got away and are {@link Marked}.
   *
   * @param mark empty: they got away
   */
  Session(Child leader, long deadline, long killAfterNanos, String mark) {
    this.leader = leader;
    this.mark = mark;
    this.deadline = deadline;
    this.ending = new Ending(killAfterNanos);
  }

  long id() {
    return leader.pid();
  }

  long deadline() {
    return deadline;
  }

  boolean isLate() {
    return System.nanoTime() - deadline >= 0;
  }

  /** Moves the deadline up to now. */
  void cutShort() {
    cut = true;
    deadline = System.nanoTime();
  }

  /** Whether the deadline was moved up. */
  boolean isCutShort() {
    return cut;
  }

  /** What to call when no process is left, or none can be ended; to be set before that may be. */
  void whenGone(Runnable action) {
    whenGone = action;
  }

  boolean isGone() {
    return gone;
  }

  /** Whether somebody was asked to end; to be called when it is gone. */
  boolean wasAsked() {
    return !asked.isEmpty();
  }

  void setGone() {
    gone = true;
    whenGone.run();
  }

  long untilKill(long now) {
    return ending.untilKill(now);
  }

  /** Called before a pass over the processes begins: what it finds is judged by this. */
  void beforePass() {
    leaderReaped = !leader.isAlive();
  }

  /** Judges what a pass found, and sends what is due. */
  Ending.Step afterPass(ProcessTable table, long now) {
    ProcessTable.Row first = table.get(id());
    if (leaderReaped && first != null) {
      // The system gives a pid away only when no session has it as its name: ours is empty, and
      // this one belongs to somebody else.
      return Ending.Step.GONE;
    }
    if (now - deadline < 0 && asked.isEmpty()) {
      return ending.next(table.hasSession(id()), deadline, now);
    }
    if (first != null) {
      known.put(first.pid(), first);
    }
    members = table.members(id(), known.values());
    if (!mark.isEmpty() && (asked.isEmpty() || members.isEmpty())) {
      Marked.find(table, mark).forEach(row -> known.put(row.pid(), row));
      members = table.members(id(), known.values());
    }
    members.forEach(row -> known.put(row.pid(), row));
    Ending.Step step = ending.next(!members.isEmpty(), deadline, now);
    switch (step) {
      case TERM ->
          members.stream().filter(row -> asked.add(row.pid())).forEach(r -> r.signal(Libc.SIGTERM));
      case KILL -> {
        groups().forEach(group -> Libc.call(Libc.KILL, -group, Libc.SIGKILL));
        members.forEach(row -> row.signal(Libc.SIGKILL));
      }
      case WAIT, GONE, LOST -> {}
    }
    return step;
  }

  /**
   * The process groups of the session; nobody else is in them. A group of processes that fork
   * faster than they can be killed one by one dies at one stroke.
   */
  private Set<Long> groups() {
    return members.stream()
        .filter(row -> row.session() == id())
        .map(ProcessTable.Row::group)
        .collect(Collectors.toSet());
  }

  /** The process ids of the members that the last pass found. */
  List<Long> pids() {
    return members.stream().map(ProcessTable.Row::pid).toList();
  }
}
