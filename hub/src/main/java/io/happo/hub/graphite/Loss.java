package io.happo.hub.graphite;

import java.util.Locale;

/** Why something that was sent is not stored. */
enum Loss {
  BAD_LINE("lines that cannot be read"),
  LONG_LINE("lines that are too long"),
  UNFINISHED_LINE("lines whose end did not come"),
  WRONG_TIME("values of a time more than a day ahead"),
  NOT_JOINED("values of agents that have not joined"),
  RATE("packets' lines beyond what one address may send in a minute"),
  BUSY("packets' values that came while the store was busy"),
  UNWRITTEN("values that the store did not take"),
  REFUSED_HOST("connections and packets of hosts that are not in --graphite-allowed-hosts"),
  CONNECTION("connections beyond as many as there may be");

  /** For people, before a number. */
  private final String words;

  Loss(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** As labels name it. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
