package io.happo.agent.api;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.net.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The key that requests must carry when one is configured: in the body's {@code apikey}, as the
 * original's clients send it, or as {@code Authorization: Bearer KEY} where there is no body.
 * Compared in constant time.
 */
final class ApiKey {
  /** Longer keys are refused at start: a header must hold them. */
  private static final int MAX_BYTES = 1024;

  private final Optional<byte[]> key;

  private ApiKey(Optional<byte[]> key) {
    this.key = key;
  }

  /** Every request passes, as with the original. */
  static ApiKey none() {
    return new ApiKey(Optional.empty());
  }

  /**
   * The first line of a file that only its owner may read.
   *
   * @throws IOException with one line that says what is wrong with the file and what to do; never
   *     with its content
   */
  static ApiKey read(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(
          "--api-key-file: " + file + " is a folder: name a file whose first line is the key");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("--api-key-file: there is no file " + file);
    }
    var open = Files.getPosixFilePermissions(file);
    open.remove(PosixFilePermission.OWNER_READ);
    open.remove(PosixFilePermission.OWNER_WRITE);
    if (!open.isEmpty()) {
      throw new IOException(
          "--api-key-file: " + file + " is open to others: run chmod 600 " + file);
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException("--api-key-file: " + file + " holds more than " + MAX_BYTES + " bytes");
    }
    var key = Files.readString(file, StandardCharsets.UTF_8).lines().findFirst().orElse("").strip();
    if (key.isEmpty()) {
      throw new IOException(
          "--api-key-file: the first line of " + file + " is empty: write the key into it");
    }
    return new ApiKey(Optional.of(key.getBytes(StandardCharsets.UTF_8)));
  }

  boolean isSet() {
    return key.isPresent();
  }

  /** Whether a request without a body may pass. */
  boolean admits(Request request) {
    return key.isEmpty()
        || request
            .headers()
            .first("Authorization")
            .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
            .filter(value -> matches(value.substring(7).strip()))
            .isPresent();
  }

  /** Whether a request with that body may pass. */
  boolean admits(Request request, JsonObject body) {
    if (admits(request)) {
      return true;
    }
    try {
      return matches(body.text("apikey"));
    } catch (JsonException e) {
      return false;
    }
  }

  /** Whether a body holds any key, so that it can be told from a request that forgot it. */
  static boolean isCarried(JsonObject body) {
    try {
      return !body.text("apikey").isEmpty();
    } catch (JsonException e) {
      return true;
    }
  }

  private boolean matches(String candidate) {
    return key.isPresent()
        && MessageDigest.isEqual(key.get(), candidate.getBytes(StandardCharsets.UTF_8));
  }
}
