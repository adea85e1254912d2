package io.happo.agent.machine;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Interruptible;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.PosixRegex;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What check_disk is to look at: reads its options in their order, since a threshold, a group or
 * {@code -E} is for the paths behind it, until {@code -C}. Of one thread.
 */
final class DiskSelection {
  private final Machine machine;
  private final FileSystems systems;
  private final boolean ignoresMissing;
  private final List<Chosen> chosen = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private List<Mount> mounts;
  private DiskLimits limits = DiskLimits.NONE;
  private @Nullable String group;
  private boolean isExact;
  private boolean isSelected;

  /** A file system that was chosen, and by what it is judged. */
  static final class Chosen {
    /** As it was written. */
    final String name;

    Mount mount;
    DiskLimits limits = DiskLimits.NONE;

    /** Those of the same group are judged together; null for itself alone. */
    @Nullable String group;

    Chosen(String name, Mount mount) {
      this.name = name;
      this.mount = mount;
    }
  }

  private DiskSelection(Machine machine, FileSystems systems, boolean ignoresMissing)
      throws IOException {
    this.machine = machine;
    this.systems = systems;
    this.ignoresMissing = ignoresMissing;
    mounts = Mount.all(machine);
  }

  static DiskSelection of(Given given, Machine machine, FileSystems systems)
      throws IOException, UsageException, CheckException, InterruptedException {
    var selection = new DiskSelection(machine, systems, given.has("ignore-missing"));
    for (var one : given.inOrder()) {
      selection.take(one.name(), one.value());
    }
    selection.takeOperands(given.operands());
    if (!selection.isSelected) {
      selection.selectAll();
    }
    return selection;
  }

  /** In the order of their choice. */
  List<Chosen> chosen() {
    return chosen;
  }

  /** The paths that are not there, which is to be no matter. */
  List<String> missing() {
    return missing;
  }

  private void take(String option, String value)
      throws IOException, UsageException, CheckException, InterruptedException {
    switch (option) {
      case "warning", "critical" -> limits = limits.withFree(option.equals("critical"), value);
      case "iwarning", "icritical" -> limits = limits.withFiles(option.equals("icritical"), value);
      case "path", "partition" -> {
        needsLimits("-p (--path)");
        select(value);
      }
      case "ereg-path", "ereg-partition" -> selectMatching(value, false);
      case "eregi-path", "eregi-partition" -> selectMatching(value, true);
      case "all" -> selectMatching(".*", false);
      case "ignore-ereg-path", "ignore-ereg-partition" -> ignore(value, false);
      case "ignore-eregi-path", "ignore-eregi-partition" -> ignore(value, true);
      case "exact-match" -> {
        needsNoSelection("-E (--exact-match)");
        isExact = true;
      }
      case "group" -> {
        needsNoSelection("-g (--group)");
        group = value;
      }
      case "clear" -> {
        if (!isSelected) {
          selectAll();
        }
        limits = DiskLimits.NONE;
        group = null;
        isSelected = false;
      }
      default -> {} // The others hold for all.
    }
  }

  private void needsLimits(String option) throws UsageException {
    if (limits.isNone()) {
      throw new UsageException(option + " needs a threshold in front of it: -w, -c, -W or -K");
    }
  }

  private void needsNoSelection(String option) throws UsageException {
    if (isSelected) {
      throw new UsageException(option + " has to stand in front of the paths it is for");
    }
  }

