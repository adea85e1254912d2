package io.happo.agent.exec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts programs by vfork(2): in a session of their own, with an empty stdin, no descriptor of the
 * agent's, no signal blocked or ignored, exactly the given environment, and held back as {@link
 * Restraint} says before they can do anything. Words are UTF-8, whatever the locale of this Java.
 */
final class Spawner {
  /** The errors of execve(2) that are told apart. */
  static final int ENOENT = 2;

  static final int ENOEXEC = 8;

  /** {@code struct start} of {@code agent/src/main/c/libc.c}: words of 8 bytes. */
  private static final int START_BYTES = 14 * Long.BYTES;

  private static final byte[] NULL_DEVICE = bytes("/dev/null");

  private static final int SIGCHLD = 17;
  private static final long DEFAULT = 0;

  private static final byte[] NOBODYS_FAULT = bytes("0");

  private final Restraint restraint;
  private final byte[] nicer;
  private final boolean nicerSessions = Kernel.groupsBySession();
  private final boolean ownFault = Kernel.protectsThisProcess();

  private final boolean bound;

  Spawner(Restraint restraint) {
    this(restraint, false);
  }

  /**
   * @param bound whether a program is asked to end (TERM) when the thread that started it is gone,
   *     be it that the agent was killed
   */
  Spawner(Restraint restraint, boolean bound) {
    this.restraint = restraint;
    this.bound = bound;
    nicer = bytes(Integer.toString(restraint.nicer()));
    // Where it is ignored, as some parent may have left it, the kernel tells of no exit status.
    Libc.call(Libc.SIGNAL, SIGCHLD, DEFAULT);
  }

  /**
   * What to execute.
   *
   * @param path of the file
   * @param argv what it is told, its own name first
   */
  record Program(String path, List<String> argv) {
    Program(List<String> argv) {
      this(argv.getFirst(), argv);
    }
  }

  /** Whether the kernel has what this takes: Linux 5.3 (2019) or later. */
  static boolean isPossible() {
    return Child.canBeAwaited();
  }

  /**
   * Starts a program.
   *
   * @param directory where it begins; empty: where the agent is
   * @param child whose pipes it writes into; knows its process afterwards
   * @return 0, or the system's error
   * @throws IOException when it was started, but could not be watched, and so was killed
   */
  int spawn(Program program, Map<String, String> environment, Optional<Path> directory, Child child)
      throws IOException {
    List<byte[]> words = new ArrayList<>();
    words.add(bytes(program.path()));
    words.add(NULL_DEVICE);
    words.add(bytes(directory.map(Path::toString).orElse("")));
    words.add(nicer);
    words.add(NOBODYS_FAULT);
    int first = words.size();
    program.argv().forEach(word -> words.add(bytes(word)));
    environment.forEach((name, value) -> words.add(bytes(name + "=" + value)));

    int argvAt = START_BYTES;
    int envpAt = argvAt + (program.argv().size() + 1) * Long.BYTES;
    int textAt = envpAt + (environment.size() + 1) * Long.BYTES;
    int size = textAt;
    for (byte[] word : words) {
      size += word.length + 1;
    }
    try (Memory all = new Memory(size)) {
      ByteBuffer memory = all.bytes();
      long base = all.address();
      long[] addresses = new long[words.size()];
      memory.position(textAt);
      for (int i = 0; i < addresses.length; i++) {
        addresses[i] = base + memory.position();
        memory.put(words.get(i)).put((byte) 0);
      }
      memory.position(argvAt);
      int next = first;
      for (int i = 0; i < program.argv().size(); i++) {
        memory.putLong(addresses[next++]);
      }
      memory.putLong(0);
      while (next < addresses.length) {
        memory.putLong(addresses[next++]);
      }
      memory
          .putLong(0, addresses[0])
          .putLong(8, base + argvAt)
          .putLong(16, base + envpAt)
          .putLong(24, addresses[1])
          .putLong(32, directory.isPresent() ? addresses[2] : 0)
          .putLong(40, child.stdoutEnd())
          .putLong(48, child.stderrEnd()) // Nowhere is negative here and there.
          .putLong(56, restraint.nicer())
          .putLong(64, nicerSessions ? addresses[3] : 0)
          .putLong(72, ownFault ? addresses[4] : 0)
          .putLong(80, restraint.cpuSeconds())
          .putLong(88, restraint.memoryBytes())
          .putLong(96, bound ? 1 : 0);
      int pid = Libc.start(base);
      if (pid > 0) {
        child.started(pid);
      }
      return pid > 0 ? 0 : -pid;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
