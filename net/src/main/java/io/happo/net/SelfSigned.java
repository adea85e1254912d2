package io.happo.net;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Makes a key and the certificate that it signs for itself: X.509 version 3 (RFC 5280), ECDSA on
 * P-256.
 */
final class SelfSigned {
  private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
  private static final int COMMON_NAME_MOST =
      64; // characters; RFC 5280, appendix A, ub-common-name

  private SelfSigned() {}

  static Identity make(String commonName, List<String> names, Instant from, Instant until) {
    if (commonName.isEmpty()) {
      throw new IllegalArgumentException("a certificate needs a name");
    }
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      var keys = generator.generateKeyPair();
      var unsigned = unsigned(commonName, names, from, until, keys);
      var signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(unsigned);
      var certificate = Der.sequence(unsigned, ECDSA_WITH_SHA256, Der.bits(signature.sign()));
      return new Identity(
          pem("CERTIFICATE", certificate), pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "this Java runtime cannot make ECDSA keys: " + e.getMessage(), e);
    }
  }

  private static byte[] unsigned(
      String commonName, List<String> names, Instant from, Instant until, KeyPair keys)
      throws GeneralSecurityException {
    var shortName = commonName.substring(0, Math.min(COMMON_NAME_MOST, commonName.length()));
    var name =
        Der.sequence(
            Der.of(Der.SET, Der.sequence(Der.oid("2.5.4.3"), Der.of(Der.UTF8_STRING, shortName))));
    var publicKey = keys.getPublic().getEncoded();
    // 127 random bits, never negative and never zero (RFC 5280, 4.1.2.2).
    var serial = new BigInteger(126, new SecureRandom()).setBit(126);
    return Der.sequence(
        Der.of(0xa0, Der.of(Der.INTEGER, new byte[] {2})),
        Der.of(Der.INTEGER, serial.toByteArray()),
        ECDSA_WITH_SHA256,
        name,
        Der.sequence(time(from), time(until)),
        name,
        publicKey,
        Der.of(
            0xa3,
            Der.sequence(
                // An authority too: it vouches for itself, and picky clients want that said.
                extension(
                    "2.5.29.19", true, Der.sequence(Der.of(Der.BOOLEAN, new byte[] {(byte) 0xff}))),
                extension("2.5.29.14", false, Der.of(Der.OCTET_STRING, digest(publicKey))),
                extension("2.5.29.17", false, alternativeNames(commonName, names)))));
  }

  private static byte[] digest(byte[] publicKey) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-1").digest(publicKey);
  }

  private static byte[] extension(String oid, boolean critical, byte[] value) {
    var wrapped = Der.of(Der.OCTET_STRING, value);
    return critical
        ? Der.sequence(Der.oid(oid), Der.of(Der.BOOLEAN, new byte[] {(byte) 0xff}), wrapped)
        : Der.sequence(Der.oid(oid), wrapped);
  }

  private static byte[] alternativeNames(String commonName, List<String> names) {
    var all = new LinkedHashSet<String>();
    all.add(commonName);
    all.addAll(names);
    all.addAll(List.of("localhost", "127.0.0.1", "::1"));
    var out = new ByteArrayOutputStream();
    for (var name : all) {
      if (Addresses.isLiteral(name)) {
        out.writeBytes(Der.of(0x87, InetAddress.ofLiteral(name).getAddress()));
      } else if (Characters.all(name, c -> c > ' ' && c < 0x7f)) {
        out.writeBytes(Der.of(0x82, name)); // Others cannot be host names.
      }
    }
    return Der.sequence(out.toByteArray());
  }

  // Two digits of the year until 2049, four from then on (RFC 5280, 4.1.2.5).
  private static byte[] time(Instant instant) {
    var utc = instant.atZone(ZoneOffset.UTC);
    return utc.getYear() < 2050
        ? Der.of(Der.UTC_TIME, DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").format(utc))
        : Der.of(
            Der.GENERALIZED_TIME, DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").format(utc));
  }

  private static byte[] pem(String kind, byte[] der) {
    var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return ("-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
