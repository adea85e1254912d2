package io.happo.agent.probes;

import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.UsageException;
import io.happo.program.cli.Option;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How many seconds an answer may take, by the options {@code -w} and {@code -c}. */
record ResponseTime(Optional<Double> warning, Optional<Double> critical) {
  static ResponseTime of(Given given) throws UsageException {
    return new ResponseTime(given.findNumber("warning"), given.findNumber("critical"));
  }

  /** The two options. */
  static List<Option> options() {
    return List.of(
        Tables.warning("SECONDS", "WARNING when it takes more than so many seconds."),
        Tables.critical("SECONDS", "CRITICAL when it takes more than so many seconds."));
  }

  /** What a time means. */
  Status of(double seconds) {
    if (critical.isPresent() && seconds > critical.get()) {
      return Status.CRITICAL;
    }
    return warning.isPresent() && seconds > warning.get() ? Status.WARNING : Status.OK;
  }

  /**
   * The time as performance data.
   *
   * @param most until the check gives up; null when that is not told
   */
  String perfdata(double seconds, @Nullable Double most) {
    return new PerfdataText()
        .add(
            "time",
            Fixed.of(seconds) + "s",
            warning.map(Fixed::of).orElse(null),
            critical.map(Fixed::of).orElse(null),
            Fixed.of(0),
            most == null ? null : Fixed.of(most))
        .toString();
  }
}
