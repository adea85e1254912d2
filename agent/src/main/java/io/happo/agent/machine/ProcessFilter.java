package io.happo.agent.machine;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Interruptible;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PosixRegex;
import io.happo.agent.checks.UsageException;
import io.happo.core.Decimal;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which processes check_procs looks at. As with the plugin, of an option that is given twice the
 * first counts where it is a text and the last where it is a number. Of one thread.
 */
final class ProcessFilter {
  /** The first letter of what ps shows as state. */
  private static final String STATES = "DIRSTtWXZP";

  private final StringBuilder words = new StringBuilder();
  private @Nullable String state;
  private @Nullable String command;
  private @Nullable String text;
  private @Nullable Pattern expression;
  private List<String> excluded = List.of();
  private long parent = -1;
  private long user = -1;
  private double virtualKib = Double.NEGATIVE_INFINITY;
  private double residentKib = Double.NEGATIVE_INFINITY;
  private double percent = Double.NEGATIVE_INFINITY;
  private boolean withoutKernelThreads;

  private ProcessFilter() {}

  static ProcessFilter of(Given given, Machine machine) throws UsageException, CheckException {
    var filter = new ProcessFilter();
    for (var option : given.inOrder()) {
      filter.add(option, machine);
    }
    if (given.operands().size() > 2) {
      filter.addState(given.operands().get(2));
    }
    return filter;
  }

  private void add(Given.One option, Machine machine) throws UsageException, CheckException {
    var value = option.value();
    switch (option.name()) {
      case "state", "status" -> addState(value);
      case "ppid" -> {
        parent = whole("-p (--ppid)", value);
        tell("PPID = ", parent);
      }
      case "vsz" -> {
        virtualKib = (double) whole("-z (--vsz)", value);
        tell("VSZ >= ", (long) virtualKib);
      }
      case "rss" -> {
        residentKib = (double) whole("-r (--rss)", value);
        tell("RSS >= ", (long) residentKib);
      }
      case "pcpu" -> {
        percent = Decimal.read(value);
        if (!Double.isFinite(percent)) {
          throw new UsageException("-P (--pcpu): '" + value + "' is no number");
        }
        tell("PCPU >= ", Fixed.of(percent, 2));
      }
      case "user" -> addUser(value, machine);
      case "argument-array" -> {
        if (text == null) {
          text = value;
          tell("args ", quoted(value));
        }
      }
      case "ereg-argument-array" -> {
        if (expression == null) {
          expression = PosixRegex.extended(value, false);
          tell("regex args ", quoted(value));
        }
      }
      case "command" -> {
        if (command == null) {
          command = value;
          tell("command name ", quoted(value));
        }
      }
      case "exclude-process" -> {
        excluded = List.of(value.split(",", -1));
        tell("exclude progs ", quoted(value));
      }
      case "no-kthreads" -> withoutKernelThreads = true;
      default -> {
        // Not of the filter.
      }
    }
  }

  private void addState(String value) {
    if (state == null) {
      state = value;
      tell("STATE = ", value);
    }
  }

  private void addUser(String value, Machine machine) throws UsageException, CheckException {
    boolean isNumber = !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
    user = -1;
    var name = value;
    for (var line : passwd(machine)) {
      var fields = line.split(":", -1);
      if (fields.length > 2 && fields[isNumber ? 2 : 0].equals(value)) {
        user = whole("-u (--user)", fields[2]);
        name = fields[0];
        break;
      }
    }
    if (user < 0 && !isNumber) {
      throw new UsageException(
          "-u (--user): there is no '" + value + "' in /etc/passwd; give the number of the user");
    }
    user = user < 0 ? whole("-u (--user)", value) : user;
    tell("UID = ", user + " (" + name + ")");
  }

  private static List<String> passwd(Machine machine) throws CheckException {
    try {
      return machine.lines("/etc/passwd");
    } catch (IOException e) {
      throw CheckException.unknown("/etc/passwd cannot be read: " + Reason.of(e));
    }
  }

  private static long whole(String option, String value) throws UsageException {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new UsageException(option + ": '" + value + "' is no whole number");
    }
  }

  private static String quoted(String value) {
    return "'" + value + "'";
  }

  private void tell(String what, Object value) {
    words.append(words.isEmpty() ? " with " : ", ").append(what).append(OneLine.of(value + ""));
  }

  /** {@code with ...}; empty when all processes are taken. */
  String words() {
    return words.toString();
  }

  /** Whether the process meets all that was given; what is cheap to find out first. */
  boolean takes(ProcessEntry process, double uptime) throws CheckException, InterruptedException {
    return (!withoutKernelThreads || !process.isKernelThread())
        && (parent < 0 || process.parent() == parent)
        && process.virtualKib() >= virtualKib
        && process.processorPercent(uptime) >= percent
        && (command == null || isNamed(process, command))
        && !isExcluded(process)
        && (residentKib == Double.NEGATIVE_INFINITY || process.residentKib() >= residentKib)
        && (user < 0 || process.user() == user)
        && (state == null || isIn(process.state(), state))
        && (text == null || process.arguments().contains(text))
        && (expression == null || Interruptible.finds(expression, process.arguments()));
  }

  private boolean isExcluded(ProcessEntry process) {
    for (var name : excluded) {
      if (isNamed(process, name)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The plugin knows of a name only what ps shows until a blank; a name that is longer than the
   * kernel keeps is compared with the program of the command line.
   */
  private static boolean isNamed(ProcessEntry process, String wanted) {
    var shown = process.name();
    var name = ProcessEntry.baseName(shown);
    int blank = name.indexOf(' ');
    return name.equals(wanted)
        || (blank > 0 && name.substring(0, blank).equals(wanted))
        || (wanted.length() > ProcessEntry.NAME_LENGTH
            && shown.length() == ProcessEntry.NAME_LENGTH
            && wanted.startsWith(shown)
            && process.program().equals(wanted));
  }

  private static boolean isIn(String state, String wanted) {
    if (wanted.length() > 1 && wanted.chars().allMatch(c -> STATES.indexOf(c) >= 0)) {
      return wanted.indexOf(state.charAt(0)) >= 0;
    }
    return state.contains(wanted);
  }
}
