package io.happo.agent.probes;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.Builtins;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checks that ask something over the network. */
public final class Probes implements Builtins.Catalogue {
  @Override
  public List<String> names() {
    return List.of();
  }

  @Override
  public @Nullable BuiltinCheck find(String name) {
    return null;
  }
}
