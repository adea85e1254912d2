package io.happo.hub.classic;

import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.Member;
import io.happo.hub.fleet.Presence;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.BiConsumer;

/** Whether an agent that is asked is there, and when it is asked again. Any thread. */
final class Contact {
  private static final System.Logger LOG = System.getLogger("io.happo.hub.classic");

  /** How often what it has measured is fetched, and so whether it is there. */
  private static final Duration BEAT = Duration.ofMinutes(1);

  /** How soon it is asked again when it did not answer. */
  private static final Duration AGAIN = Duration.ofSeconds(5);

  /** And when it is away. */
  private static final Duration AWAY = Duration.ofSeconds(10);

  /** It is away when so many requests in a row failed, the first of them so long ago. */
  private static final int MOST_FAILURES = 3;

  private static final Duration LONGEST_FAILURE = Duration.ofSeconds(20);

  private final Fleet fleet;
  private final Member member;
  private final BiConsumer<String, String> teller;
  private int failures; // Under this, as all that follow.
  private long firstFailure;
  private long lastGood = System.nanoTime();
  private long nextBeat;
  private boolean closed;

  /**
   * @param wait until it is asked first
   * @param teller told the name and the text of an event
   */
  Contact(Fleet fleet, Member member, Duration wait, BiConsumer<String, String> teller) {
    this.fleet = fleet;
    this.member = member;
    this.teller = teller;
    nextBeat = System.nanoTime() + wait.toNanos();
  }

  synchronized boolean isBeatDue() {
    return System.nanoTime() - nextBeat >= 0;
  }

  /** The agent is being asked. */
  synchronized void beat() {
    nextBeat = System.nanoTime() + (isAway() ? AWAY : BEAT).toNanos();
  }

  boolean isAway() {
    return member.presence().kind() == Presence.Kind.LOST;
  }

  /** Whether something has been heard of it since then. */
  synchronized boolean hasAnsweredSince(long nanos) {
    return lastGood - nanos > 0;
  }

  /** It has answered. */
  void good() {
    boolean news;
    synchronized (this) {
      if (closed) {
        return;
      }
      failures = 0;
      lastGood = System.nanoTime();
      news = member.presence().kind() != Presence.Kind.CONNECTED;
      if (news) {
        fleet.present(member, Presence.Kind.CONNECTED);
      }
    }
    if (news) {
      teller.accept("agent-reached", "the agent answers");
    }
  }

  /** It has not. */
  void bad(String why) {
    boolean news;
    synchronized (this) {
      if (closed || Thread.currentThread().isInterrupted()) {
        return;
      }
      long now = System.nanoTime();
      firstFailure = failures == 0 ? now : firstFailure;
      failures++;
      if (!isAway()) {
        nextBeat = Math.min(nextBeat, now + AGAIN.toNanos());
      }
      news =
          failures >= MOST_FAILURES && now - firstFailure >= LONGEST_FAILURE.toNanos() && !isAway();
      if (news) {
        fleet.present(member, Presence.Kind.LOST);
      }
    }
    if (news) {
      LOG.log(Level.WARNING, "agent={0} is away: {1}", member.name(), why);
      teller.accept("agent-not-reached", "the agent cannot be reached: " + why);
    }
  }

  /** What comes from now on says nothing. */
  synchronized void close() {
    closed = true;
  }
}
