package io.happo.hub;

import io.happo.core.plan.AgentView;
import io.happo.core.plan.AlertRule;
import io.happo.core.plan.Dependency;
import io.happo.core.plan.Period;
import io.happo.core.plan.Target;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.alert.Health;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.fleet.Member;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.fleet.Rollout;
import io.happo.hub.intake.Surroundings;
import io.happo.hub.notify.Notifier;
import io.happo.hub.store.Agents;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The fleet, its plan and its channels, as intake and its alerts see them. */
final class FleetWorld implements Surroundings {
  /** Where a plan says nothing of alerts, agents that are away or in trouble so long are told. */
  private static final Duration AWAY_FOR = Duration.ofMinutes(5);

  /** So long after the start of the hub it may be its own network that keeps agents away. */
  private static final Duration STARTS_FOR = Duration.ofMinutes(30);

  /** A copy of an agent tries again within 5 minutes: one that has not is gone. */
  private static final Duration COPY_COMES_WITHIN = Duration.ofMinutes(15);

  private final Fleet fleet;
  private final PlanBook plans;
  private final Notifier notifier;
  private final InstantSource clock;
  private final long startedAt;

  private List<AlertRule> ofPlan = List.of();
  private List<String> channels = List.of();
  private List<AlertRule> rules = List.of();
  private volatile long heldUntil;

  FleetWorld(Fleet fleet, PlanBook plans, Notifier notifier, InstantSource clock) {
    this.fleet = fleet;
    this.plans = plans;
    this.notifier = notifier;
    this.clock = clock;
    this.startedAt = clock.millis();
  }

  @Override
  public CheckSettings of(long agent, String check) {
    return new CheckSettings(plans.maxAttempts(check));
  }

  /** Those of the plan; where it has none, everything is told by all channels. */
  @Override
  public List<AlertRule> rules() {
    var planned = plans.alerts();
    var known = notifier.channels();
    if (!planned.equals(ofPlan) || !known.equals(channels)) {
      ofPlan = planned;
      channels = known;
      rules = planned.isEmpty() && !known.isEmpty() ? standard(known) : planned;
    }
    return rules;
  }

  /** What somebody is told who has said nothing but how to be reached. */
  static List<AlertRule> standard(List<String> channels) {
    return List.of(
        new AlertRule(
            "checks",
            new AlertRule.About.Checks(List.of(), EnumSet.allOf(AlertRule.State.class)),
            Target.ALL,
            Optional.empty(),
            List.of(new AlertRule.Step(Duration.ZERO, channels)),
            Duration.ZERO,
            Period.ALWAYS,
            Set.of(AlertRule.Also.RECOVERY, AlertRule.Also.FLAPPING)),
        new AlertRule(
            "agents",
            new AlertRule.About.Agents(false),
            Target.ALL,
            Optional.empty(),
            List.of(new AlertRule.Step(AWAY_FOR, channels)),
            Duration.ZERO,
            Period.ALWAYS,
            Set.of(AlertRule.Also.RECOVERY, AlertRule.Also.FLAPPING)));
  }

  @Override
  public boolean isOff() {
    return notifier.isOff();
  }

  @Override
  public void messagesWait() {
    notifier.wake();
  }

  @Override
  public void eachAgent(AgentVisitor visitor) {
    long now = clock.millis();
    int lately = 0;
    int connected = 0;
    long newest = 0;
    for (var member : fleet.everyone()) {
      if (!isJoined(member)) {
        continue;
      }
      var seen = seen(member);
      connected += seen.link() == Health.Link.CONNECTED ? 1 : 0;
      if (Health.isLately(seen, now)) {
        lately++;
        newest = Math.max(newest, seen.since());
      } else if (seen.link() == Health.Link.NOT_SEEN && now - startedAt < STARTS_FOR.toMillis()) {
        lately++;
        newest = now;
      }
      visitor.visit(member.number(), seen);
    }
    heldUntil = Health.heldUntil(lately, newest, connected);
  }

  private Health.Seen seen(Member member) {
    var presence = member.presence();
    var link = link(member);
    boolean ephemeral = "true".equals(member.agent().tags().get("ephemeral"));
    return new Health.Seen(
        link,
        link == Health.Link.NOT_SEEN
            ? Math.max(startedAt, Math.max(presence.since(), member.agent().joinedAt()))
            : presence.since(),
        ephemeral,
        link == Health.Link.CONNECTED ? troubles(member) : List.of());
  }

  private List<Health.Trouble> troubles(Member member) {
    long now = clock.millis();
    var troubles = new ArrayList<Health.Trouble>();
    var via = member.agent().via();
    if (via.equals("remembered") || via.equals("learnt")) {
      troubles.add(Health.Trouble.dns(member.presence().since()));
    }
    member
        .duplicate()
        .filter(other -> now - other.seenAt() < COPY_COMES_WITHIN.toMillis())
        .ifPresent(other -> troubles.add(Health.Trouble.duplicate(other.since())));
    var problems = member.agent().planProblems();
    if (!problems.isEmpty()) {
      var rollout = plans.rollout();
      boolean halted = rollout.state() == Rollout.State.HALTED;
      troubles.add(Health.Trouble.plan(problems.getFirst(), halted ? rollout.version() : 0, now));
    }
    return troubles;
  }

  private static Health.Link link(Member member) {
    return switch (member.presence().kind()) {
      // One that waits to be let in is there; it comes again as soon as it is.
      case CONNECTED, WAITING -> Health.Link.CONNECTED;
      case LOST -> Health.Link.LOST;
      case STOPPED -> Health.Link.STOPPED;
      case NOT_SEEN -> Health.Link.NOT_SEEN;
    };
  }

  @Override
  public OptionalLong runs(long agent) {
    var member = fleet.byNumber(agent);
    return member.isPresent() && member.get().isConnected()
        ? plans.applied(member.get())
        : OptionalLong.empty();
  }

  @Override
  public Optional<Duration> nextWithin(String check) {
    return plans.nextWithin(check);
  }

  @Override
  public boolean isToRun(long agent, String check) {
    return fleet.byNumber(agent).map(member -> plans.isToRun(member, check)).orElse(false);
  }

  @Override
  public Named named(long agent) {
    return fleet
        .byNumberOrHub(agent)
        .map(member -> new Named(member.name(), member.id()))
        .orElse(new Named("agent " + agent, ""));
  }

  @Override
  public Optional<AgentView> agent(long number) {
    return fleet.byNumberOrHub(number).filter(FleetWorld::isJoined).map(Member::view);
  }

  @Override
  public OptionalLong number(String nameOrId) {
    try {
      var member = fleet.find(nameOrId);
      return isJoined(member) ? OptionalLong.of(member.number()) : OptionalLong.empty();
    } catch (NoSuchAgentException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public String away(long agent) {
    return fleet
        .byNumber(agent)
        .filter(FleetWorld::isJoined)
        .map(member -> Health.away(link(member)))
        .orElse("");
  }

  @Override
  public long connectedSince(long agent) {
    return fleet
        .byNumber(agent)
        .filter(Member::isConnected)
        .map(member -> member.presence().since())
        .orElse(0L);
  }

  private static boolean isJoined(Member member) {
    return member.agent().state() == Agents.State.JOINED;
  }

  @Override
  public List<Dependency> depends(String check) {
    return plans.depends(check);
  }

  @Override
  public boolean isQuiet(String check) {
    return plans.isQuiet(check);
  }

  @Override
  public long heldUntil() {
    return heldUntil;
  }
}
