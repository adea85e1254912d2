package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import io.happo.agent.exec.FileSystemSpace;
import io.happo.agent.machine.DiskSelection.Chosen;
import io.happo.program.cli.Command;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code check_disk}: the free space and inodes of file systems, by statvfs(3), and whether they
 * can be written.
 */
final class CheckDisk implements BuiltinCheck.OfAnyUser {
  private static final List<String> UNITS = List.of("bytes", "kB", "MB", "GB", "TB", "PB");
  private static final List<String> OTHER_UNITS = List.of("", "KiB", "MiB", "GiB", "TiB", "PiB");
  private static final List<String> SHOWN_UNITS = List.of("B", "kiB", "MiB", "GiB", "TiB", "PiB");

  /**
   * Types without a size. They are not asked: some are for root alone, and the look at one would
   * make automount(8) mount something.
   */
  private static final Set<String> WITHOUT_SIZE =
      Set.of(
          "autofs",
          "binfmt_misc",
          "bpf",
          "cgroup",
          "cgroup2",
          "configfs",
          "debugfs",
          "devpts",
          "fusectl",
          "mqueue",
          "nsfs",
          "proc",
          "pstore",
          "rpc_pipefs",
          "securityfs",
          "sysfs",
          "tracefs");

  private final FileSystems systems;

  /**
   * @param systems what file systems are asked by
   */
  CheckDisk(FileSystems systems) {
    this.systems = systems;
  }

  @Override
  public Command table() {
    return DiskTable.TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    if (given.inOrder().isEmpty() && given.operands().isEmpty()) {
      throw new UsageException("needs a threshold, such as -w 10% -c 5%");
    }
    if (!FileSystemSpace.canBeAskedFor()) {
      throw CheckException.unknown(
          "file systems cannot be asked, since libhappo_exec.so of the agent is missing");
    }
    int unit = unit(given);
    try {
      var selection = DiskSelection.of(given, machine, systems);
      var look = new Look(given, machine, unit);
      for (var one : selection.chosen()) {
        look.at(one, selection.chosen());
      }
      return look.finding(selection.missing());
    } catch (IOException e) {
      throw CheckException.unknown(
          "the file systems cannot be told: " + OneLine.of(FileSystems.reason(e)));
    } catch (CheckException e) {
      throw new CheckException(e.status(), OneLine.of(String.valueOf(e.getMessage())));
    }
  }

  /** The number of its prefix. */
  private static int unit(Given given) throws UsageException {
    int unit = 2;
    for (var one : given.inOrder()) {
      switch (one.name()) {
        case "kilobytes" -> unit = 1;
        case "megabytes" -> unit = 2;
        case "units" -> {
          unit = Math.max(UNITS.indexOf(one.value()), OTHER_UNITS.indexOf(one.value()));
          if (unit < 0 || one.value().isEmpty()) {
            throw new UsageException(
                "-u (--units) is to be bytes, kB, MB, GB, TB or PB, and not '" + one.value() + "'");
          }
        }
        default -> {}
      }
    }
    return unit;
  }

  /** One run. */
  private final class Look {
    private final Given given;
    private final Machine machine;
    private final String unitName;
    private final long unit;
    private final boolean isVerbose;
    private final @Nullable Writable writable;
    private final Set<String> seen = new HashSet<>();
    private final StringBuilder text = new StringBuilder();
    private final PerfdataText perfdata = new PerfdataText();

    /** Null as long as nothing was looked at. */
    private @Nullable Status status;

    Look(Given given, Machine machine, int prefix) {
      this.given = given;
      this.machine = machine;
      unit = 1L << (10 * prefix);
      unitName = SHOWN_UNITS.get(prefix);
      isVerbose = given.has("verbose");
      writable = given.has("read-only") ? Writable.of(machine) : null;
    }

