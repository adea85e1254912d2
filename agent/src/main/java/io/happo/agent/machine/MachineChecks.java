package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.Builtins;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checks that look at the machine they run on. */
public final class MachineChecks implements Builtins.Catalogue {
  @Override
  public List<String> names() {
    return List.of(
        "check_agent",
        "check_cpu",
        "check_disk",
        "check_file_age",
        "check_load",
        "check_log",
        "check_memory",
        "check_procs",
        "check_swap",
        "check_uptime",
        "check_users");
  }

  @Override
  public @Nullable BuiltinCheck find(String name) {
    return switch (name) {
      case "check_agent" -> new CheckAgent();
      case "check_cpu" -> new CheckCpu();
      case "check_disk" -> new CheckDisk(new FileSystems());
      case "check_file_age" -> new CheckFileAge();
      case "check_load" -> new CheckLoad();
      case "check_log" -> new CheckLog();
      case "check_memory" -> new CheckMemory();
      case "check_procs" -> new CheckProcs();
      case "check_swap" -> new CheckSwap();
      case "check_uptime" -> new CheckUptime();
      case "check_users" -> new CheckUsers();
      default -> null;
    };
  }
}
