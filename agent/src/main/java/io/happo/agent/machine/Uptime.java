package io.happo.agent.machine;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Machine;
import io.happo.program.files.Reason;
import java.io.IOException;

/** How long the machine is up, of {@code /proc/uptime} (proc(5)). */
final class Uptime {
  private Uptime() {}

  static double seconds(Machine machine) throws CheckException {
    try {
      var text = machine.read("/proc/uptime");
      return Double.parseDouble(text.substring(0, text.indexOf(' ')));
    } catch (IOException e) {
      throw CheckException.unknown("/proc/uptime cannot be read: " + Reason.of(e));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw CheckException.unknown("/proc/uptime holds no uptime");
    }
  }

  /** For people. */
  static String words(long seconds) {
    return seconds / 86_400 + " d " + seconds / 3_600 % 24 + " h " + seconds / 60 % 60 + " min";
  }
}
