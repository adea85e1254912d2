package io.happo.hub.alert;

import static io.happo.hub.alert.Kind.ACKNOWLEDGEMENT;
import static io.happo.hub.alert.Kind.FLAPPING_END;
import static io.happo.hub.alert.Kind.FLAPPING_START;
import static io.happo.hub.alert.Kind.PROBLEM;
import static io.happo.hub.alert.Kind.RECOVERY;

import io.happo.core.plan.AlertRule.Also;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What may keep a notice back, in the order in which it is asked: the first that does is why it is
 * not told. The order is that of Nagios Core's notification viability tests, with the hub's own
 * before them. Troubles are kept back; their end is told to whoever knows of them, but for the
 * times at which nobody may be told.
 */
@SuppressWarnings("ImmutableEnumChecker") // Its sets do not change, its functions are pure.
public enum Gate {
  /** Nobody is told anything. */
  OFF(
      EnumSet.allOf(Kind.class),
      c -> c.around().off() ? hold("all telling is switched off") : let()),

  /** It may be the hub, or its network, that is in trouble. */
  HUB(
      EnumSet.of(PROBLEM, FLAPPING_START),
      c ->
          c.around().heldUntil() > c.now()
              ? hold(
                  "many agents went away at once, or the hub has just started: it waits for them",
                  c.around().heldUntil())
              : let()),

  /** The agent that runs it is not there: that is what there is to be told. */
  PARENT(
      EnumSet.of(PROBLEM, FLAPPING_START),
      c -> c.around().away().isEmpty() ? let() : hold("its agent " + c.around().away())),

  PERIOD(
      EnumSet.allOf(Kind.class),
      c ->
          c.rule().when().contains(c.now())
              ? let()
              : hold(
                  "people are told " + c.rule().when() + " (" + c.rule().when().zone() + ")",
                  c.rule().when().nextOpening(c.now()))),

  /** The plan says that nobody is told of this check. */
  QUIET(
      EnumSet.of(PROBLEM, FLAPPING_START, ACKNOWLEDGEMENT),
      c -> c.around().quiet() ? hold("the plan has it quiet") : let()),

  SOFT(
      EnumSet.of(PROBLEM),
      c -> c.state().hardStatus() == 0 ? hold("not certain yet: it is tried again") : let()),

  ACKNOWLEDGED(
      EnumSet.of(PROBLEM, FLAPPING_START),
      c -> {
        var known = c.around().acknowledgement();
        return known == null
            ? let()
            : hold(
                known.author()
                    + " knows"
                    + (known.comment().isEmpty() ? "" : ": " + known.comment()));
      }),

  DEPENDENCY(
      EnumSet.of(PROBLEM, FLAPPING_START),
      c ->
          c.around().failed().isEmpty()
              ? let()
              : hold("it depends on " + c.around().failed() + ", which is not well")),

  /** The rule does not tell such a thing. */
  STATE(
      EnumSet.allOf(Kind.class),
      c ->
          isWanted(c)
              ? let()
              : hold(
                  c.kind() == PROBLEM
                      ? "the rule does not tell this state"
                      : "the rule does not tell this")),

  /** Nobody knows of the trouble that is over. */
  NO_PROBLEM(
      EnumSet.of(RECOVERY, ACKNOWLEDGEMENT),
      c -> c.told().status() == 0 ? hold("nobody was told of the trouble") : let()),

  DELAY(
      EnumSet.of(PROBLEM),
      c -> {
        long after = c.rule().steps().getFirst().after().toMillis();
        return c.told().status() != 0 || c.age() >= after
            ? let()
            : hold("told when it has lasted " + seconds(after), c.now() + after - c.age());
      }),

  FLAPPING(
      EnumSet.of(PROBLEM, RECOVERY),
      c ->
          c.state().flapping()
              ? hold(
                  "it flaps: %.0f %% of its last states are changes"
                      .formatted(c.state().flapPercent()))
              : let()),

  /** A downtime, or a silence. */
  DOWNTIME(
      EnumSet.of(PROBLEM, FLAPPING_START),
      c -> c.around().pause().map(pause -> new Held(pause.what(), pause.until()))),

  REPEAT(EnumSet.of(PROBLEM), Gate::repeat);

  /** What is asked. */
  private final Set<Kind> kinds;

  private final Function<Case, Optional<Held>> asked;

  Gate(Set<Kind> kinds, Function<Case, Optional<Held>> asked) {
    this.kinds = kinds;
    this.asked = asked;
  }

  /** Why something is kept back, and until when at the latest. */
  record Held(String why, long until) {}

  /** Whether it keeps a notice back. */
  Optional<Held> ask(Case asking) {
    return kinds.contains(asking.kind()) ? asked.apply(asking) : Optional.empty();
  }

  private static Optional<Held> let() {
    return Optional.empty();
  }

  private static Optional<Held> hold(String why) {
    return hold(why, Decision.NEVER);
  }

  private static Optional<Held> hold(String why, long until) {
    return Optional.of(new Held(why, until));
  }

  private static boolean isWanted(Case c) {
    return switch (c.kind()) {
      case PROBLEM -> Judge.isTrouble(c.rule().about(), c.state().hardStatus());
      case RECOVERY -> c.rule().also().contains(Also.RECOVERY);
      case FLAPPING_START -> c.rule().also().contains(Also.FLAPPING);
      case FLAPPING_END -> true; // Whoever was told that it began.
      case ACKNOWLEDGEMENT -> c.rule().also().contains(Also.ACKNOWLEDGEMENT);
    };
  }

  private static Optional<Held> repeat(Case c) {
    var told = c.told();
    int reached = c.reached();
    if (told.status() == 0 || told.status() != c.state().hardStatus() || reached > told.steps()) {
      return let();
    }
    long repeat = c.rule().repeat().toMillis();
    long again = repeat == 0 ? Decision.NEVER : told.at() + repeat;
    if (again <= c.now()) {
      return let();
    }
    long next =
        reached == c.rule().steps().size()
            ? Decision.NEVER
            : c.now() + c.rule().steps().get(reached).after().toMillis() - c.age();
    return hold(
        repeat == 0
            ? "it has been told"
            : "it has been told, and is told again each " + seconds(repeat),
        Math.min(again, next));
  }

  private static String seconds(long millis) {
    long seconds = millis / 1000;
    return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + " min" : seconds + " s";
  }
}
