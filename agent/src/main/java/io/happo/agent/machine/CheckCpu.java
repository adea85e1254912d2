package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.Memory;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.Thresholds;
import io.happo.agent.checks.UsageException;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code check_cpu}: what the processors did since the look before, of {@code /proc/stat}
 * (proc(5)). At the first look, and when the last one was a moment ago, it watches for a second.
 */
final class CheckCpu implements BuiltinCheck.OfAnyUser {
  private static final Duration SAMPLE = Duration.ofSeconds(1);

  /** Fewer ticks of all processors say too little: half a second of one. */
  private static final long LEAST_TICKS = 50;

  private static final String[] MODES = {
    "user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice"
  };
  private static final int IDLE = 3;
  private static final int IOWAIT = 4;

  /** Guests are counted in user and nice already. */
  private static final int MODES_OF_TOTAL = 8;

  /** In characters; what is before it fits beside it into the memory. */
  private static final int MOST_KEPT = Memory.MAX_CHARACTERS - 100;

  private static final String USAGE = "usage";

  private static final Command TABLE =
      Tables.check(
          "check_cpu",
          "Use of the processors",
          List.of(
              "In percent of all processors, since the run before with the same options. The first"
                  + " run watches for a second.",
              "A threshold is for the use as a whole, which is all but idle and iowait, or for the"
                  + " mode that stands before it: user, nice, system, idle, iowait, irq, softirq,"
                  + " steal, guest or guest_nice. Give the option once for each."),
          "",
          List.of(
              Tables.warning("[MODE=]RANGE", "WARNING when it is outside this range.")
                  .thatRepeats(),
              Tables.critical("[MODE=]RANGE", "CRITICAL when it is outside this range.")
                  .thatRepeats(),
              Option.flag(
                      "percpu",
                      "Judge the use of each processor as well, by the thresholds for the whole.")
                  .withKey('p')),
          List.of(
              new Example("Not busy all the time", "check_cpu -w 80 -c 95"),
              new Example(
                  "Waits for disks and for other virtual machines",
                  "check_cpu -w 90 -w iowait=20 -w steal=10")));

  /** Of what a threshold is. */
  private record Judged(String mode, Thresholds thresholds) {}

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    var usage = thresholds(given, USAGE);
    var modes = new Judged[MODES.length];
    for (int i = 0; i < MODES.length; i++) {
      modes[i] = new Judged(MODES[i], thresholds(given, MODES[i]));
    }
    known(given.all("warning"));
    known(given.all("critical"));
    boolean each = given.has("percpu");
    var key = "check_cpu " + given.inOrder();
    var now = read(machine);
    // Counters of another start of the machine are not those from which these go on.
    var boot = Sys.text(machine, "/proc/sys/kernel/random/boot_id") + "\n";
    var before = recall(machine, key, boot);
    if (before == null || !isEnough(before, now)) {
      before = now;
      Thread.sleep(min(SAMPLE, machine.left().dividedBy(2)));
      now = read(machine);
    }
    keep(machine, key, boot, now);
    return finding(before, now, usage, modes, each);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** The last threshold that is given for this mode. */
  private static Thresholds thresholds(Given given, String mode) throws UsageException {
    return Thresholds.of(last(given.all("warning"), mode), last(given.all("critical"), mode));
  }

  private static @Nullable String last(List<String> values, String mode) {
    for (var value : values.reversed()) {
      if (mode(value).equals(mode)) {
        return value.substring(value.indexOf('=') + 1);
      }
    }
    return null;
  }

  private static String mode(String value) {
    int equals = value.indexOf('=');
    return equals < 0 ? USAGE : value.substring(0, equals);
  }

  private static void known(List<String> values) throws UsageException {
    for (var value : values) {
      var mode = mode(value);
      if (!mode.equals(USAGE) && !Arrays.asList(MODES).contains(mode)) {
        throw new UsageException(
            "'" + value + "': there is no mode '" + mode + "'; see the help for those there are");
      }
    }
  }

  /** The lines of processors, of all first: words with counters behind a name. */
  private static String read(Machine machine) throws CheckException {
    try {
      var text = machine.read("/proc/stat");
      int end = 0;
      while (text.startsWith("cpu", end)) {
        int feed = text.indexOf('\n', end);
        end = feed < 0 ? text.length() : feed + 1;
      }
      if (end == 0) {
        throw CheckException.unknown("/proc/stat tells nothing of processors");
      }
      return text.substring(0, end);
    } catch (IOException e) {
      throw CheckException.unknown("/proc/stat cannot be read: " + Reason.of(e));
    }
  }

