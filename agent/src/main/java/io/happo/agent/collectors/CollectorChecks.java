package io.happo.agent.collectors;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.Builtins;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The check that tells how a collector is, and which collectors it sees. Any thread. */
public final class CollectorChecks implements Builtins.Catalogue {
  private static final String NAME = "check_collector";

  private volatile @Nullable Collectors seen;

  /** From now on it tells of these; null: there are none. */
  public void see(@Nullable Collectors collectors) {
    seen = collectors;
  }

  Optional<CollectorStatus> status(String name, int lines) {
    var now = seen;
    return now == null ? Optional.empty() : now.status(name, lines);
  }

  @Override
  public List<String> names() {
    return List.of(NAME);
  }

  @Override
  public @Nullable BuiltinCheck find(String name) {
    return name.equals(NAME) ? new CheckCollector(this::status) : null;
  }
}
