package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.UsageException;
import io.happo.core.Decimal;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code check_swap}: how much swap space is free, by {@code /proc/meminfo} (proc(5)). */
final class CheckSwap implements BuiltinCheck.OfAnyUser {
  private static final long MIB = 1 << 20;
  private static final String UNITS = "BKMGTP";

  private static final Command TABLE =
      Tables.check(
          "check_swap",
          "Free swap space",
          List.of("Sizes are bytes, or have a unit behind them: K, M, G, T or P, each 1024 times."),
          "",
          List.of(
              Tables.warning("SIZE|PERCENT%", "WARNING when no more than this is free."),
              Tables.critical("SIZE|PERCENT%", "CRITICAL when no more than this is free."),
              Option.flag(
                      "allswaps",
                      "Is taken and changes nothing, as with the plugin on Linux: all swap spaces"
                          + " are judged together.")
                  .withKey('a'),
              Option.of(
                      "no-swap",
                      Type.TEXT,
                      "STATE",
                      "The state when there is no swap space: ok, warning, critical or unknown.")
                  .withKey('n')
                  .byDefault("critical")),
          List.of(new Example("At least a fifth is free", "check_swap -w 50% -c 20%")));

  /**
   * A threshold.
   *
   * @param value in percent, or in bytes
   */
  private record Least(double value, boolean isPercent) {
    static final Least NONE = new Least(0, false);

    static Least of(String option, Optional<String> text) throws UsageException {
      if (text.isEmpty()) {
        return NONE;
      }
      boolean isPercent = text.get().endsWith("%");
      double value =
          isPercent
              ? Decimal.read(text.get().substring(0, text.get().length() - 1))
              : bytes(text.get().toUpperCase(Locale.ROOT));
      if (!(value >= 0) || value > (isPercent ? 100 : Long.MAX_VALUE)) {
        throw new UsageException(
            option + ": '" + text.get() + "' is neither a size nor a percentage such as 20%");
      }
      return new Least(value, isPercent);
    }

    private static double bytes(String text) {
      int end = text.length();
      end -= text.endsWith("IB") ? 2 : end > 1 && text.endsWith("B") ? 1 : 0;
      int unit = end > 1 ? UNITS.indexOf(text.charAt(end - 1)) : -1;
      return Decimal.read(text.substring(0, unit < 0 ? end : end - 1))
          * (unit < 0 ? 1 : 1L << (10 * unit));
    }

    boolean alerts(long free, long total) {
      return isPercent ? free * 100.0 <= value * total : value > 0 && free <= value;
    }

    /** In bytes, as the plugin rounds it. */
    String text(long total) {
      long hundredth = total / 100;
      return Fixed.of(isPercent ? hundredth * value : value, 0);
    }
  }

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public boolean mayHoldItsThread(Given given) {
    return false;
  }

  @Override
  public Finding run(Given given, Machine machine) throws UsageException, CheckException {
    var warning = Least.of("-w (--warning)", given.find("warning"));
    var critical = Least.of("-c (--critical)", given.find("critical"));
    if (warning.value() == 0 && critical.value() == 0) {
      throw new UsageException(
          "-w (--warning) or -c (--critical) is missing; give one that is above 0");
    }
    if (given.has("warning")
        && warning.isPercent() == critical.isPercent()
        && warning.value() < critical.value()) {
      throw new UsageException("-w (--warning) is below -c (--critical); swap them");
    }
    var without = States.of("-n (--no-swap)", given.text("no-swap"));
    var memory = MemoryFile.read(machine);
    // In whole MiB, as the plugin counts.
    long total = memory.kib("SwapTotal") / 1024;
    long free = memory.kib("SwapFree") / 1024;
    long percent = total == 0 ? 0 : 100 - 100 * (total - free) / total;
    var status =
        total == 0
            ? without
            : critical.alerts(free * MIB, total * MIB)
                ? Status.CRITICAL
                : warning.alerts(free * MIB, total * MIB) ? Status.WARNING : Status.OK;
    var perfdata =
        new PerfdataText()
            .add(
                "swap",
                free * MIB + "B",
                warning.text(total * MIB),
                critical.text(total * MIB),
                "0",
                String.valueOf(total * MIB));
    return new Finding(
        status,
        "SWAP "
            + status
            + " - "
            + percent
            + "% free ("
            + free
            + "MB out of "
            + total
            + "MB) "
            + (total == 0 ? "- Swap is either disabled, not present, or of zero size. " : "")
            + "|"
            + perfdata);
  }
}
