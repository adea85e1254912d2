package io.happo.agent.exec;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Locale;

/**
 * How far what is run is held back for the good of the machine, and of the agent. A command that
 * meets a limit says so at the end of what it printed.
 *
 * @param nicer how much nicer than the agent it is to others that want the processor, 0 to 19
 *     (nice(1)); it stands behind the agent by that much
 * @param cpuSeconds of processor time each of its processes has; then SIGXCPU, and KILL a second
 *     later; 0: as much as it likes
 * @param memoryMegabytes of memory (RLIMIT_DATA, in MiB) each of its processes may have to write
 *     to; more is refused to it; 0: as much as it likes
 */
public record Restraint(int nicer, int cpuSeconds, int memoryMegabytes) {
  /**
   * A quarter of what two compete for: enough that a plugin is done in time where the processor is
   * never idle, little enough that many of them leave the agent its part.
   */
  public static final int DEFAULT_NICER = 5;

  public static final int MAX_NICER = 19;

  /** The least memory with which usual plugins start at all. */
  public static final int MIN_MEGABYTES = 8;

  static final Restraint USUAL = new Restraint(DEFAULT_NICER, 0, 0);

  private static final int KILLED = 128 + 9;
  private static final int OUT_OF_CPU = 128 + 24;
  private static final int FIRST_SIGNAL = 129;
  private static final int LAST_SIGNAL = 192;

  public Restraint {
    if (nicer < 0 || nicer > MAX_NICER) {
      throw new IllegalArgumentException("Nicer than the agent: 0 to 19, not " + nicer);
    }
    if (cpuSeconds < 0 || memoryMegabytes < 0) {
      throw new IllegalArgumentException("Limits are positive, or 0 for none");
    }
  }

  /** The same for what is to run for as long as the agent. */
  Restraint withoutLimits() {
    return new Restraint(nicer, 0, 0);
  }

  long memoryBytes() {
    return (long) memoryMegabytes << 20;
  }

  /**
   * An outcome with a line about the limit that the command has met, if it seems to have: behind
   * what it printed, or behind its complaints where it printed nothing else.
   */
  Outcome explained(Outcome outcome, Command.Stderr place) {
    boolean none = cpuSeconds == 0 && memoryMegabytes == 0;
    if (none || !(outcome instanceof Outcome.Exited exited)) {
      return outcome;
    }
    var line = explanation(exited);
    if (line.isEmpty()) {
      return outcome;
    }
    boolean printed = exited.stdout().bytes().length > 0 || place != Command.Stderr.APART;
    return printed || exited.stderr().bytes().length == 0
        ? new Outcome.Exited(
            exited.status(), with(exited.stdout(), line), exited.stderr(), exited.elapsed())
        : new Outcome.Exited(
            exited.status(), exited.stdout(), with(exited.stderr(), line), exited.elapsed());
  }

  private String explanation(Outcome.Exited exited) {
    int status = exited.status();
    if (cpuSeconds != 0 && status == OUT_OF_CPU) {
      return "happo-agent: stopped, as it had used "
          + cpuSeconds
          + " s of CPU time (--plugin-max-cpu-seconds)\n";
    }
    if (memoryMegabytes != 0 && status != 0 && speaksOfMemory(exited)) {
      return "happo-agent: it may have "
          + memoryMegabytes
          + " MiB of memory (--plugin-max-memory), and seems to want more\n";
    }
    if (status < FIRST_SIGNAL || status > LAST_SIGNAL) {
      return "";
    }
    var limits = new StringBuilder();
    if (memoryMegabytes != 0) {
      limits.append(memoryMegabytes).append(" MiB of memory (--plugin-max-memory)");
    }
    if (cpuSeconds != 0 && status == KILLED) {
      limits
          .append(limits.isEmpty() ? "" : " and ")
          .append(cpuSeconds)
          .append(" s of CPU time (--plugin-max-cpu-seconds)");
    }
    return limits.isEmpty()
        ? ""
        : "happo-agent: ended by signal "
            + (status - FIRST_SIGNAL + 1)
            + "; perhaps for want of more than "
            + limits
            + "\n";
  }

  /** Words of the C library, shells, Perl, Python, Java and C++ alike hold this one. */
  private static boolean speaksOfMemory(Outcome.Exited exited) {
    return exited.stderr().text().toLowerCase(Locale.ROOT).contains("memory")
        || exited.stderr().text().contains("bad_alloc")
        || exited.stdout().text().contains("Cannot allocate memory");
  }

  private static Output with(Output output, String line) {
    var bytes = output.bytes();
    boolean isLine = bytes.length == 0 || bytes[bytes.length - 1] == '\n';
    var more = (isLine ? line : "\n" + line).getBytes(UTF_8);
    var all = Arrays.copyOf(bytes, bytes.length + more.length);
    System.arraycopy(more, 0, all, bytes.length, more.length);
    return new Output(all, output.droppedBytes());
  }
}
