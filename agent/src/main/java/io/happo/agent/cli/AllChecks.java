package io.happo.agent.cli;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.Builtins;
import io.happo.agent.collectors.CollectorChecks;
import io.happo.agent.lists.Lists;
import io.happo.agent.machine.MachineChecks;
import io.happo.agent.orders.HubChecks;
import io.happo.agent.probes.Probes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All checks that are part of the agent, and the lists for an inventory behind them. Each is loaded
 * when it is first asked for.
 */
public final class AllChecks implements Builtins.Catalogue {
  private final Builtins.Catalogue machine = new MachineChecks();
  private final Builtins.Catalogue probes = new Probes();
  private final Builtins.Catalogue lists = new Lists();
  private final Builtins.Catalogue collectors;
  private final Builtins.Catalogue hub;

  /** All, where nothing is kept running. */
  public AllChecks() {
    this(new CollectorChecks(), new HubChecks());
  }

  /**
   * All.
   *
   * @param collectors the check that tells of what is kept running
   * @param hub the check of the hub's name
   */
  public AllChecks(CollectorChecks collectors, HubChecks hub) {
    this.collectors = collectors;
    this.hub = hub;
  }

  @Override
  public List<String> names() {
    var checks =
        Stream.of(machine, probes, collectors, hub)
            .flatMap(catalogue -> catalogue.names().stream())
            .sorted();
    return Stream.concat(checks, lists.names().stream()).toList();
  }

  @Override
  public @Nullable BuiltinCheck find(String name) {
    var check = machine.find(name);
    check = check == null ? probes.find(name) : check;
    check = check == null ? collectors.find(name) : check;
    check = check == null ? hub.find(name) : check;
    return check == null ? lists.find(name) : check;
  }
}
