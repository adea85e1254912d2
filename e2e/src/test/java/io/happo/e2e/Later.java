package io.happo.e2e;

import java.util.List;
import java.util.Optional;

/**
 * Cases that wait for a later issue. Each is told as skipped, with its reason; none may name a case
 * that is not there.
 */
record Later(String reason, List<String> cases) {
  private static final List<Later> ALL =
      List.of(
          new Later(
              "Auto Scaling comes with an issue of its own",
              List.of(
                  "as.*",
                  "as2.*",
                  "status.autoscaling_no_config",
                  "agent.daemon.node_*",
                  "agent.resolve_alias.unknown",
                  "agent.resolve_alias.flag_after_arg",
                  "agent.list_aliases.ok",
                  "agent.list_aliases.group",
                  "agent.list_aliases.group_unknown",
                  "agent.list_aliases.no_config",
                  "agent.leave.ok",
                  "check.proxy.alias",
                  "check.proxy.alias_unassigned")));

  static Optional<String> reason(String name) {
    return ALL.stream()
        .filter(later -> later.cases().stream().anyMatch(glob -> Differences.matches(glob, name)))
        .map(Later::reason)
        .findFirst();
  }

  /** Globs that match none of these names. */
  static List<String> without(List<String> names) {
    return ALL.stream()
        .flatMap(later -> later.cases().stream())
        .filter(glob -> names.stream().noneMatch(name -> Differences.matches(glob, name)))
        .toList();
  }
}
