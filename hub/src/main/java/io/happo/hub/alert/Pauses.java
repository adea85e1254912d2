package io.happo.hub.alert;

import io.happo.core.plan.AgentView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The silences and downtimes that there are, those too that were over a while ago. */
final class Pauses {
  private List<Silence> silences = List.of();

  void use(List<Silence> those) {
    silences = List.copyOf(those);
  }

  /** Those that something belongs to. */
  List<Silence> of(Subject subject, AgentView agent) {
    var those = new ArrayList<Silence>();
    for (var silence : silences) {
      if (silence.covers(subject, agent)) {
        those.add(silence);
      }
    }
    return those;
  }

  /**
   * Begins the flexible downtimes whose first trouble has come.
   *
   * @param trouble whether anything of one is in trouble
   */
  List<Effect> begin(long now, Predicate<Silence> trouble) {
    var effects = new ArrayList<Effect>();
    var begun = new ArrayList<Silence>();
    for (var silence : silences) {
      if (silence.waits(now) && trouble.test(silence)) {
        effects.add(new Effect.Begin(silence.number()));
        begun.add(silence.begun(now));
      } else {
        begun.add(silence);
      }
    }
    silences = List.copyOf(begun);
    return effects;
  }

  /**
   * Ends those that were to last until all is well, when the last of it has become so.
   *
   * @param wellAgain whether anything of one was in trouble and is well
   */
  List<Effect> end(long now, Predicate<Silence> wellAgain, Predicate<Silence> trouble) {
    var effects = new ArrayList<Effect>();
    var left = new ArrayList<Silence>();
    for (var silence : silences) {
      if (silence.untilWell()
          && silence.holds(now)
          && wellAgain.test(silence)
          && !trouble.test(silence)) {
        effects.add(new Effect.End(silence.number()));
      } else {
        left.add(silence);
      }
    }
    silences = List.copyOf(left);
    return effects;
  }
}
