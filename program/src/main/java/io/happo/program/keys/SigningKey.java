package io.happo.program.keys;

import io.happo.program.files.AtomicFile;
import io.happo.program.files.Directory;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;

/**
 * A key pair that an agent is known by, or a hub signs with: Ed25519 (RFC 8032), in a file of mode
 * 0600 as PEM of PKCS#8 (RFC 8410), as {@code openssl genpkey -algorithm ed25519} makes one.
 */
public final class SigningKey {
  private static final String ALGORITHM = "Ed25519";
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";
  private static final int SEED_BYTES = 32;

  /** PKCS#8 of such a key before its 32 bytes, which never differs. */
  private static final byte[] PKCS8 = HexFormat.of().parseHex("302e020100300506032b657004220420");

  private final KeyPair pair;

  private SigningKey(KeyPair pair) {
    this.pair = pair;
  }

  /**
   * Reads the key, or makes one when the file is missing.
   *
   * @throws IOException one line that says what to do: the file may be read by others, is damaged,
   *     or cannot be had
   */
  public static SigningKey open(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      return make(file);
    } catch (IOException e) {
      throw new IOException(
          "the key "
              + file
              + " cannot be read: "
              + Reason.of(e)
              + "; give it to the user this runs as",
          e);
    }
    refuseWhenOpenToOthers(file);
    return new SigningKey(pair(file, text));
  }

  private static SigningKey make(Path file) throws IOException {
    var seed = new byte[SEED_BYTES];
    new SecureRandom().nextBytes(seed);
    var der = Arrays.copyOf(PKCS8, PKCS8.length + SEED_BYTES);
    System.arraycopy(seed, 0, der, PKCS8.length, SEED_BYTES);
    var pem = BEGIN + "\n" + Base64.getEncoder().encodeToString(der) + "\n" + END + "\n";
    var folder = file.toAbsolutePath().getParent();
    try {
      if (folder != null) {
        Directory.create(folder);
      }
      AtomicFile.write(file, pem.getBytes(StandardCharsets.US_ASCII));
    } catch (FileSystemException e) {
      throw new IOException(
          "the key "
              + file
              + " cannot be made: "
              + Reason.of(e)
              + "; run this where its user may write",
          e);
    }
    return new SigningKey(pair(seed));
  }

  private static void refuseWhenOpenToOthers(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return;
    }
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
    for (var permission : mode) {
      if (!permission.name().startsWith("OWNER_")) {
        throw new IOException(
            "the key "
                + file
                + " is open to others ("
                + PosixFilePermissions.toString(mode)
                + "): if nobody else has seen it, chmod 600 "
                + file
                + "; else delete it for a new one");
      }
    }
  }

  private static KeyPair pair(Path file, String pem) throws IOException {
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END);
    byte[] der = {};
    if (begin >= 0 && end > begin) {
      try {
        der = Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
      } catch (IllegalArgumentException e) {
        // It is told below.
      }
    }
    if (der.length != PKCS8.length + SEED_BYTES
        || Arrays.mismatch(der, 0, PKCS8.length, PKCS8, 0, PKCS8.length) >= 0) {
      throw new IOException(
          "the key "
              + file
              + " is damaged or no Ed25519 key in PEM; put the right one back, or delete it for a"
              + " new one");
    }
    return pair(Arrays.copyOfRange(der, PKCS8.length, der.length));
  }

  /** The JDK derives a public key only while it makes a pair: it is given the randomness for it. */
  private static KeyPair pair(byte[] seed) {
    try {
      var generator = KeyPairGenerator.getInstance(ALGORITHM);
      generator.initialize(NamedParameterSpec.ED25519, new Given(seed));
      var pair = generator.generateKeyPair();
      var encoded = pair.getPrivate().getEncoded();
      if (!Arrays.equals(
          seed, Arrays.copyOfRange(encoded, encoded.length - SEED_BYTES, encoded.length))) {
        throw new IllegalStateException("this Java runtime makes Ed25519 keys in another way");
      }
      return pair;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no Ed25519: " + e.getMessage(), e);
    }
  }

  private static final class Given extends SecureRandom {
    private final byte[] bytes;

    Given(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    @Override
    public void nextBytes(byte[] wanted) {
      System.arraycopy(bytes, 0, wanted, 0, wanted.length);
    }
  }

  /** SHA-256 of the public key, hexadecimal: a name for it. */
  public String id() {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(pair.getPublic().getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The public key's SubjectPublicKeyInfo, base64. */
  public String publicKey() {
    return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
  }

  /** Whether these bytes were signed by the private half of that key; false also for no key. */
  public static boolean isSigned(byte[] publicKey, byte[] bytes, byte[] signature) {
    try {
      var verifier = Signature.getInstance(ALGORITHM);
      verifier.initVerify(
          KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(publicKey)));
      verifier.update(bytes);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The signature of this text, base64. */
  public String sign(String text) {
    return Base64.getEncoder().encodeToString(sign(text.getBytes(StandardCharsets.UTF_8)));
  }

  public byte[] sign(byte[] bytes) {
    try {
      var signature = Signature.getInstance(ALGORITHM);
      signature.initSign(pair.getPrivate());
      signature.update(bytes);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
