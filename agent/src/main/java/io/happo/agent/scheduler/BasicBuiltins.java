package io.happo.agent.scheduler;

import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongSupplier;

/** {@code uptime}: how long the machine is up; {@code agent}: the agent itself. */
public final class BasicBuiltins implements Builtins {
  private static final int OK = 0;
  private static final int UNKNOWN = 3;
  private static final Path UPTIME = Path.of("/proc/uptime");

  private final String version;
  private final LongSupplier nanos;
  private final long begin;

  /**
   * @param version of the agent
   * @param nanos monotonic time
   */
  public BasicBuiltins(String version, LongSupplier nanos) {
    this.version = version;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
  }

  @Override
  public Finding run(String name, Map<String, String> options) {
    if (!options.isEmpty()) {
      return unknown(name + " has no option " + options.keySet().iterator().next());
    }
    return switch (name) {
      case "uptime" -> uptime();
      case "agent" -> {
        long seconds = (nanos.getAsLong() - begin) / 1_000_000_000;
        yield up("happo-agent " + version + " runs since", seconds);
      }
      default ->
          unknown("this agent (" + version + ") has no built-in check '" + name + "'; update it");
    };
  }

  private static Finding uptime() {
    try {
      var text = Files.readString(UPTIME);
      return up("up", Long.parseLong(text, 0, text.indexOf('.'), 10));
    } catch (IOException e) {
      return unknown("cannot read " + UPTIME + ": " + Reason.of(e));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      return unknown(UPTIME + " holds no uptime");
    }
  }

  private static Finding up(String what, long seconds) {
    return new Finding(
        OK,
        "OK - "
            + what
            + " "
            + seconds / 86_400
            + " d "
            + seconds / 3_600 % 24
            + " h "
            + seconds / 60 % 60
            + " min|uptime="
            + seconds
            + "s;;;0\n");
  }

  private static Finding unknown(String why) {
    return new Finding(UNKNOWN, "UNKNOWN - " + why + "\n");
  }
}
