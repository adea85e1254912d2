package io.happo.hub.link;

import io.happo.core.link.Link;
import io.happo.core.link.Range;
import io.happo.core.link.ToAgent;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.Member;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.fleet.Presence;
import io.happo.hub.intake.Intake;
import io.happo.hub.store.Results;
import io.happo.hub.store.StoreException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of all agents: at most one for each. Who else comes with the same key is a clone, or
 * the same machine whose old connection nobody has seen end: which of the two shows when the older
 * one says something again, or does not. Any thread.
 */
public final class Sessions {
  private static final System.Logger LOG = System.getLogger(Sessions.class.getName());

  /** How soon a second one with the same key may come again. */
  private static final int DUPLICATE_RETRY_SECONDS = 20;

  /** Longer than any sign of life of a connection that lives takes. */
  private static final Duration LONGEST_SILENCE = Link.PING_EVERY.plusSeconds(4);

  private final Fleet fleet;
  private final PlanBook plans;
  private final Intake intake;
  private final Results results;
  private final Runs runs;
  private final InstantSource clock;
  private final int most;
  private final Map<Long, AgentSession> open = new ConcurrentHashMap<>();
  private final Map<Long, AgentSession> pending = new ConcurrentHashMap<>();

  /**
   * @param most agents at once
   */
  public Sessions(
      Fleet fleet,
      PlanBook plans,
      Intake intake,
      Results results,
      Runs runs,
      InstantSource clock,
      int most) {
    this.fleet = fleet;
    this.plans = plans;
    this.intake = intake;
    this.results = results;
    this.runs = runs;
    this.clock = clock;
    this.most = most;
  }

  /** Agents that are connected and let in. */
  public int count() {
    return open.size();
  }

  boolean isFull() {
    return open.size() + pending.size() >= most;
  }

  /** What became of one who wants to be the session of its agent. */
  enum Entry {
    IN,
    /** Another one is there, and may be alive. */
    TAKEN
  }

  /** Makes this the session of its agent. */
  Entry enter(Member member, AgentSession session) {
    var replaced = new AtomicReference<@Nullable AgentSession>();
    // What follows from a change is done with it: a session that ends meanwhile comes before or
    // after, and its end is not taken for that of the one that follows it.
    var now =
        open.compute(
            member.number(),
            (_, other) -> {
              if (other != null && !isFollowedBy(other, session)) {
                return other;
              }
              replaced.set(other);
              runs.lost(member.number());
              fleet.present(member, Presence.Kind.CONNECTED);
              fleet.duplicate(member, false);
              return session;
            });
    if (now != session) {
      if (now.contest()) {
        fleet.duplicate(member, true);
      }
      return Entry.TAKEN;
    }
    closeFollowed(replaced.get());
    return Entry.IN;
  }

  private static void closeFollowed(@Nullable AgentSession session) {
    if (session != null) {
      session.close(Link.COME_AGAIN, "the agent has come again");
    }
  }

  /** Whether the machine has come again: what was its connection is none any more. */
  private static boolean isFollowedBy(AgentSession old, AgentSession session) {
    return old.bootId().equals(session.bootId()) || old.silence().compareTo(LONGEST_SILENCE) >= 0;
  }

  int duplicateRetrySeconds() {
    return DUPLICATE_RETRY_SECONDS;
  }

  /** A session is over. */
  void leave(Member member, AgentSession session, Presence.Kind why) {
    end(open, member, session, why);
  }

  /** An agent has come, or is waited for no more: that may end a rollout of the plan. */
  void moveRolloutOn() {
    if (hasMovedOn()) {
      offerPlans();
    }
  }

  private boolean hasMovedOn() {
    try {
      return plans.moveOn();
    } catch (StoreException e) {
      LOG.log(Level.WARNING, "the rollout of the plan waits: {0}", e.getMessage());
      return false;
    }
  }

  void awaitApproval(Member member, AgentSession session) {
    var before = new AtomicReference<@Nullable AgentSession>();
    pending.compute(
        member.number(),
        (_, other) -> {
          before.set(other);
          fleet.present(member, Presence.Kind.WAITING);
          return session;
        });
    var older = before.get();
    if (older != null) {
      // It may be a clone, which must not come again at once.
      older.close(1008, "another one waits with this key");
    }
  }

  void awaitNoMore(Member member, AgentSession session, Presence.Kind why) {
    end(pending, member, session, why);
  }

  private void end(
      Map<Long, AgentSession> sessions, Member member, AgentSession session, Presence.Kind why) {
    sessions.computeIfPresent(
        member.number(),
        (_, present) -> {
          if (present != session) {
            return present;
          }
          fleet.present(member, why);
          runs.lost(member.number());
          return null;
        });
  }

  /** Something has changed for a pending agent: it is to come again, at once. */
  public void comeAgain(Member member) {
    var session = pending.get(member.number());
    if (session != null) {
      end(pending, member, session, Presence.Kind.LOST);
      session.close(Link.COME_AGAIN, "approved");
    }
  }

  /** Its key is not to be used any more: its connection ends now. */
  public void revoked(Member member) {
    for (var sessions : List.of(open, pending)) {
      var session = sessions.get(member.number());
      if (session != null) {
        end(sessions, member, session, Presence.Kind.STOPPED);
        session.revoke();
      }
    }
    moveRolloutOn();
  }

  /** Offers their plan to those whose plan is another one. */
  public void offerPlans() {
    do {
      for (var session : new ArrayList<>(open.values())) {
        session.offerPlan();
      }
    } while (hasMovedOn()); // For those of the share it may be the plan that they have.
  }

  /** Offers an agent its plan, if it is connected and its plan is another one. */
  public void offerPlan(Member member) {
    var session = open.get(member.number());
    if (session != null) {
      session.offerPlan();
    }
  }

  /**
   * Has an agent run something.
   *
   * @return empty when it is not connected, or too much runs
   */
  public Optional<Runs.Running> run(
      Member member, ToAgent.Work work, int deadlineSeconds, String user) {
    var session = open.get(member.number());
    if (session == null) {
      return Optional.empty();
    }
    var run = runs.begin(member.number(), user, deadlineSeconds);
    run.ifPresent(
        begun -> {
          session.send(new ToAgent.Run(begun.id(), work, deadlineSeconds));
          // It may have gone before it was told.
          if (open.get(member.number()) != session) {
            runs.lost(begun);
          }
        });
    return run;
  }

  /** A run is not wanted any more. */
  public void cancel(Runs.Running run) {
    var session = open.get(run.agent());
    if (session != null) {
      session.send(new ToAgent.Cancel(run.id()));
    }
  }

  /** Whether a bearer is that of an open session. */
  public boolean isBearer(String bearer) {
    int dot = bearer.indexOf('.');
    try {
      var session = dot < 0 ? null : open.get(Long.parseLong(bearer, 0, dot, 10));
      return session != null && session.isBearer(bearer);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** The sequences of an agent's queue that are stored. */
  List<Range> stored(long agent, String epoch) {
    return results.stored(agent, epoch);
  }

  Fleet fleet() {
    return fleet;
  }

  PlanBook plans() {
    return plans;
  }

  Intake intake() {
    return intake;
  }

  Runs runs() {
    return runs;
  }

  InstantSource clock() {
    return clock;
  }
}
