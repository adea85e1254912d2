package io.happo.hub.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Passwords as Argon2id keeps them (RFC 9106), in the text form that other programs read too:
 * {@code $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH}. The costs are OWASP's; a hash of other costs is
 * still understood. At most two are computed at once: each takes 19 MiB.
 */
final class Passwords {
  /** The least characters of a password. */
  static final int MIN_LENGTH = 10;

  private static final int MAX_LENGTH = 1_024;
  private static final int MEMORY_KIB = 19_456;
  private static final int PASSES = 2;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int MOST_MEMORY_KIB = 256 << 10;

  private final SecureRandom random = new SecureRandom();
  private final Semaphore turns = new Semaphore(2, true);

  /** What a password must be, for who tries another; empty when it is good. */
  static java.util.Optional<String> problem(String password) {
    return password.length() < MIN_LENGTH || password.length() > MAX_LENGTH
        ? java.util.Optional.of(
            "a password has " + MIN_LENGTH + " to " + MAX_LENGTH + " characters, take a longer one")
        : java.util.Optional.empty();
  }

  String hash(String password) {
    var salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    var hash = compute(password, salt, MEMORY_KIB, PASSES, 1, HASH_BYTES);
    var base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m="
        + MEMORY_KIB
        + ",t="
        + PASSES
        + ",p=1$"
        + base64.encodeToString(salt)
        + "$"
        + base64.encodeToString(hash);
  }

  /** Whether the password is that of the hash; takes as long for a hash that is none. */
  boolean matches(String password, String hash) {
    var parts = hash.split("\\$", -1);
    try {
      if (parts.length == 6 && parts[1].equals("argon2id") && parts[2].equals("v=19")) {
        var costs = parts[3].split("[,=]", -1);
        int memory = Integer.parseInt(costs[1]);
        int passes = Integer.parseInt(costs[3]);
        int lanes = Integer.parseInt(costs[5]);
        var salt = Base64.getDecoder().decode(parts[4]);
        var wanted = Base64.getDecoder().decode(parts[5]);
        if (memory <= MOST_MEMORY_KIB
            && passes <= 16
            && lanes <= 16
            && password.length() <= MAX_LENGTH) {
          var found = compute(password, salt, memory, passes, lanes, wanted.length);
          return MessageDigest.isEqual(found, wanted);
        }
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      // Then it is no hash.
    }
    compute("", new byte[SALT_BYTES], MEMORY_KIB, PASSES, 1, HASH_BYTES);
    return false;
  }

  private byte[] compute(
      String password, byte[] salt, int memoryKib, int passes, int lanes, int bytes) {
    turns.acquireUninterruptibly();
    try {
      var generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(memoryKib)
              .withIterations(passes)
              .withParallelism(lanes)
              .withSalt(salt)
              .build());
      var hash = new byte[bytes];
      generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
      return hash;
    } finally {
      turns.release();
    }
  }
}
