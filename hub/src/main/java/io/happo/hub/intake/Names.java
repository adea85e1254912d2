package io.happo.hub.intake;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names as the store can keep them: an index has no room for any length. */
final class Names {
  private static final int DIGEST_DIGITS = 16;

  private static final int CHECK = 250;

  private Names() {}

  /** Of a check, or a list. */
  static String ofCheck(String name) {
    return shortened(name, CHECK);
  }

  /**
   * The name itself; when it is too long its beginning, and a digest that tells it from others that
   * begin alike.
   */
  static String shortened(String name, int most) {
    var clean = name.indexOf('\0') < 0 ? name : name.replace('\0', '\uFFFD');
    if (clean.length() <= most) {
      return clean;
    }
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(clean.getBytes(StandardCharsets.UTF_8));
      return clean.substring(0, most - DIGEST_DIGITS - 1)
          + '~'
          + HexFormat.of().formatHex(digest).substring(0, DIGEST_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
