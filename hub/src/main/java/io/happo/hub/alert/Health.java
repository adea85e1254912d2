package io.happo.hub.alert;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How an agent itself is: what its own pseudo check says. Times are unix milliseconds.
 *
 * @param status 0 to 3
 * @param text for people
 * @param time when it became so
 */
public record Health(int status, String text, long time) {
  /** An agent comes back from a short disturbance of the network within this. */
  public static final Duration LOST_FOR = Duration.ofMinutes(1);

  /** A machine starts anew within this. */
  public static final Duration STOPPED_FOR = Duration.ofMinutes(5);

  /** After a start of the hub all agents have come back: the longest wait of theirs, and some. */
  public static final Duration COMES_BACK = Duration.ofMinutes(6);

  /** So many, and that share of all, lost within {@link #AT_ONCE}, are not to be agents' faults. */
  private static final int MANY = 10;

  private static final double SHARE = 0.2;
  private static final Duration AT_ONCE = Duration.ofMinutes(2);

  private static final int OK = 0;
  private static final int WARNING = 1;
  private static final int CRITICAL = 2;

  /** Whether it is connected, and if not, how that ended. */
  public enum Link {
    CONNECTED,
    /** It said that it stops. */
    STOPPED,
    /** The connection ended without a word. */
    LOST,
    /** It has not come since the hub started. */
    NOT_SEEN
  }

  /**
   * What is known of an agent.
   *
   * @param since when that began; of one that was not seen, when the hub started
   * @param ephemeral whether it may leave without a word
   * @param troubles what is not well with it though it is there, what matters most first
   */
  public record Seen(Link link, long since, boolean ephemeral, List<Trouble> troubles) {
    public Seen {
      troubles = List.copyOf(troubles);
    }

    /** One without troubles. */
    public Seen(Link link, long since, boolean ephemeral) {
      this(link, since, ephemeral, List.of());
    }

    /** The same with another trouble, which matters less. */
    public Seen and(Trouble other) {
      var all = new ArrayList<>(troubles);
      all.add(other);
      return new Seen(link, since, ephemeral, all);
    }
  }

  /** Something that is not well with an agent that is there. */
  public record Trouble(String text, long since) {
    /** It found the hub though the name service did not lead there. */
    public static Trouble dns(long since) {
      return new Trouble(
          "the agent is connected by a remembered address: its name service fails: the hub's name"
              + " was not found",
          since);
    }

    /** Somebody has copied its key. */
    public static Trouble duplicate(long since) {
      return new Trouble(
          "another machine comes with the same key, as copies of one image do: the one that came"
              + " first is in; give the other a key of its own",
          since);
    }

    /**
     * It runs an older plan than it is to run.
     *
     * @param halted version of the plan whose rollout was halted; 0: none
     */
    public static Trouble plan(String why, long halted, long since) {
      return new Trouble(
          "the agent could not apply its plan: "
              + why
              + (halted == 0
                  ? ""
                  : "; the rollout of version " + halted + " is halted: no more agents get it"),
          since);
    }
  }

  /** How an agent is; empty while that cannot be said yet: what was said before still holds. */
  public static Optional<Health> of(Seen seen, long now) {
    long lasting = now - seen.since();
    return switch (seen.link()) {
      case CONNECTED ->
          Optional.of(
              seen.troubles().isEmpty()
                  ? new Health(OK, "the agent is connected", seen.since())
                  : new Health(
                      WARNING,
                      seen.troubles().getFirst().text(),
                      seen.troubles().getFirst().since()));
      case LOST ->
          gone(seen, lasting, LOST_FOR, "the agent is lost: its connection ended without a word");
      case STOPPED -> gone(seen, lasting, STOPPED_FOR, "the agent was stopped, and stays away");
      case NOT_SEEN ->
          gone(seen, lasting, COMES_BACK, "the agent has not come since the hub started");
    };
  }

  private static Optional<Health> gone(Seen seen, long lasting, Duration patience, String text) {
    if (seen.ephemeral()) {
      return Optional.of(new Health(OK, "the agent left, as it may", seen.since()));
    }
    return lasting >= patience.toMillis()
        ? Optional.of(new Health(CRITICAL, text, seen.since()))
        : Optional.empty();
  }

  /** Why the checks of an agent are not believed; empty when it is there. */
  public static String away(Link link) {
    return switch (link) {
      case CONNECTED -> "";
      case LOST -> "is lost";
      case STOPPED -> "was stopped";
      case NOT_SEEN -> "has not come since the hub started";
    };
  }

  /** Whether a loss is one of those that were at one time. */
  public static boolean isLately(Seen seen, long now) {
    return seen.link() == Link.LOST && now - seen.since() < AT_ONCE.toMillis();
  }

  /**
   * Until when the loss of agents is not told, since many were lost at one time.
   *
   * @param lately how many
   * @param newest when the last of these was lost
   * @param connected how many are there
   */
  public static long heldUntil(int lately, long newest, int connected) {
    return lately >= MANY && lately >= SHARE * (lately + connected)
        ? newest + AT_ONCE.toMillis()
        : 0;
  }
}
