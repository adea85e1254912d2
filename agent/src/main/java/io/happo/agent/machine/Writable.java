package io.happo.agent.machine;

import io.happo.agent.checks.Machine;
import io.happo.agent.checks.Memory;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which file systems are to be writable: by {@code /etc/fstab}, and where that does not name them,
 * those that were so when they were looked at before and since the machine started. The kernel
 * makes a file system read-only when it finds an error in it. Of one thread.
 */
final class Writable {
  private static final String KEY = "mounts that were writable";

  private final Machine machine;
  private final List<Fstab> wanted;
  private final Set<String> seen = new TreeSet<>();
  private String boot = "";
  private boolean isNew;

  private Writable(Machine machine, List<Fstab> wanted) {
    this.machine = machine;
    this.wanted = wanted;
  }

  static Writable of(Machine machine) {
    List<Fstab> wanted;
    try {
      wanted = Fstab.all(machine);
    } catch (IOException e) {
      wanted = List.of(); // Containers have none.
    }
    var writable = new Writable(machine, wanted);
    writable.recall();
    return writable;
  }

  /** What is not mounted any more is forgotten: containers come and go with theirs. */
  private void recall() {
    try {
      boot = machine.read("/proc/sys/kernel/random/boot_id").strip();
      var lines = machine.memory().recall(KEY).orElse("").split("\n", -1);
      if (lines[0].equals(boot)) {
        var mounted = new HashSet<String>();
        for (var mount : Mount.all(machine)) {
          mounted.add(name(mount));
        }
        seen.addAll(List.of(lines).subList(1, lines.length));
        seen.retainAll(mounted);
      }
    } catch (IOException e) {
      // Then fstab alone counts.
    }
  }

  /** Whether it cannot be written and is to be. */
  boolean isLost(Mount mount) {
    var name = name(mount);
    if (!mount.isReadOnly()) {
      isNew |= seen.add(name);
      return false;
    }
    var line = Fstab.of(mount.directory(), wanted);
    return line == null ? seen.contains(name) : line.wantsWritable() && canBe(mount);
  }

  private static String name(Mount mount) {
    return mount.bytes().replace('\n', ' ');
  }

  private static boolean canBe(Mount mount) {
    return Fstab.canBeWritable(List.of(mount.type()));
  }

  /**
   * Keeps what was seen for the next look; of very many mounts those that there is room for. When
   * it cannot, it is no matter: the file system that is full is perhaps the one to keep it in.
   */
  void keep() {
    if (isNew && !boot.isEmpty()) {
      var text = new StringBuilder(boot);
      for (var name : seen) {
        if (text.length() + 1 + name.length() <= Memory.MAX_CHARACTERS) {
          text.append('\n').append(name);
        }
      }
      try {
        machine.memory().keep(KEY, text.toString());
      } catch (IOException e) {
        // Then fstab alone counts.
      }
    }
  }
}
