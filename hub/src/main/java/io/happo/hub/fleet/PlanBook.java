package io.happo.hub.fleet;

import io.happo.core.JsonValue;
import io.happo.core.link.ToHub;
import io.happo.core.plan.AlertRule;
import io.happo.core.plan.BadArchiveException;
import io.happo.core.plan.BadPlanException;
import io.happo.core.plan.Bundle;
import io.happo.core.plan.Dependency;
import io.happo.core.plan.FleetPlan;
import io.happo.core.plan.PlanDocument;
import io.happo.core.plan.Problem;
import io.happo.hub.store.Agents;
import io.happo.hub.store.Bundles;
import io.happo.hub.store.HubValues;
import io.happo.hub.store.Plans;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * The versions of the plan, and which one each agent is to run. A new version is checked as a
 * whole, its scripts are signed and kept, then it is added, then agents get it. Any thread.
 */
public final class PlanBook {
  private static final String ROLLOUT = "plan.rollout";

  private final Plans plans;
  private final Bundles bundles;
  private final Archives archives;
  private final HubValues values;
  private final Fleet fleet;
  private final Function<byte[], byte[]> signer;
  private final InstantSource clock;

  /** The versions that count, as they were read; one that exists never changes. */
  private final Map<Long, FleetPlan> read = new ConcurrentHashMap<>();

  /** Scripts and archives as agents fetch them, by digest; one that exists never changes. */
  private final Map<String, Bundle> signed = new ConcurrentHashMap<>();

  private volatile Rollout rollout;

  /** Of the newest version. */
  private volatile Judging judging = Judging.NOTHING;

  /**
   * @param signer makes the hub's signature of a bundle's bytes
   */
  public PlanBook(
      Plans plans,
      Bundles bundles,
      HubValues values,
      Fleet fleet,
      Function<byte[], byte[]> signer,
      InstantSource clock) {
    this.plans = plans;
    this.bundles = bundles;
    this.archives = new Archives(bundles, signer, clock);
    this.values = values;
    this.fleet = fleet;
    this.signer = signer;
    this.clock = clock;
    this.rollout = Rollout.read(values.find(ROLLOUT));
    learnJudging();
  }

  /** Somebody else has changed the plan meanwhile. */
  public static final class ChangedMeanwhileException extends Exception {
    ChangedMeanwhileException() {
      super("the plan was changed by somebody else at the same time: look at it and try again");
    }

    private ChangedMeanwhileException(long base, Plans.Version newest) {
      super(
          "the plan was changed by "
              + newest.author()
              + " meanwhile: this was made from version "
              + base
              + ", and "
              + newest.number()
              + " is the newest; look at that and try again");
    }
  }

  /** How often a check has to be no OK before that is sure. Does not wait, as the next three. */
  public int maxAttempts(String check) {
    return judging.maxAttempts(check);
  }

  /** What a check depends on. */
  public List<Dependency> depends(String check) {
    return judging.depends(check);
  }

  /** Whether nobody is told of a check. */
  public boolean isQuiet(String check) {
    return judging.isQuiet(check);
  }

  /** How long after a result of a check the next one is there at the latest, unless it runs not. */
  public Optional<Duration> nextWithin(String check) {
    return judging.nextWithin(check);
  }

  /** Whether an agent is to run a check. */
  public boolean isToRun(Member member, String check) {
    return judging.isToRun(member, check);
  }

  /** The newest version of the plan, when an agent is to run it and has applied it. */
  public OptionalLong applied(Member member) {
    long version = rollout.version();
    return rollout.versionFor(member.id()) == version
            && member.wants(version)
            && member.hasApplied(version)
        ? OptionalLong.of(version)
        : OptionalLong.empty();
  }

  /** Who is told; the same list until the plan changes. */
  public List<AlertRule> alerts() {
    return judging.alerts();
  }

  private void learnJudging() {
    judging = Judging.of(current(), Instant.ofEpochMilli(clock.millis()));
  }

  /** How far the newest version has come. */
  public Rollout rollout() {
    return rollout;
  }

  /** The files of a version; 0 is the newest. */
  public Optional<SortedMap<String, JsonValue>> files(long version) {
    var found = version == 0 ? plans.newest() : plans.find(version);
    return found.map(one -> PlanFiles.read(one.document()));
  }

  /** Files as one JSON object. */
  public static String toJson(SortedMap<String, JsonValue> files) {
    return PlanFiles.toJson(files);
  }

  /** All versions, the newest first. */
  public List<Plans.Version> versions() {
    return plans.all();
  }