  private static @Nullable String recall(Machine machine, String key, String boot) {
    try {
      var text = machine.memory().recall(key).orElse("");
      return text.startsWith(boot + "cpu ") ? text.substring(boot.length()) : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static void keep(Machine machine, String key, String boot, String now) {
    // Of very many processors only as many whole lines as there is room for.
    int end = now.length() <= MOST_KEPT ? now.length() : now.lastIndexOf('\n', MOST_KEPT) + 1;
    try {
      machine.memory().keep(key, boot + now.substring(0, end));
    } catch (IOException e) {
      // As on a full disk: the next run watches for a second, as the first one did.
    }
  }

  private static boolean isEnough(String before, String now) {
    var shares = Shares.between(line(before, "cpu"), line(now, "cpu"));
    return shares.isPresent() && shares.get().total >= LEAST_TICKS;
  }

  private static String line(String text, String name) {
    int begin = text.startsWith(name + " ") ? 0 : text.indexOf("\n" + name + " ") + 1;
    if (begin == 0 && !text.startsWith(name + " ")) {
      return "";
    }
    int end = text.indexOf('\n', begin);
    return text.substring(begin, end < 0 ? text.length() : end);
  }

  /** What a processor did between two looks, in ticks. */
  private record Shares(long[] ticks, long total) {
    /** Empty when a counter went back: the machine has been restarted. */
    static Optional<Shares> between(String before, String now) {
      var first = counters(before);
      var last = counters(now);
      var ticks = new long[MODES.length];
      long total = 0;
      for (int i = 0; i < MODES.length; i++) {
        // idle and iowait can go back by a little (proc(5)); more is a restart.
        long least = i == IDLE || i == IOWAIT ? -LEAST_TICKS * 100 : 0;
        if (last[i] - first[i] < least) {
          return Optional.empty();
        }
        ticks[i] = Math.max(0, last[i] - first[i]);
        total += i < MODES_OF_TOTAL ? ticks[i] : 0;
      }
      return Optional.of(new Shares(ticks, total));
    }

    private static long[] counters(String line) {
      var counters = new long[MODES.length];
      int mode = -1;
      for (int i = line.indexOf(' '); i >= 0 && i < line.length(); i++) {
        char c = line.charAt(i);
        if (c >= '0' && c <= '9') {
          mode += line.charAt(i - 1) == ' ' ? 1 : 0;
          if (mode == MODES.length) {
            break;
          }
          counters[mode] = counters[mode] * 10 + (c - '0');
        }
      }
      return counters;
    }

    double percent(int mode) {
      return total == 0 ? 0 : ticks[mode] * 100.0 / total;
    }

    double usage() {
      return total == 0 ? 0 : Math.max(0, 100 - percent(IDLE) - percent(IOWAIT));
    }
  }

  private static Finding finding(
      String before, String now, Thresholds usage, Judged[] modes, boolean each)
      throws CheckException {
    var all =
        Shares.between(line(before, "cpu"), line(now, "cpu")).filter(shares -> shares.total > 0);
    if (all.isEmpty()) {
      throw CheckException.unknown("the counters in /proc/stat do not go on");
    }
    var shares = all.get();
    var status = usage.of(shares.usage());
    var perfdata = new PerfdataText();
    add(perfdata, USAGE, shares.usage(), usage);
    var text = new StringBuilder();
    for (int i = 0; i < MODES.length; i++) {
      status = status.or(modes[i].thresholds.of(shares.percent(i)));
      add(perfdata, MODES[i], shares.percent(i), modes[i].thresholds);
      boolean isTold = shares.ticks[i] > 0 && i < MODES_OF_TOTAL;
      text.append(!isTold ? "" : text.isEmpty() ? MODES[i] + " " : ", " + MODES[i] + " ")
          .append(isTold ? Fixed.of(shares.percent(i), 1) + "%" : "");
    }
    if (each) {
      status = status.or(each(before, now, usage, perfdata));
    }
    return new Finding(
        status,
        "CPU "
            + status
            + " - "
            + Fixed.of(shares.usage(), 1)
            + "% used ("
            + text
            + ") | "
            + perfdata);
  }

  private static Status each(String before, String now, Thresholds usage, PerfdataText perfdata) {
    var status = Status.OK;
    for (var line : now.split("\n", -1)) {
      int blank = line.indexOf(' ');
      if (blank <= "cpu".length()) {
        continue; // The line of all.
      }
      var name = line.substring(0, blank);
      var then = line(before, name);
      var shares = then.isEmpty() ? Optional.<Shares>empty() : Shares.between(then, line);
      if (shares.isPresent()) { // Else it has just been switched on.
        status = status.or(usage.of(shares.get().usage()));
        add(perfdata, name, shares.get().usage(), usage);
      }
    }
    return status;
  }

  private static void add(
      PerfdataText perfdata, String label, double percent, Thresholds thresholds) {
    perfdata.add(
        label, Fixed.of(percent, 2) + "%", thresholds.warn(), thresholds.crit(), "0", "100");
  }
}