    void at(Chosen one, List<Chosen> all) throws CheckException, InterruptedException {
      if (!seen.add(one.mount.bytes())
          || WITHOUT_SIZE.contains(one.mount.type())
          || (one.group == null && isLeftOut(one.mount))) {
        return;
      }
      boolean isLost = writable != null && writable.isLost(one.mount);
      var size = size(one.mount);
      if (size != null && one.group != null) {
        for (var other : all) {
          if (one.group.equals(other.group) && seen.add(other.mount.bytes())) {
            isLost |= writable != null && writable.isLost(other.mount);
            var more = size(other.mount);
            size = more == null ? size : size.plus(more);
          }
        }
      }
      if (size != null && (size.totalUnits() > 0 || size.used() > 0 || size.available() > 0)) {
        judge(one, size, isLost);
      }
    }

    private boolean isLeftOut(Mount mount) throws CheckException, InterruptedException {
      if (mount.isRemote() && (given.has("local") || given.has("stat-remote-fs"))) {
        if (given.has("stat-remote-fs")) {
          size(mount);
        }
        return true;
      }
      return mount.type().equals("iso9660")
          || given.all("exclude-type").contains(mount.type())
          || given.all("exclude_device").contains(mount.device())
          || given.all("exclude_device").contains(mount.directory())
          || (given.has("include-type") && !given.all("include-type").contains(mount.type()));
    }

    /** Null when it does not answer, which is told. */
    private @Nullable DiskSize size(Mount mount) throws CheckException, InterruptedException {
      if (WITHOUT_SIZE.contains(mount.type())) {
        return DiskSize.NOTHING;
      }
      try {
        var space = systems.space(mount, machine);
        if (space == null) {
          found(Status.CRITICAL);
          text.append(' ').append(OneLine.of(mount.directory())).append(" does not answer;");
          return null;
        }
        return DiskSize.of(space, unit, given.has("freespace-ignore-reserved"));
      } catch (IOException e) {
        throw DiskSelection.notAccessible(mount.directory(), e);
      }
    }

    private void found(Status one) {
      status = status == null ? one : status.or(one);
    }

    private void judge(Chosen one, DiskSize size, boolean isLost) {
      var name =
          OneLine.of(
              one.group != null
                  ? one.group
                  : given.has("mountpoint") || one.mount.directory().equals("none")
                      ? one.mount.device()
                      : one.mount.directory());
      var limits = one.limits;
      var found = limits.of(size).or(isLost ? Status.CRITICAL : Status.OK);
      found(found);
      perfdata.add(
          name,
          size.usedUnits() * unit + "B",
          limits.usedBytes(false, size, unit),
          limits.usedBytes(true, size, unit),
          "0",
          String.valueOf(size.totalUnits() * unit));
      if (given.has("iperfdata")) {
        perfdata.add(
            name + " (inodes)",
            String.valueOf(size.usedFiles()),
            limits.usedFiles(false, size),
            limits.usedFiles(true, size),
            "0",
            String.valueOf(size.files()));
      }
      boolean isTold = found != Status.OK;
      if (!isTold && given.has("errors-only") && !isVerbose) {
        return;
      }
      text.append(isTold && isVerbose ? " " + found + " [" : "").append(' ').append(name);
      text.append(' ').append(size.freeUnits()).append(unitName).append(" (");
      text.append(Fixed.of(100 - size.usedPercent(), 0)).append("% inode=");
      double files = size.usedFilesPercent();
      text.append(files < 0 ? "-" : Fixed.of(100 - files, 0) + "%").append(')');
      text.append(isLost ? " read-only" : "");
      // Where inodes are not limited, the plugin writes the bracket always.
      text.append(isTold && (isVerbose || files < 0) ? "];" : ";");
    }

    Finding finding(List<String> missing) {
      if (writable != null) {
        writable.keep();
      }
      var rest = missing.isEmpty() ? "" : " not there: " + OneLine.of(String.join(", ", missing));
      if (status == null) {
        return missing.isEmpty()
            ? new Finding(
                Status.UNKNOWN,
                "DISK UNKNOWN - of the file systems asked for, none is left that has a size; look at"
                    + " -p, -i, -x, -X and -N")
            : new Finding(Status.OK, "DISK OK -" + rest);
      }
      var begin = given.has("errors-only") && status == Status.OK ? "" : " - free space:";
      return new Finding(status, "DISK " + status + begin + text + rest + "| " + perfdata);
    }
  }
}