  /** What these files would change. */
  public Applied compare(SortedMap<String, JsonValue> files) throws BadPlanException {
    var plan = FleetPlan.read(files, archives);
    return Applied.of(rollout.version(), current(), plan, fleet.all());
  }

  /**
   * What these files would change.
   *
   * @param base as {@link #apply} takes it
   */
  public Applied compare(SortedMap<String, JsonValue> files, OptionalLong base)
      throws BadPlanException, ChangedMeanwhileException {
    checkBase(base);
    return compare(files);
  }

  /** As {@link #apply}, whatever the newest version is. */
  public Applied apply(SortedMap<String, JsonValue> files, String author, String comment, int share)
      throws BadPlanException, ChangedMeanwhileException {
    return apply(files, author, comment, share, OptionalLong.empty());
  }

  /**
   * Makes files the plan; when nothing would change it does nothing, but for giving to all what a
   * share has, or was halted with.
   *
   * @param share percent of the agents that get it first
   * @param base the version that the files were made from, 0 for none; empty: whichever is the
   *     newest
   * @throws ChangedMeanwhileException when another version is the newest; nothing is changed then
   */
  public synchronized Applied apply(
      SortedMap<String, JsonValue> files,
      String author,
      String comment,
      int share,
      OptionalLong base)
      throws BadPlanException, ChangedMeanwhileException {
    checkBase(base);
    var compared = compare(files);
    var document = PlanFiles.toJson(files);
    long before = rollout.version();
    var newest = plans.newest();
    if (compared.changes().isEmpty()
        && newest.map(one -> one.document().equals(document)).orElse(files.isEmpty())) {
      if (share == Rollout.ALL && rollout.state() != Rollout.State.COMPLETE) {
        become(rollout.become(Rollout.State.COMPLETE));
      }
      return compared;
    }
    var plan = FleetPlan.read(files, archives);
    keepScripts(plan, author);
    // Agents of the share that were halted keep what the others have: the version before that.
    long others = rollout.state() == Rollout.State.COMPLETE ? before : rollout.before();
    var those = thoseToTryIt(version(others), plan);
    LongFunction<Rollout> begun = number -> Rollout.begin(number, others, share, those);
    var added =
        plans.add(
            before,
            document,
            author,
            clock.millis(),
            comment,
            ROLLOUT,
            number -> begun.apply(number).toJson());
    if (added.isEmpty()) {
      // By another hub; or by this one, when it could not be known whether the store had taken it.
      now(Rollout.read(values.find(ROLLOUT)));
      throw new ChangedMeanwhileException();
    }
    long number = added.get().number();
    read.put(number, plan);
    now(begun.apply(number));
    return compared.as(number);
  }

  private void checkBase(OptionalLong base) throws ChangedMeanwhileException {
    long newest = rollout.version();
    if (base.isPresent() && base.getAsLong() != newest) {
      var version = plans.find(newest);
      throw version.isPresent()
          ? new ChangedMeanwhileException(base.getAsLong(), version.get())
          : new ChangedMeanwhileException();
    }
  }

  /** The archives that a plan may name. */
  public Archives archives() {
    return archives;
  }

  /**
   * Keeps an archive, as {@link Archives#add} does. Those that were never named go now, while no
   * version is made that could name one.
   */
  public int addArchive(String name, byte[] bytes, String author) throws BadArchiveException {
    int files = archives.add(name, bytes, author);
    synchronized (this) {
      archives.forgetUnnamed();
    }
    return files;
  }

  private void keepScripts(FleetPlan plan, String author) {
    plan.scripts()
        .forEach(
            (sha256, script) -> {
              if (bundles.find(sha256).isEmpty()) {
                var bytes = script.text().getBytes(StandardCharsets.UTF_8);
                bundles.add(
                    new Bundles.Bundle(
                        sha256,
                        script.name(),
                        Bundle.Kind.SCRIPT.word(),
                        bytes.length,
                        signer.apply(bytes),
                        author,
                        clock.millis()),
                    bytes);
              }
            });
  }

  /** The agents for which these differ: those that are connected; where none is, the others. */
  private List<String> thoseToTryIt(FleetPlan before, FleetPlan after) {
    var connected = new ArrayList<String>();
    var joined = new ArrayList<String>();
    for (var member : fleet.everyone()) {
      var view = member.view();
      if (member.agent().state() == Agents.State.JOINED && before.differsFor(view, after)) {
        (member.isConnected() ? connected : joined).add(member.id());
      }
    }
    return connected.isEmpty() ? joined : connected;
  }

