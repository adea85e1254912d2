package io.happo.agent.machine;

import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import java.util.Locale;

/** Options whose values are states. */
final class States {
  private States() {}

  /** The state of that name or number. */
  static Status of(String option, String text) throws UsageException {
    for (var status : Status.values()) {
      if (status.name().equals(text.toUpperCase(Locale.ROOT))
          || text.equals(String.valueOf(status.code()))) {
        return status;
      }
    }
    throw new UsageException(
        option + ": '" + text + "' is no state; write ok, warning, critical or unknown");
  }
}
