package io.happo.core.plan;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes the plan of one agent. */
final class Resolver {
  private final AgentView agent;
  private final Map<String, Bundle> offered;
  private final SortedMap<String, Bundle> taken = new TreeMap<>();
  private final List<Problem> problems = new ArrayList<>();

  Resolver(AgentView agent, Map<String, Bundle> bundles) {
    this.agent = agent;
    this.offered = bundles;
  }

  Resolution resolve(FleetPlan fleet) {
    var checks = new ArrayList<Check>();
    for (var check : fleet.checks()) {
      if (check.matches(agent)) {
        resolve(check, fleet, false).ifPresent(checks::add);
      }
    }
    for (var inventory : fleet.inventory()) {
      if (inventory.matches(agent)) {
        resolve(inventory, fleet, true).ifPresent(checks::add);
      }
    }
    var document =
        PlanDocument.of(
            new Plan(checks, List.copyOf(taken.values()), metrics(fleet), collectors(fleet)));
    int bytes = document.text().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > Plan.MAX_BYTES) {
      // Which checks to leave out is nobody's guess: the agent keeps what it has.
      problems.add(
          new Problem(
              "",
              "the plan of this agent has "
                  + bytes
                  + " bytes; at most "
                  + Plan.MAX_BYTES
                  + " are possible: give it fewer checks or shorter texts"));
    }
    return new Resolution(document, problems);
  }

  private List<Work.Plugin> metrics(FleetPlan fleet) {
    var metrics = new ArrayList<Work.Plugin>();
    for (var one : fleet.metrics()) {
      if (one.matches(agent) && metrics.size() == Plan.MAX_METRICS) {
        problem(
            "metrics", one.plugin().name(), "an agent collects " + Plan.MAX_METRICS + " at most");
      } else if (one.matches(agent)) {
        int before = problems.size();
        var name = one.plugin().name();
        var arguments = texts("metrics " + name, "plugin", one.plugin().arguments());
        if (before == problems.size()) {
          metrics.add(new Work.Plugin(name, arguments));
        }
      }
    }
    return metrics;
  }

  private List<Collector> collectors(FleetPlan fleet) {
    var collectors = new ArrayList<Collector>();
    for (var one : fleet.collectors()) {
      if (one.matches(agent)) {
        resolve(one.collector())
            .ifPresent(
                collector -> {
                  collectors.add(collector);
                  var tooMany = Collector.tooMany(collectors);
                  if (tooMany.isPresent()) {
                    collectors.removeLast();
                    problem("collector " + one.name(), "files", tooMany.get());
                  }
                });
      }
    }
    return collectors;
  }

  private Optional<Collector> resolve(Collector collector) {
    int before = problems.size();
    var place = "collector " + collector.name();
    if (agent.isClassic()) {
      problem(
          place, "command", "this agent does not connect to the hub, and keeps nothing running");
      return Optional.empty();
    }
    var files = new TreeMap<String, String>();
    collector
        .files()
        .forEach((name, text) -> files.put(name, expanded(place, "files." + name, text)));
    var scrape = texts(place, "scrape", collector.scrape());
    var command = texts(place, "command", collector.command());
    var validate = texts(place, "validate", collector.validate());
    var environment = texts(place, "env", collector.environment());
    for (var address : scrape) {
      if (!isAddress(address)) {
        problem(place, "scrape", Rules.shown(address) + " is no address of a web server");
      }
    }
    return before == problems.size()
        ? Optional.of(
            new Collector(
                collector.name(),
                command,
                validate,
                files,
                environment,
                collector.memoryBytes(),
                scrape,
                collector.scrapeEvery()))
        : Optional.empty();
  }

  /** Whether there is a host, and nothing that cannot be sent in a request. */
  private static boolean isAddress(String text) {
    int host = text.indexOf("//") + 2;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return host < text.length() && text.charAt(host) != '/' && text.charAt(host) != ':';
  }

  private Optional<Check> resolve(FleetCheck check, FleetPlan fleet, boolean inventory) {
    int before = problems.size();
    if (agent.isClassic() && !(check.work(agent) instanceof Work.Plugin)) {
      problem(
          check.name(),
          "work",
          "this agent does not connect to the hub, and runs the plugins alone that are installed there");
      return Optional.empty();
    }
    if (agent.isClassic() && !check.environment().isEmpty()) {
      problem(
          check.name(), "env", "this agent does not connect to the hub, and takes no variables");
      return Optional.empty();
    }
    var work = resolve(check.name(), check.work(agent), fleet);
    var environment = texts(check.name(), "env", check.environment());
    if (before != problems.size() || work.isEmpty()) {
      return Optional.empty();
    }
    var bundle = offered.get(work.get().bundle());
    if (bundle != null) {
      taken.put(bundle.sha256(), bundle);
    }
    return Optional.of(
        new Check(
            check.name(),
            work.get(),
            check.schedule(),
            check.timeout(),
            check.retry(),
            check.maxAttempts(),
            environment,
            inventory));
  }

  /** Empty where there is a problem. */
  private Optional<Work> resolve(String check, Work work, FleetPlan fleet) {
    int before = problems.size();
    var resolved =
        switch (work) {
          case Work.Builtin builtin ->
              new Work.Builtin(builtin.name(), texts(check, "builtin", builtin.arguments()));
          case Work.Plugin plugin ->
              new Work.Plugin(plugin.name(), texts(check, "plugin", plugin.arguments()));
          case Work.Script script -> {
            var known = fleet.scripts().get(script.sha256());
            bundle(check, "script", script, known == null ? script.sha256() : known.name());
            yield new Work.Script(script.sha256(), texts(check, "arguments", script.arguments()));
          }
          case Work.Packed packed -> {
            var known = fleet.archives().get(packed.sha256());
            bundle(check, "bundle", packed, known == null ? packed.sha256() : known);
            yield new Work.Packed(
                packed.sha256(), packed.file(), texts(check, "plugin", packed.arguments()));
          }
        };
    return before == problems.size() ? Optional.of(resolved) : Optional.empty();
  }

  private void bundle(String check, String member, Work work, String name) {
    var bundle = offered.get(work.bundle());
    if (bundle == null || bundle.kind() != work.bundleKind()) {
      problem(check, member, name + " is not there for agents to fetch: apply the plan again");
    }
  }

  private List<String> texts(String check, String member, List<String> texts) {
    var resolved = new ArrayList<String>();
    for (var text : texts) {
      resolved.add(text(check, member, text));
    }
    return resolved;
  }

  private SortedMap<String, String> texts(
      String check, String member, SortedMap<String, String> texts) {
    var resolved = new TreeMap<String, String>();
    for (var text : texts.entrySet()) {
      resolved.put(text.getKey(), text(check, member + "." + text.getKey(), text.getValue()));
    }
    return resolved;
  }

  private String text(String check, String member, String text) {
    var expanded = expanded(check, member, text);
    var wrong = Rules.text(expanded);
    if (wrong.isPresent()) {
      problem(check, member, wrong.get());
      return "";
    }
    return expanded;
  }

  private String expanded(String check, String member, String text) {
    return Tokens.expand(text, agent, wrong -> problem(check, member, wrong));
  }

  private void problem(String check, String member, String text) {
    problems.add(new Problem(check + "." + member, text));
  }
}
