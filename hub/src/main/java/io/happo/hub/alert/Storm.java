package io.happo.hub.alert;

import java.util.ArrayList;
import java.util.List;

/** What a rule tells at one time, and what the notices of it belong to. */
final class Storm {
  final String rule;
  final Kind kind;
  final List<String> channels;
  final List<Effect.Tell.Thing> subjects = new ArrayList<>();

  Storm(String rule, Kind kind, List<String> channels) {
    this.rule = rule;
    this.kind = kind;
    this.channels = channels;
  }

  /**
   * What those belong to that are told in one message.
   *
   * @param other tells it from others of the same time
   */
  String incident(long now, int other, int size) {
    return rule + "@" + now + "." + other + "x" + size;
  }

  /** Whether an incident is one of many that were told in one message. */
  static boolean isOfMany(String incident) {
    return incident.matches(".*@[0-9]+[.][0-9]+x[0-9]+");
  }

  /** What all notices of something belong to that is told alone. */
  static String alone(String rule, Subject subject) {
    return rule + "/" + subject.agent() + "/" + subject.check();
  }
}
