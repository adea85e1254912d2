package io.happo.agent.autoscaling;

import io.happo.agent.metrics.MetricConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Who gets which alias. Pure. */
final class Aliases {
  private Aliases() {}

  /**
   * The aliases of a group after AWS was asked. An instance keeps the alias it has; new ones take
   * the lowest free aliases and what these collect; an alias whose instance is gone is free.
   *
   * @param before the group's, in any number
   * @param inService in AWS's order; those for which there is no alias left get none
   */
  static List<Alias> refreshed(Groups.Group group, List<Alias> before, List<Instance> inService) {
    var config =
        before.isEmpty() ? MetricConfig.EMPTY : before.getFirst().metricConfig(); // Of all alike.
    var known = before.stream().collect(Collectors.toMap(Alias::name, alias -> alias));
    Map<String, Instance> left = new LinkedHashMap<>();
    inService.forEach(instance -> left.put(instance.id(), instance));
    var aliases = new ArrayList<Alias>();
    for (var name : group.aliases()) {
      var alias = known.getOrDefault(name, new Alias(name).with(config));
      // With the address that it has now.
      aliases.add(
          alias.with(alias.instance().flatMap(had -> Optional.ofNullable(left.remove(had.id())))));
    }
    var waiting = left.values().iterator();
    aliases.replaceAll(
        alias ->
            alias.instance().isEmpty() && waiting.hasNext()
                ? alias.with(Optional.of(waiting.next()))
                : alias);
    return aliases;
  }

  /** With an instance at the lowest free alias; empty when there is none. */
  static Optional<List<Alias>> registered(List<Alias> before, Instance instance) {
    var aliases = new ArrayList<>(before);
    for (int i = 0; i < aliases.size(); i++) {
      if (aliases.get(i).instance().isEmpty()) {
        aliases.set(i, aliases.get(i).with(Optional.of(instance)));
        return Optional.of(aliases);
      }
    }
    return Optional.empty();
  }

  /** Without that instance. */
  static List<Alias> deregistered(List<Alias> before, String instanceId) {
    return before.stream()
        .map(alias -> alias.isOf(instanceId) ? alias.with(Optional.empty()) : alias)
        .toList();
  }
}
