package io.happo.hub.alert;

import static java.util.Objects.requireNonNull;

import io.happo.core.plan.AgentView;
import io.happo.core.plan.AlertRule;
import io.happo.core.plan.Dependency;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * June 2026, which begins on a Monday: 100 agents with 10 checks each that run every 5 minutes, and
 * each minute while a trouble is not certain; what goes wrong is said before. The agents run them
 * as theirs do, also while the hub is not there, and bring then the newest of each check first and
 * the others behind it. The hub looks twice a minute.
 */
final class Month implements World {
  static final long BEGIN = Instant.parse("2026-06-01T00:00:00Z").toEpochMilli();
  static final int AGENTS = 100;
  private static final int CHECKS = 10;
  private static final long MINUTE = 60_000;
  private static final long STEP = 30_000;
  private static final long END = BEGIN + 30L * 24 * 60 * MINUTE;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  /** A check is no OK from a time to another. */
  private record Fault(long from, long to, int status) {}

  /** An agent is not there from a time to another. */
  private record Outage(int first, int last, long from, long to, Health.Link how) {}

  private static final class Check {
    final Subject subject;
    final int attempts;
    final List<Fault> faults = new ArrayList<>();
    boolean alternates;
    long nextRun = BEGIN;
    int attempt;

    Check(Subject subject, int attempts) {
      this.subject = subject;
      this.attempts = attempts;
    }

    int status(long time) {
      for (var fault : faults) {
        if (time >= fault.from() && time < fault.to()) {
          boolean well = alternates && (time - fault.from()) / (5 * MINUTE) % 2 == 1;
          return well ? 0 : fault.status();
        }
      }
      return 0;
    }
  }

  private static final class Agent {
    final AgentView view;
    final Map<String, Check> checks = new LinkedHashMap<>();
    final Map<Subject, Observation> newest = new LinkedHashMap<>();
    final List<Map.Entry<Subject, Observation>> backlog = new ArrayList<>();
    Health.Seen seen = new Health.Seen(Health.Link.CONNECTED, BEGIN, false);
    long sequence;

    Agent(AgentView view) {
      this.view = view;
    }
  }

  private final List<AlertRule> rules;
  private final List<Agent> agents = new ArrayList<>();
  private final List<Outage> outages = new ArrayList<>();
  private final Map<Long, List<Runnable>> deeds = new HashMap<>();
  private final List<Silence> silences = new ArrayList<>();
  private final Map<Subject, Acknowledgement> acknowledgements = new HashMap<>();
  private final Map<String, List<Dependency>> depends = new HashMap<>();
  private final SplittableRandom random = new SplittableRandom(42);

  /** What a store would hold. */
  private final Map<Subject, CheckState> states = new HashMap<>();

  private final Map<List<Object>, Map.Entry<Told, Standing>> rows = new LinkedHashMap<>();
  private final List<String> told = new ArrayList<>();
  private Alerts alerts = new Alerts(this);
  private long held;
  private long results;

  Month(List<AlertRule> rules) {
    this.rules = rules;
    for (int i = 0; i < AGENTS; i++) {
      var agent = new Agent(new AgentView("id" + i, name(i), Map.of(), Map.of()));
      agents.add(agent);
      for (int c = 0; c < CHECKS; c++) {
        check(i, "c" + c, 3);
      }
    }
  }

  private static String name(int agent) {
    return String.format(Locale.ROOT, "a%02d", agent);
  }