  /** {@code check_disk 80 90 /var}: most of the used space in percent. */
  private void takeOperands(List<String> operands)
      throws UsageException, CheckException, IOException, InterruptedException {
    int next = 0;
    while (next < 2 && next < operands.size() && isNumber(operands.get(next))) {
      try {
        limits = limits.withUsed(next == 1, Integer.parseInt(operands.get(next)));
      } catch (NumberFormatException e) {
        throw new UsageException("'" + operands.get(next) + "' is more than 100 percent");
      }
      next++;
    }
    if (next < operands.size()) {
      select(operands.get(next++));
    }
    if (next < operands.size()) {
      throw new UsageException(
          "does not take the argument '" + operands.get(next) + "'; give each path by -p");
    }
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private void selectAll() {
    for (var mount : mounts) {
      add(mount.directory(), mount);
    }
  }

  private void add(String name, Mount mount) {
    Chosen found = null;
    for (var one : chosen) {
      found = one.name.equals(name) ? one : found;
    }
    if (found == null) {
      found = new Chosen(name, mount);
      chosen.add(found);
    }
    found.mount = mount;
    found.group = group;
    found.limits = limits;
  }

  private void select(String path)
      throws UsageException, CheckException, IOException, InterruptedException {
    isSelected = true;
    try {
      var mount = mountOf(path);
      if (mount != null) {
        add(path, mount);
      } else if (ignoresMissing) {
        missing.add(path);
      } else {
        throw new CheckException(Status.CRITICAL, "DISK CRITICAL: " + path + " not found");
      }
    } catch (IOException e) {
      if (!ignoresMissing) {
        throw notAccessible(path, e);
      }
      missing.add(path);
    }
  }

  static CheckException notAccessible(String path, IOException e) {
    return new CheckException(
        Status.CRITICAL,
        "DISK CRITICAL - " + path + " is not accessible: " + FileSystems.reason(e));
  }

  /**
   * The one whose device or directory it is; else the one it lies in; null when it is to be one.
   */
  private @Nullable Mount mountOf(String path) throws IOException, InterruptedException {
    var mount = ofDevice(path);
    mount = mount == null ? Mount.at(path, mounts) : mount;
    if (mount != null) {
      return mount;
    }
    var real = systems.real(path, machine);
    if (isExact) {
      return null;
    }
    var name = real == null ? path : "/" + machine.root().relativize(real);
    mount = ofDevice(name);
    mount = mount == null ? around(name) : mount;
    if (mount != null && mount.type().equals("autofs")) {
      mounts = Mount.all(machine); // The look has mounted what was to be.
      mount = around(name);
    }
    return mount;
  }

  private @Nullable Mount ofDevice(String path) {
    Mount found = null;
    if (path.startsWith("/")) {
      for (var mount : mounts) {
        found = mount.device().equals(path) ? mount : found;
      }
    }
    return found != null && FileSystems.hasDevice(path, machine) ? found : null;
  }

  private @Nullable Mount around(String path) {
    Mount found = null;
    for (var mount : mounts) {
      boolean isCloser = found == null || mount.directory().length() >= found.directory().length();
      found = isCloser && mount.holds(path) ? mount : found;
    }
    return found;
  }

  private void selectMatching(String text, boolean ignoresCase)
      throws UsageException, CheckException, InterruptedException {
    needsLimits("-r, -R or -A");
    var expression = PosixRegex.extended(text, ignoresCase);
    isSelected = true;
    boolean isFound = false;
    for (var mount : mounts) {
      if (matches(mount, expression)) {
        isFound = true;
        var inSight = Mount.at(mount.directory(), mounts);
        add(mount.directory(), inSight == null ? mount : inSight);
      }
    }
    if (!isFound && ignoresMissing) {
      missing.add(text);
    } else if (!isFound) {
      throw new CheckException(
          Status.UNKNOWN,
          "DISK UNKNOWN: Regular expression did not match any path or disk - " + text);
    }
  }

  private static boolean matches(Mount mount, Pattern expression)
      throws CheckException, InterruptedException {
    return Interruptible.finds(expression, mount.directory())
        || Interruptible.finds(expression, mount.device());
  }

  private void ignore(String text, boolean ignoresCase)
      throws UsageException, CheckException, InterruptedException {
    if (!isSelected) {
      throw new UsageException(
          "-i and -I leave out of what was chosen; choose before, as by -A for all");
    }
    var expression = PosixRegex.extended(text, ignoresCase);
    for (int i = chosen.size() - 1; i >= 0; i--) {
      if (matches(chosen.get(i).mount, expression)) {
        chosen.remove(i);
      }
    }
  }
}
