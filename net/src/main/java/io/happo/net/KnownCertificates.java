package io.happo.net;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * The certificates of a PEM file, to recognize one of them when a server shows it: what the usual
 * server of ours does, whose certificate vouches for itself. Says yes without the JDK's certificate
 * code, which takes check_happo 80 ms to start; a no means only that {@link CertificateJudge} has
 * to be asked. For any thread.
 */
final class KnownCertificates {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";

  // The last two bytes of the object identifiers 2.5.29.17 and 2.5.29.37.
  private static final int ALTERNATIVE_NAMES = 17;
  private static final int PURPOSES = 37;
  private static final int DNS_NAME = 0x82;
  private static final int IP_ADDRESS = 0x87;
  private static final int EXTENSIONS = 0xa3;
  private static final int VERSION = 0xa0;

  private final List<byte[]> certificates;

  private KnownCertificates(List<byte[]> certificates) {
    this.certificates = certificates;
  }

  /** What can be read of a file; nothing of one that is no good. */
  static KnownCertificates read(Path file) {
    var certificates = new ArrayList<byte[]>();
    try {
      var text = Files.readString(file, StandardCharsets.ISO_8859_1);
      for (int at = text.indexOf(BEGIN); at >= 0; at = text.indexOf(BEGIN, at)) {
        int end = text.indexOf(END, at);
        if (end < 0) {
          break;
        }
        certificates.add(Base64.getMimeDecoder().decode(text.substring(at + BEGIN.length(), end)));
        at = end;
      }
    } catch (IOException | IllegalArgumentException e) {
      certificates.clear();
    }
    return new KnownCertificates(certificates);
  }

  boolean isEmpty() {
    return certificates.isEmpty();
  }

  /**
   * Whether this certificate, DER, is one of them, is good now, has no list of purposes, and stands
   * for that host.
   */
  boolean recognize(byte[] certificate, String host, Instant now) {
    for (var known : certificates) {
      if (Arrays.equals(known, certificate)) {
        try {
          return isGood(known, host, now);
        } catch (RuntimeException e) {
          return false; // Some length or number of it is none.
        }
      }
    }
    return false;
  }

  /** RFC 5280, 4.1. */
  private static boolean isGood(byte[] der, String host, Instant now) {
    int at = Der.content(der, Der.content(der, 0)); // Into Certificate, into TBSCertificate.
    int end = Der.end(der, Der.content(der, 0));
    if ((der[at] & 0xff) == VERSION) {
      at = Der.end(der, at);
    }
    for (int i = 0; i < 3; i++) { // serial, algorithm, issuer
      at = Der.end(der, at);
    }
    int from = Der.content(der, at);
    int until = Der.end(der, from);
    if (now.isBefore(time(der, from)) || now.isAfter(time(der, until))) {
      return false;
    }
    at = Der.end(der, at);
    boolean named = false;
    while (at < end) { // subject, key, perhaps two identifiers, extensions
      if ((der[at] & 0xff) == EXTENSIONS) {
        int all = Der.content(der, at);
        int allEnd = Der.end(der, all);
        for (int one = Der.content(der, all); one < allEnd; one = Der.end(der, one)) {
          int identifier = Der.content(der, one);
          if (isOfCertificates(der, identifier, PURPOSES)) {
            return false;
          }
          named |=
              isOfCertificates(der, identifier, ALTERNATIVE_NAMES) && isFor(der, identifier, host);
        }
      }
      at = Der.end(der, at);
    }
    return named;
  }

  /** Whether an object identifier is 2.5.29.last. */
  private static boolean isOfCertificates(byte[] der, int at, int last) {
    return der[at] == 6
        && der[at + 1] == 3
        && der[at + 2] == 0x55
        && der[at + 3] == 0x1d
        && der[at + 4] == last;
  }

  /** Whether the alternative names behind their identifier hold that host. */
  private static boolean isFor(byte[] der, int identifier, String host) {
    int value = Der.end(der, identifier);
    if (der[value] == Der.BOOLEAN) { // critical
      value = Der.end(der, value);
    }
    int names = Der.content(der, value);
    int end = Der.end(der, names);
    boolean literal = Addresses.isLiteral(host);
    for (int name = Der.content(der, names); name < end; name = Der.end(der, name)) {
      var content = Arrays.copyOfRange(der, Der.content(der, name), Der.end(der, name));
      int kind = der[name] & 0xff;
      boolean same =
          literal
              ? kind == IP_ADDRESS
                  && Arrays.equals(content, InetAddress.ofLiteral(host).getAddress())
              : kind == DNS_NAME
                  && CertificateJudge.matches(
                      new String(content, StandardCharsets.ISO_8859_1), host);
      if (same) {
        return true;
      }
    }
    return false;
  }

  /** UTCTime of two digits for the year (1950 to 2049), or GeneralizedTime of four. */
  private static Instant time(byte[] der, int at) {
    var text =
        new String(
            der,
            Der.content(der, at),
            Der.end(der, at) - Der.content(der, at),
            StandardCharsets.ISO_8859_1);
    int digits = der[at] == Der.UTC_TIME ? 2 : 4;
    if (text.length() != digits + 11 || !text.endsWith("Z")) {
      throw new NumberFormatException(text);
    }
    int year = Integer.parseInt(text, 0, digits, 10);
    if (digits == 2) {
      year += year < 50 ? 2000 : 1900;
    }
    long days = days(year, two(text, digits), two(text, digits + 2));
    long minutes = (days * 24 + two(text, digits + 4)) * 60 + two(text, digits + 6);
    return Instant.ofEpochSecond(minutes * 60 + two(text, digits + 8));
  }

  /**
   * From 1970-01-01 to a day of the Gregorian calendar. Where java.time counts them it loads all
   * that formats dates.
   */
  private static long days(int year, int month, int day) {
    // Years that begin in March: the day that not all have is the last one.
    int years = month > 2 ? year : year - 1;
    int months = month > 2 ? month - 3 : month + 9;
    return 365L * years
        + years / 4
        - years / 100
        + years / 400
        + (153 * months + 2) / 5
        + day
        - 719_469;
  }

  private static int two(String text, int at) {
    return Integer.parseInt(text, at, at + 2, 10);
  }
}
