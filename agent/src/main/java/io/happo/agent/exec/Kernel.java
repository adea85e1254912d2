package io.happo.agent.exec;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel says of this process and does with others, by proc(5). */
final class Kernel {
  private static final System.Logger LOG = System.getLogger(Kernel.class.getName());
  private static final Path PROC = Path.of("/proc");
  private static final String OUT_OF_MEMORY = "oom_score_adj";
  private static final int RLIMIT_CPU = 0;
  private static final int RLIMIT_DATA = 2;
  private static final int OF_THE_PROCESS = 0;

  private Kernel() {}

  /**
   * Whether processors are shared out among sessions before niceness counts (sched(7), autogroup).
   */
  static boolean groupsBySession() {
    return read(PROC.resolve("sys/kernel/sched_autogroup_enabled")).equals("1");
  }

  /** Whether this process is spared when memory is short, and with it all that it starts. */
  static boolean protectsThisProcess() {
    return read(PROC.resolve("self").resolve(OUT_OF_MEMORY)).startsWith("-");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** Holds back a process that runs already, and may not have made its session yet. */
  static void restrain(long pid, Restraint restraint) {
    if (restraint.nicer() != 0) {
      Libc.call(Libc.SET_PRIORITY, OF_THE_PROCESS, pid, restraint.nicer());
    }
    limit(pid, RLIMIT_CPU, restraint.cpuSeconds(), 1);
    limit(pid, RLIMIT_DATA, restraint.memoryBytes(), 0);
    try {
      if (protectsThisProcess()) {
        Files.writeString(PROC.resolve(Long.toString(pid)).resolve(OUT_OF_MEMORY), "0");
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "process {0} stays spared: {1}", Long.toString(pid), e.getMessage());
    }
  }

  private static void limit(long pid, int what, long most, long warnedBefore) {
    if (most > 0) {
      try (var limit = new Memory(2 * Long.BYTES)) {
        limit.bytes().putLong(most).putLong(most + warnedBefore);
        Libc.call(Libc.PRLIMIT, pid, what, limit.address(), 0);
      }
    }
  }
}
