package io.happo.core.link;

import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What an agent needs to join a hub, as one word: {@code happo1.<hub id and pin>.<secret>}, the
 * middle in base64url without padding.
 *
 * @param hubId whom it is for: 16 bytes as hexadecimal digits
 * @param pin SHA-256 of the public key (SubjectPublicKeyInfo) of the hub's certificate, as
 *     hexadecimal digits; absent when public roots vouch for the hub
 * @param secret what the hub knows the token by; never to be logged
 */
public record JoinToken(String hubId, Optional<String> pin, String secret) {
  private static final String PREFIX = "happo1";
  private static final int HUB_ID_BYTES = 16;
  private static final int PIN_BYTES = 32;

  /** The fewest characters of a secret: 120 bits. */
  public static final int MIN_SECRET = 20;

  private static final int MAX_SECRET = 256;

  public JoinToken {
    if (hexBytes(hubId) != HUB_ID_BYTES
        || (pin.isPresent() && hexBytes(pin.get()) != PIN_BYTES)
        || !isSecret(secret)) {
      throw new IllegalArgumentException("no token: hub id " + hubId + ", pin " + pin);
    }
  }

  /**
   * Reads a token; blanks around it do not matter.
   *
   * @throws IllegalArgumentException with what is wrong, without the secret
   */
  public static JoinToken parse(String text) {
    var parts = text.strip().split("\\.", -1);
    if (!parts[0].equals(PREFIX)) {
      throw wrong(
          parts[0].startsWith("happo") && parts.length > 1
              ? "is of a kind that this version does not know: it begins with "
                  + parts[0]
                  + ", not "
                  + PREFIX
              : "does not begin with " + PREFIX + ".");
    }
    if (parts.length != 3) {
      throw wrong(
          parts.length < 3
              ? "is cut off: it has " + parts.length + " of 3 parts"
              : "has " + parts.length + " parts, expected 3");
    }
    byte[] who;
    try {
      who = Base64.getUrlDecoder().decode(parts[1]);
    } catch (IllegalArgumentException e) {
      throw wrong("is damaged: its second part is not base64url");
    }
    if (who.length != HUB_ID_BYTES && who.length != HUB_ID_BYTES + PIN_BYTES) {
      throw wrong(
          "is damaged: its second part holds "
              + who.length
              + " bytes, expected "
              + HUB_ID_BYTES
              + " or "
              + (HUB_ID_BYTES + PIN_BYTES));
    }
    if (parts[2].length() < MIN_SECRET) {
      throw wrong("is cut off: the end is missing");
    }
    if (!isSecret(parts[2])) {
      throw wrong("is damaged: its third part is not base64url, or too long");
    }
    var hex = HexFormat.of();
    return new JoinToken(
        hex.formatHex(who, 0, HUB_ID_BYTES),
        who.length == HUB_ID_BYTES
            ? Optional.empty()
            : Optional.of(hex.formatHex(who, HUB_ID_BYTES, who.length)),
        parts[2]);
  }

  private static IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(
        "the token " + what + "; copy all of it, from " + PREFIX + ". to its end");
  }

  private static int hexBytes(String text) {
    try {
      return HexFormat.of().parseHex(text).length;
    } catch (IllegalArgumentException e) {
      return -1;
    }
  }

  private static boolean isSecret(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < 'a' || c > 'z')
          && (c < 'A' || c > 'Z')
          && (c < '0' || c > '9')
          && c != '-'
          && c != '_') {
        return false;
      }
    }
    return text.length() >= MIN_SECRET && text.length() <= MAX_SECRET;
  }

  /** The whole token, which is a secret. */
  public String print() {
    var id = HexFormat.of().parseHex(hubId);
    var key = HexFormat.of().parseHex(pin.orElse(""));
    var who = Arrays.copyOf(id, id.length + key.length);
    System.arraycopy(key, 0, who, id.length, key.length);
    return PREFIX
        + "."
        + Base64.getUrlEncoder().withoutPadding().encodeToString(who)
        + "."
        + secret;
  }

  /** Without the secret, for logs. */
  @Override
  public String toString() {
    return "JoinToken[hubId=" + hubId + ", pin=" + pin + "]";
  }
}
