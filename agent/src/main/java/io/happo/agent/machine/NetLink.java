package io.happo.agent.machine;

import io.happo.agent.checks.Machine;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * A network interface and its link now.
 *
 * @param isUp whether it carries data
 * @param isSetUp whether somebody has set it up, carrier or not
 * @param isOfHardware whether there is a device behind it
 * @param megabits its speed in Mbit/s; -1 where that is not known, as without a link
 * @param duplex {@code full}, {@code half}, or empty
 */
record NetLink(
    String name, boolean isUp, boolean isSetUp, boolean isOfHardware, int megabits, String duplex) {
  static final String FOLDER = "/sys/class/net";

  /** {@code IFF_UP} of netdevice(7). */
  private static final int UP = 1;

  /** Reads it; null when there is none of that name. */
  static @Nullable NetLink read(Machine machine, String name) {
    var files = machine.file(FOLDER + "/" + name);
    if (!Files.isDirectory(files)) {
      return null;
    }
    var state = Sys.text(files.resolve("operstate"));
    boolean hasCarrier = Sys.text(files.resolve("carrier")).equals("1");
    boolean isSetUp = (flags(Sys.text(files.resolve("flags"))) & UP) != 0;
    // Tunnels, and drivers that do not tell: unknown, with a carrier.
    boolean isUp = state.equals("up") || (state.equals("unknown") && isSetUp && hasCarrier);
    var duplex = Sys.text(files.resolve("duplex"));
    return new NetLink(
        name,
        isUp,
        isSetUp,
        Files.exists(files.resolve("device")),
        number(Sys.text(files.resolve("speed"))),
        duplex.equals("unknown") ? "" : duplex);
  }

  private static int flags(String text) {
    try {
      return Integer.decode(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static int number(String text) {
    try {
      return Math.max(-1, Integer.parseInt(text));
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
