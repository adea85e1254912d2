package io.happo.hub.alert;

import java.util.Locale;

/** What a notice says. */
public enum Kind {
  PROBLEM,
  RECOVERY,
  FLAPPING_START,
  FLAPPING_END,
  ACKNOWLEDGEMENT;

  /** The one of a {@link #word}. */
  static Kind of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** As it is written, and as it is kept. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
