package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.Thresholds;
import io.happo.agent.checks.UsageException;
import io.happo.core.Decimal;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code check_memory}: how much memory is in use, of {@code /proc/meminfo} (proc(5)). Free is what
 * the kernel can give to new programs without swapping ({@code MemAvailable}), the rest is used. In
 * a container with a limit, by the files of cgroup v2 (Documentation/admin-guide/cgroup-v2.rst):
 * used is what it takes without the cached files that nobody used lately.
 *
 * <p>The cache of ZFS (ARC) is no part of {@code MemAvailable}; what is over its least size ({@code
 * c_min} of {@code arcstats}, zfs(4)) is given up when programs need it, and so is free as well.
 */
final class CheckMemory implements BuiltinCheck.OfAnyUser {
  private static final Command TABLE =
      Tables.check(
          "check_memory",
          "Memory in use",
          List.of(
              "Caches that the kernel can give up at once count as free, that of ZFS too. In a"
                  + " container with a limit below the memory of the machine, the limit counts as all memory.",
              "The ends of ranges are percent of all memory."),
          "",
          List.of(
              Tables.warning(
                  "RANGE",
                  "WARNING when the used memory is outside this range; with -f, when the free memory"
                      + " is, where a number alone is the least."),
              Tables.critical("RANGE", "CRITICAL likewise."),
              Option.flag("used", "The thresholds are for the used memory; so they are without it.")
                  .withKey('u'),
              Option.flag("free", "The thresholds are for the free memory.").withKey('f')),
          List.of(
              new Example("At most 80 percent in use, or 90", "check_memory -w 80 -c 90"),
              new Example("At least 20 percent free, or 10", "check_memory -f -w 20 -c 10")));

  @Override
  public Command table() {
    return TABLE;
  }

  /** In bytes. */
  private record Figures(long total, long used, long buffers, long cached, boolean isLimit) {
    long free() {
      return Math.max(0, total - used);
    }

    double percent(long bytes) {
      return total == 0 ? 0 : bytes * 100.0 / total;
    }
  }

  @Override
  public boolean mayHoldItsThread(Given given) {
    return false;
  }

  @Override
  public Finding run(Given given, Machine machine) throws UsageException, CheckException {
    boolean isFree = given.has("free");
    if (isFree && given.has("used")) {
      throw new UsageException("-u (--used) and -f (--free) exclude each other");
    }
    var warn = range(given.find("warning"), isFree);
    var crit = range(given.find("critical"), isFree);
    var thresholds = Thresholds.of(warn, crit);
    var figures = figures(machine);
    var status = thresholds.of(figures.percent(isFree ? figures.free() : figures.used()));
    var inBytes = inBytes(warn, figures.total());
    var inBytesToo = inBytes(crit, figures.total());
    var most = String.valueOf(figures.total());
    var perfdata =
        new PerfdataText()
            .add(
                "used",
                figures.used() + "B",
                isFree ? null : inBytes,
                isFree ? null : inBytesToo,
                "0",
                most)
            .add(
                "free",
                figures.free() + "B",
                isFree ? inBytes : null,
                isFree ? inBytesToo : null,
                "0",
                most)
            .add("buffers", figures.buffers() + "B", null, null, "0", most)
            .add("cached", figures.cached() + "B", null, null, "0", most);
    return new Finding(
        status,
        "MEMORY "
            + status
            + " - "
            + Fixed.of(figures.percent(figures.used()), 1)
            + "% used ("
            + (figures.used() >> 20)
            + " MiB of "
            + (figures.total() >> 20)
            + " MiB"
            + (figures.isLimit() ? ", the limit of the container" : "")
            + ") | "
            + perfdata);
  }

  /** A range with percent signs left out; of free memory a number alone is the least. */
  private static @Nullable String range(Optional<String> text, boolean isFree) {
    if (text.isEmpty() || text.get().isEmpty()) {
      return null;
    }
    var range = text.get().replace("%", "");
    return isFree && Decimal.read(range) >= 0 ? range + ":" : range;
  }

  private static @Nullable String inBytes(@Nullable String range, long total)
      throws UsageException {
    return Bounds.converted(
        "-w (--warning)", range, percent -> Decimal.read(percent) * total / 100);
  }

  private static Figures figures(Machine machine) throws CheckException {
    var memory = MemoryFile.read(machine);
    long total = memory.kib("MemTotal") << 10;
    var limited = limited(machine, total);
    return limited == null
        ? new Figures(
            total,
            Math.max(0, total - (memory.kib("MemAvailable") << 10) - cacheOfZfs(machine)),
            memory.kib("Buffers") << 10,
            memory.kib("Cached") << 10,
            false)
        : limited;
  }

  /**
   * Bytes of it that can be had back; 0 where there is no ZFS, and in a container whose meminfo is
   * its own (lxcfs): the cache is that of the machine there.
   */
  private static long cacheOfZfs(Machine machine) {
    try {
      var arc = new MemoryFile(machine.read("/proc/spl/kstat/zfs/arcstats"));
      long least = arc.typed("c_min");
      boolean isOwn = Mount.at("/proc/meminfo", Mount.all(machine)) != null;
      return least < 0 || isOwn ? 0 : Math.max(0, arc.typed("size") - least);
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * By the limit of the container; null when there is none that is smaller. The root of the machine
   * has no such files, so what limits the agent's own unit is not taken for the machine.
   */
  private static @Nullable Figures limited(Machine machine, long total) {
    try {
      long limit = Long.parseLong(machine.read("/sys/fs/cgroup/memory.max").strip());
      if (limit <= 0 || limit >= total) {
        return null;
      }
      long current = Long.parseLong(machine.read("/sys/fs/cgroup/memory.current").strip());
      var stat = new MemoryFile(machine.read("/sys/fs/cgroup/memory.stat"));
      long idle = Math.max(0, stat.number("inactive_file "));
      return new Figures(
          limit, Math.clamp(current - idle, 0, limit), 0, Math.max(0, stat.number("file ")), true);
    } catch (IOException | NumberFormatException e) {
      return null; // No container, none with a limit ("max"), or cgroup v1.
    }
  }
}
