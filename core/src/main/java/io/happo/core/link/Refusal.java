package io.happo.core.link;

import java.util.Locale;
import java.util.Optional;

/** Why a hub does not take an agent. */
public enum Refusal {
  /** No agent of this hub has that key: join again. */
  UNKNOWN_AGENT,
  /** The signature is not that of the key. */
  BAD_SIGNATURE,
  /** An operator has taken the agent out. */
  REVOKED,
  /** Another machine is connected with the same key. */
  DUPLICATE,
  /** The hub has too much to do: come again later. */
  BUSY;

  /** As it is written in a message. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Refusal> of(String word) {
    for (var refusal : values()) {
      if (refusal.word().equals(word)) {
        return Optional.of(refusal);
      }
    }
    return Optional.empty();
  }
}
