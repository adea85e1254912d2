package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Interruptible;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.PosixRegex;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import io.happo.program.cli.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code check_net}: links, throughput, errors and drops of network interfaces, by {@code
 * /sys/class/net} (Documentation/ABI/testing/sysfs-class-net). Rates are those since the run
 * before; when there was none, of a second.
 */
final class CheckNet implements BuiltinCheck.OfAnyUser {
  private static final Duration SAMPLE = Duration.ofSeconds(1);

  /** Rates of a shorter time jump too much. */
  private static final double LEAST_SECONDS = 0.5;

  private static final String NONE = "no network interface of hardware";

  @Override
  public Command table() {
    return NetTable.TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    var limits = NetLimits.of(given);
    var names = names(given, machine);
    if (names.isEmpty()) {
      if (limits.down() == Status.OK) {
        return new Finding(Status.OK, "NET OK - " + NONE + " is set up");
      }
      throw CheckException.unknown(NONE + " is set up; name those to look at by -i");
    }
    // What is remembered is for these interfaces, however they are judged.
    var key = "check_net " + given.all("interface") + given.all("exclude");
    var now = NetCounters.read(machine, names);
    var before = recall(machine, key);
    if (before == null || !(now.secondsSince(before) >= LEAST_SECONDS)) {
      before = now;
      var half = machine.left().dividedBy(2);
      Thread.sleep(half.compareTo(SAMPLE) < 0 ? half : SAMPLE);
      now = NetCounters.read(machine, names);
    }
    try {
      machine.memory().keep(key, now.text());
    } catch (IOException e) {
      // As on a full disk: the next run watches for a second, as the first one did.
    }
    var problems = new Problems();
    var perfdata = new PerfdataText();
    var fine = new StringBuilder();
    for (var name : names) {
      var link = NetLink.read(machine, name);
      if (link == null) {
        problems.add(Status.CRITICAL, "there is no interface " + name);
        continue;
      }
      var rates = now.ratesSince(before, name);
      limits.look(link, rates, problems);
      limits.perfdata(link, now.of(name), rates, perfdata);
      fine.append(fine.isEmpty() ? "" : ", ").append(words(link, rates));
    }
    return problems.finding("NET", fine.toString(), perfdata);
  }

  private static String words(NetLink link, Map<String, Double> rates) {
    var text = link.name() + (link.isUp() ? " up" : " down");
    var in = rates.get(NetCounters.IN);
    var out = rates.get(NetCounters.OUT);
    return in == null || out == null
        ? text
        : text + ", in " + bits(in * 8) + ", out " + bits(out * 8);
  }

  /** Bits a second for people. */
  static String bits(double rate) {
    return rate < 1e6
        ? Fixed.of(rate / 1e3, 1) + " kbit/s"
        : rate < 1e9 ? Fixed.of(rate / 1e6, 1) + " Mbit/s" : Fixed.of(rate / 1e9, 2) + " Gbit/s";
  }

  private static @Nullable NetCounters recall(Machine machine, String key) {
    try {
      var text = machine.memory().recall(key);
      return text.isEmpty() ? null : NetCounters.parse(text.get());
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Those that were given; else all that are plugged in somewhere, as to say it is not {@code lo};
   * containers have none.
   */
  private static List<String> names(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    for (var name : given.all("interface")) {
      if (!isName(name)) {
        throw new UsageException("-i (--interface): '" + name + "' is no interface");
      }
    }
    if (given.has("interface")) {
      return given.all("interface");
    }
    var names = new ArrayList<String>();
    var exclude = given.find("exclude");
    var left = exclude.isEmpty() ? null : PosixRegex.extended(exclude.get(), false);
    for (var name : Sys.names(machine.file(NetLink.FOLDER))) {
      boolean isLeftOut = left != null && Interruptible.finds(left, name);
      var link = isName(name) ? NetLink.read(machine, name) : null;
      if (!isLeftOut && link != null && link.isOfHardware() && link.isSetUp()) {
        names.add(name);
      }
    }
    return names;
  }

  /** The kernel takes other bytes too, but nobody gives them. */
  private static boolean isName(String name) {
    boolean isPlain = !name.isEmpty() && !name.startsWith(".");
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      isPlain &= c > ' ' && c < 0x7f && c != '/';
    }
    return isPlain;
  }
}
