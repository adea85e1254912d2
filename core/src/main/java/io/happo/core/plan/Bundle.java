package io.happo.core.plan;

import java.util.Locale;
import java.util.Optional;

/**
 * Content that an agent fetches, by what it is and not by where it lies.
 *
 * @param sha256 of its bytes
 * @param name for people, and the name of the file of a script
 * @param size in bytes, 1 byte to 64 MiB
 * @param signature Ed25519 of whoever made it, base64; empty when nobody signed it
 */
public record Bundle(String sha256, String name, Kind kind, long size, String signature) {
  public static final long MAX_BYTES = 64L << 20;

  /** What it holds. */
  public enum Kind {
    /** One file that can be run. */
    SCRIPT,
    /** A folder of plugins, as a ZIP: an {@link Archive}. */
    ARCHIVE;

    /** As it stands in a plan. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The one that is written so. */
    public static Optional<Kind> of(String word) {
      for (var kind : values()) {
        if (kind.word().equals(word)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }

  public Bundle {
    Rules.require(Rules.digest(sha256));
    Rules.require(Rules.name(name));
    Rules.require(Rules.base64(signature));
    if (size < 1 || size > MAX_BYTES) {
      throw new IllegalArgumentException("a bundle of " + size + " bytes; 1 to " + MAX_BYTES);
    }
  }
}