  /** Day, hour and minute as {@code 03 10:05}, and seconds. */
  static long at(String stamp) {
    var text = "2026-06-" + stamp.replace(' ', 'T');
    return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  void check(int agent, String name, int attempts) {
    agents.get(agent).checks.put(name, new Check(new Subject(agent, name), attempts));
  }

  void tag(int agent, String special) {
    var old = agents.get(agent);
    var other =
        new Agent(
            new AgentView(old.view.id(), old.view.name(), Map.of("special", special), Map.of()));
    other.checks.putAll(old.checks);
    agents.set(agent, other);
  }

  void fault(int agent, String check, String from, String to, int status) {
    requireNonNull(agents.get(agent).checks.get(check))
        .faults
        .add(new Fault(at(from), at(to), status));
  }

  void alternating(int agent, String check, String from, String to) {
    check(agent, check, 1);
    requireNonNull(agents.get(agent).checks.get(check)).alternates = true;
    fault(agent, check, from, to, 2);
  }

  void outage(int first, int last, String from, String to, Health.Link how) {
    outages.add(new Outage(first, last, at(from), at(to), how));
  }

  void silence(Silence silence) {
    silences.add(silence);
  }

  void depend(String check, String on) {
    int slash = on.indexOf('/');
    depends.put(check, List.of(new Dependency(on.substring(0, slash), on.substring(slash + 1))));
  }

  private void deed(long time, Runnable deed) {
    deeds.computeIfAbsent(time, _ -> new ArrayList<>()).add(deed);
  }

  void acknowledge(String time, int agent, String check) {
    deed(
        at(time),
        () -> {
          var subject = new Subject(agent, check);
          int status = requireNonNull(states.get(subject)).hardStatus();
          acknowledgements.put(subject, new Acknowledgement(status, false, "ann", "", at(time)));
          alerts.use(false, silences, acknowledgements);
        });
  }

  /** The hub starts anew; then agents come back one after the other, within two minutes. */
  void hubRestart(String time) {
    deed(at(time), () -> restart(at(time)));
    for (int i = 0; i < AGENTS; i++) {
      int agent = i;
      long back = at(time) + STEP + i / 25 * STEP;
      deed(
          back,
          () -> {
            if (outage(agent, back) == null) {
              connect(agent, back);
            }
          });
    }
  }

  /** All that is not kept is gone. */
  private void restart(long time) {
    for (var agent : agents) {
      agent.seen = new Health.Seen(Health.Link.NOT_SEEN, time, false);
    }
    alerts = new Alerts(this);
    states.forEach(
        (subject, state) -> {
          if (!state.isCalm()) {
            alerts.restore(subject, state);
          }
        });
    rows.forEach(
        (key, row) ->
            alerts.restore(
                (String) key.get(0), (Subject) key.get(1), row.getKey(), row.getValue()));
    alerts.use(rules);
    alerts.use(false, silences, acknowledgements);
  }

  /** A month of it: what was told, each as a line. */
  List<String> run() {
    alerts.use(rules);
    alerts.use(false, silences, acknowledgements);
    for (long now = BEGIN; now < END; now += STEP) {
      deeds.getOrDefault(now, List.of()).forEach(Runnable::run);
      for (int i = 0; i < AGENTS; i++) {
        presence(i, now);
        runChecks(i, now);
        health(i, now);
      }
      hold(now);
      write(alerts.evaluate(now), now);
    }
    return told;
  }

  long results() {
    return results;
  }

  private @Nullable Outage outage(int agent, long now) {
    for (var outage : outages) {
      if (agent >= outage.first()
          && agent <= outage.last()
          && now >= outage.from()
          && now < outage.to()) {
        return outage;
      }
    }
    return null;
  }

  private void presence(int number, long now) {
    var agent = agents.get(number);
    var outage = outage(number, now);
    var link = agent.seen.link();
    if (outage != null && link == Health.Link.CONNECTED) {
      agent.seen = new Health.Seen(outage.how(), outage.from(), false);
    } else if (outage == null && (link == Health.Link.LOST || link == Health.Link.STOPPED)) {
      connect(number, now);
    } else if (outage == null && link == Health.Link.NOT_SEEN && outageEndsAt(number, now)) {
      connect(number, now);
    }
  }

  private boolean outageEndsAt(int agent, long now) {
    return outage(agent, now - STEP) != null;
  }

  private void connect(int number, long now) {
    var agent = agents.get(number);
    agent.seen = new Health.Seen(Health.Link.CONNECTED, now, false);
    agent.newest.forEach((subject, seen) -> see(subject, received(seen, now), 3));
    agent.backlog.forEach(one -> see(one.getKey(), received(one.getValue(), now), 3));
    agent.newest.clear();
    agent.backlog.clear();
  }

  private static Observation received(Observation seen, long now) {
    return new Observation(
        seen.time(), now, seen.epoch(), seen.sequence(), seen.status(), seen.attempt());
  }

  private void runChecks(int number, long now) {
    var agent = agents.get(number);
    if (agent.seen.link() == Health.Link.STOPPED) {
      return;
    }
    for (var check : agent.checks.values()) {
      if (now < check.nextRun) {
        continue;
      }
      // One run in a thousand fails for nothing, where nothing else is planned.
      int status = check.status(now);
      if (status == 0 && check.attempts == 3 && random.nextInt(1_000) == 0) {
        status = 2;
      }
      check.attempt = status == 0 ? 0 : Math.min(check.attempt + 1, check.attempts);
      boolean retry = check.attempt > 0 && check.attempt < check.attempts;
      check.nextRun = retry ? now + MINUTE : (now / (5 * MINUTE) + 1) * 5 * MINUTE;
      var seen = new Observation(now, now, 1, ++agent.sequence, status, check.attempt);
      results++;
      if (agent.seen.link() == Health.Link.CONNECTED) {
        see(check.subject, seen, check.attempts);
      } else {
        var older = agent.newest.put(check.subject, seen);
        if (older != null) {
          agent.backlog.add(Map.entry(check.subject, older));
        }
      }
    }
  }

  private void see(Subject subject, Observation seen, int attempts) {
    var state = CheckState.next(states.get(subject), seen, new CheckSettings(attempts));
    states.put(subject, state);
    alerts.see(subject, state);
  }

  private void health(int number, long now) {
    var health = Health.of(agents.get(number).seen, now);
    var subject = Subject.agent(number);
    var before = states.get(subject);
    if (health.isPresent() && health.get().status() != (before == null ? 0 : before.status())) {
      see(subject, new Observation(health.get().time(), now, 2, now, health.get().status()), 1);
    }
  }

  private void hold(long now) {
    int lately = 0;
    int connected = 0;
    long newest = 0;
    for (var agent : agents) {
      connected += agent.seen.link() == Health.Link.CONNECTED ? 1 : 0;
      if (Health.isLately(agent.seen, now)) {
        lately++;
        newest = Math.max(newest, agent.seen.since());
      }
    }
    held = Health.heldUntil(lately, newest, connected);
  }

  private void write(List<Effect> effects, long now) {
    for (var effect : effects) {
      switch (effect) {
        case Effect.Tell tell -> told.add(line(tell, now));
        case Effect.Keep keep ->
            rows.put(List.of(keep.rule(), keep.subject()), Map.entry(keep.told(), keep.held()));
        case Effect.Remove remove -> rows.remove(List.of(remove.rule(), remove.subject()));
        case Effect.Unacknowledge gone -> acknowledgements.remove(gone.subject());
        case Effect.End end -> silences.removeIf(silence -> silence.number() == end.silence());
        case Effect.Begin _, Effect.Note _ -> {}
      }
    }
  }

  private String line(Effect.Tell tell, long now) {
    var what =
        !tell.incident().matches(".*@[0-9.]+x[0-9]+")
            ? name((int) tell.subjects().getFirst().subject().agent())
                + "/"
                + tell.subjects().getFirst().subject().check()
                + (tell.kind() == Kind.PROBLEM
                    ? " " + tell.subjects().getFirst().state().hardStatus()
                    : "")
            : tell.subjects().size() + " " + tell.incident().replaceAll(".*x", "of ");
    return STAMP.format(Instant.ofEpochMilli(now))
        + " "
        + tell.rule()
        + " "
        + tell.kind().word()
        + " "
        + what
        + " > "
        + String.join("+", tell.channels());
  }

  @Override
  public Optional<AgentView> agent(long number) {
    return Optional.of(agents.get((int) number).view);
  }

  @Override
  public OptionalLong number(String nameOrId) {
    for (int i = 0; i < AGENTS; i++) {
      if (agents.get(i).view.name().equals(nameOrId)) {
        return OptionalLong.of(i);
      }
    }
    return OptionalLong.empty();
  }

  @Override
  public String away(long agent) {
    return Health.away(agents.get((int) agent).seen.link());
  }

  @Override
  public long connectedSince(long agent) {
    var seen = agents.get((int) agent).seen;
    return seen.link() == Health.Link.CONNECTED ? seen.since() : 0;
  }

  @Override
  public List<Dependency> depends(String check) {
    return depends.getOrDefault(check, List.of());
  }

  @Override
  public boolean isQuiet(String check) {
    return check.equals("quiet");
  }

  @Override
  public long heldUntil() {
    return held;
  }
}
