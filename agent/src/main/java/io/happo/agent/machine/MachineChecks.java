package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.Builtins;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checks that look at the machine they run on. */
public final class MachineChecks implements Builtins.Catalogue {
  @Override
  public List<String> names() {
    return List.of("check_load");
  }

  @Override
  public @Nullable BuiltinCheck find(String name) {
    return switch (name) {
      case "check_load" -> new CheckLoad();
      default -> null;
    };
  }
}
