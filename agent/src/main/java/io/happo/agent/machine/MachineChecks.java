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
        "check_md_raid",
        "check_memory",
        "check_mount",
        "check_net",
        "check_procs",
        "check_sensors",
        "check_swap",
        "check_systemd",
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
      case "check_md_raid" -> new CheckMdRaid();
      case "check_memory" -> new CheckMemory();
      case "check_mount" -> new CheckMount(new FileSystems());
      case "check_net" -> new CheckNet();
      case "check_procs" -> new CheckProcs();
      case "check_sensors" -> new CheckSensors();
      case "check_swap" -> new CheckSwap();
      case "check_systemd" -> new CheckSystemd();
      case "check_uptime" -> new CheckUptime();
      case "check_users" -> new CheckUsers();
      default -> null;
    };
  }
}
