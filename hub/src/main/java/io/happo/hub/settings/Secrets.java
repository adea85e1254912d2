package io.happo.hub.settings;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import io.happo.program.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Encrypts what is secret, AES-256-GCM, by a key in a file of mode 0600. Any thread. */
public final class Secrets {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  /** Characters; shorter ones stand in too many words. */
  private static final int LEAST_HIDDEN = 4;

  private final SecretKey key;
  private final SecureRandom random = new SecureRandom();

  private Secrets(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
  }

  /** Reads the key, or makes one. */
  public static Secrets open(Path file) throws IOException {
    if (!Files.exists(file)) {
      var fresh = new byte[KEY_BYTES];
      new SecureRandom().nextBytes(fresh);
      AtomicFile.write(file, fresh);
    }
    var key = Files.readAllBytes(file);
    if (key.length != KEY_BYTES) {
      throw new IOException(
          file
              + " is no key: it is to have "
              + KEY_BYTES
              + " bytes; take it from a backup, or remove it and set the secrets of all channels"
              + " and outputs again");
    }
    return new Secrets(key);
  }

  /** Texts by name, so that nobody without the key reads or changes them. */
  public byte[] seal(Map<String, String> texts) {
    var json = new JsonWriter().beginObject();
    new TreeMap<>(texts).forEach(json::member);
    var nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      var cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
      var sealed = cipher.doFinal(json.endObject().toBytes());
      var all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
      System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
      return all;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * What {@link #seal} made.
   *
   * @throws IOException when it was made with another key, or changed
   */
  public Map<String, String> unseal(byte[] sealed) throws IOException {
    try {
      var cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, sealed, 0, NONCE_BYTES));
      var plain = cipher.doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
      var texts = new TreeMap<String, String>();
      for (var member : Json.parseObject(plain).members()) {
        if (member.getValue() instanceof JsonValue.Text text) {
          texts.put(member.getKey(), text.value());
        }
      }
      return texts;
    } catch (GeneralSecurityException | IllegalArgumentException | JsonException e) {
      throw new IOException(
          "its secrets were made with another key than secrets.key of this hub: set them again", e);
    }
  }

  /**
   * For texts that are shown: nothing that is secret stands in one. To be called before a text is
   * cut.
   *
   * @param secrets of which those of fewer than 4 characters are not looked for
   */
  public static String hide(String text, Collection<String> secrets) {
    var longestFirst = new ArrayList<>(secrets);
    longestFirst.sort(Comparator.comparingInt(String::length).reversed());
    var hidden = text;
    for (var secret : longestFirst) {
      if (secret.length() >= LEAST_HIDDEN) {
        hidden = hidden.replace(secret, "(hidden)");
      }
    }
    return hidden;
  }
}
