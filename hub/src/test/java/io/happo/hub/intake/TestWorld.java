package io.happo.hub.intake;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.plan.AgentView;
import io.happo.core.plan.AlertRule;
import io.happo.core.plan.BadPlanException;
import io.happo.core.plan.Dependency;
import io.happo.core.plan.FleetPlan;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.alert.Health;
import io.happo.hub.alert.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A fleet as a test says it is: agents are there when they are named. */
final class TestWorld implements Surroundings {
  final Map<Long, Health.Seen> agents = new ConcurrentHashMap<>();
  final Map<Long, Map<String, String>> tags = new ConcurrentHashMap<>();
  volatile List<AlertRule> rules = List.of();
  volatile int attempts = 1;
  final Set<String> removed = ConcurrentHashMap.newKeySet();
  final Map<String, Duration> within = new ConcurrentHashMap<>();
  volatile boolean broken;
  volatile boolean failing;
  volatile boolean off;
  volatile int woken;

  /** Rules as a plan has them. */
  void rules(String text) {
    try {
      rules = FleetPlan.read(Json.parse(text.replace('\'', '"'))).alerts();
    } catch (BadPlanException | JsonException e) {
      throw new AssertionError(e);
    }
  }

  void connected(long agent, long since) {
    agents.put(agent, new Health.Seen(Health.Link.CONNECTED, since, false));
  }

  void lost(long agent, long since) {
    agents.put(agent, new Health.Seen(Health.Link.LOST, since, false));
  }

  @Override
  public CheckSettings of(long agent, String check) {
    return new CheckSettings(attempts);
  }

  @Override
  public List<AlertRule> rules() {
    if (broken) {
      throw new IllegalStateException("the test has it so");
    }
    return rules;
  }

  @Override
  public boolean isOff() {
    return off;
  }

  @Override
  public void eachAgent(AgentVisitor visitor) {
    agents.forEach(visitor::visit);
  }

  @Override
  public OptionalLong runs(long agent) {
    var seen = agents.get(agent);
    return seen != null && seen.link() == Health.Link.CONNECTED
        ? OptionalLong.of(1)
        : OptionalLong.empty();
  }

  @Override
  public Optional<Duration> nextWithin(String check) {
    return Optional.ofNullable(within.get(check));
  }

  @Override
  public boolean isToRun(long agent, String check) {
    return !removed.contains(check);
  }

  @Override
  public Named named(long agent) {
    return agent == Subject.HUB
        ? new Named("@hub", "@hub")
        : new Named("agent" + agent, "id" + agent);
  }

  @Override
  public synchronized void messagesWait() {
    woken++;
  }

  @Override
  public Optional<AgentView> agent(long number) {
    if (number == Subject.HUB) {
      return Optional.of(new AgentView("@hub", "@hub", Map.of(), Map.of()));
    }
    return agents.containsKey(number)
        ? Optional.of(
            new AgentView(
                "id" + number,
                "agent" + number,
                tags.getOrDefault(number, Map.of()),
                Map.of("hostname", "host" + number)))
        : Optional.empty();
  }

  @Override
  public OptionalLong number(String nameOrId) {
    return OptionalLong.empty();
  }

  @Override
  public String away(long agent) {
    return Optional.ofNullable(agents.get(agent)).map(seen -> Health.away(seen.link())).orElse("");
  }

  @Override
  public long connectedSince(long agent) {
    var seen = agents.get(agent);
    return seen != null && seen.link() == Health.Link.CONNECTED ? seen.since() : 0;
  }

  @Override
  public List<Dependency> depends(String check) {
    if (failing) {
      throw new IllegalStateException("the test has it so");
    }
    return List.of();
  }

  @Override
  public boolean isQuiet(String check) {
    return false;
  }

  @Override
  public long heldUntil() {
    return 0;
  }
}
