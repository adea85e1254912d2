package io.happo.hub.alert;

import io.happo.core.plan.AlertRule;

/**
 * A notice that may be told.
 *
 * @param state of what it is about
 * @param told before
 * @param now unix milliseconds
 */
record Case(Kind kind, AlertRule rule, CheckState state, Told told, Around around, long now) {
  /** How long its trouble has lasted, without downtimes, in milliseconds. */
  long age() {
    return Math.max(0, now - state.hardSince() - around.pausedMillis());
  }

  /** How many of the rule's steps have been reached; those that were told stay so. */
  int reached() {
    int reached = 0;
    for (var step : rule.steps()) {
      if (step.after().toMillis() > age()) {
        break;
      }
      reached++;
    }
    return Math.max(reached, told.steps());
  }
}