  /** The newest version. */
  public FleetPlan current() {
    return version(rollout.version());
  }

  private FleetPlan version(long number) {
    if (number == 0) {
      return FleetPlan.EMPTY;
    }
    return read.computeIfAbsent(
        number,
        _ -> {
          var version = plans.find(number).orElseThrow();
          try {
            return FleetPlan.read(PlanFiles.read(version.document()), archives);
          } catch (BadPlanException e) {
            throw new IllegalStateException(
                "version " + number + " of the plan cannot be read: " + e.getMessage(), e);
          }
        });
  }

  /** What an agent is to run; nothing new when its own would be too large to send. */
  public Optional<PlanDocument> wanted(Member member) {
    long number = rollout.versionFor(member.id());
    var plan = version(number);
    var known = new HashMap<String, Bundle>();
    for (var digests : List.of(plan.scripts().keySet(), plan.archives().keySet())) {
      for (var sha256 : digests) {
        var bundle = signed.get(sha256);
        if (bundle == null) {
          bundle = bundles.find(sha256).map(PlanBook::bundle).orElse(null);
        }
        if (bundle != null) {
          signed.put(sha256, bundle);
          known.put(sha256, bundle);
        }
      }
    }
    var resolution = plan.resolve(member.view(), known);
    boolean fits = resolution.problems().stream().noneMatch(problem -> problem.place().isEmpty());
    member.wants(
        number,
        fits ? resolution.document().hash() : "",
        resolution.problems().stream().map(Problem::toString).toList());
    return fits ? Optional.of(resolution.document()) : Optional.empty();
  }

  /** The version of the plan that counts for an agent now. */
  public long versionFor(Member member) {
    return rollout.versionFor(member.id());
  }

  /** Whether what an agent is to run was made of the version that counts for it now. */
  public boolean isOffered(Member member) {
    return member.wants(rollout.versionFor(member.id()));
  }

  private static Bundle bundle(Bundles.Bundle bundle) {
    return new Bundle(
        bundle.sha256(),
        bundle.name(),
        Bundle.Kind.of(bundle.kind()).orElseThrow(),
        bundle.size(),
        Base64.getEncoder().encodeToString(bundle.signature()));
  }

  /** The hub's signature of a script, base64. */
  public String sign(String script) {
    return Base64.getEncoder()
        .encodeToString(signer.apply(script.getBytes(StandardCharsets.UTF_8)));
  }

  /** The bytes of a bundle. */
  public Optional<byte[]> content(String sha256) {
    return bundles.content(sha256);
  }

  /**
   * What an agent said of its plan moves the rollout on, or halts it.
   *
   * @return whether other agents are to get another version now
   */
  public boolean reported(Member member, ToHub.PlanStatus status) {
    fleet.reported(member, status);
    if (status.applied()) {
      return moveOn();
    }
    halt(member, status.hash());
    return false;
  }

  private synchronized void halt(Member member, String hash) {
    var now = rollout;
    // What it says of a plan of before is no news of this one.
    if (now.state() == Rollout.State.ROLLING
        && now.isOfTheShare(member.id())
        && member.wants(now.version(), hash)) {
      become(now.become(Rollout.State.HALTED));
    }
  }

  /**
   * Gives the newest version to all once those of the share have applied it that are connected, and
   * at least one has. To be asked when one has applied something or has come, and now and then.
   *
   * @return whether other agents are to get another version now
   */
  public boolean moveOn() {
    return rollout.state() == Rollout.State.ROLLING && moveOnNow();
  }

  private synchronized boolean moveOnNow() {
    var now = rollout;
    if (now.state() != Rollout.State.ROLLING) {
      return false;
    }
    boolean some = false;
    for (var member : fleet.everyone()) {
      if (now.isOfTheShare(member.id()) && member.agent().state() == Agents.State.JOINED) {
        boolean applied = hasApplied(member, now.version());
        if (!applied && member.isConnected()) {
          return false;
        }
        some |= applied;
      }
    }
    if (some) {
      become(now.become(Rollout.State.COMPLETE));
    }
    return some;
  }

  private boolean hasApplied(Member member, long version) {
    if (!member.wants(version)) {
      wanted(member);
    }
    return member.hasApplied(version);
  }

  private void become(Rollout next) {
    values.set(ROLLOUT, next.toJson());
    now(next);
  }

  private void now(Rollout next) {
    rollout = next;
    learnJudging();
    read.keySet().retainAll(List.of(next.version(), next.before()));
  }
}
