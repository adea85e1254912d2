package io.happo.net;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The little of DER (X.690) that certificates need: values are made inside out; one is found by the
 * way to it.
 */
final class Der {
  static final int BOOLEAN = 0x01;
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int UTF8_STRING = 0x0c;
  static final int UTC_TIME = 0x17;
  static final int GENERALIZED_TIME = 0x18;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;

  private Der() {}

  /** A value of that tag, made of these. */
  static byte[] of(int tag, byte[]... parts) {
    int length = 0;
    for (var part : parts) {
      length += part.length;
    }
    var out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82); // Certificates made here are far below 64 KiB.
      out.write(length >> 8);
      out.write(length);
    }
    for (var part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] of(int tag, String text) {
    return of(tag, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] sequence(byte[]... parts) {
    return of(SEQUENCE, parts);
  }

  /** A BIT STRING of whole bytes. */
  static byte[] bits(byte[] bytes) {
    return of(BIT_STRING, new byte[] {0}, bytes);
  }

  /** An object identifier, {@code 1.2.840.10045.4.3.2}. */
  static byte[] oid(String dotted) {
    var arcs = Arrays.stream(dotted.split("\\.", -1)).mapToInt(Integer::parseInt).toArray();
    var out = new ByteArrayOutputStream();
    out.write(arcs[0] * 40 + arcs[1]);
    for (int i = 2; i < arcs.length; i++) {
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arcs[i] >> shift != 0) {
          out.write(0x80 | ((arcs[i] >> shift) & 0x7f));
        }
      }
      out.write(arcs[i] & 0x7f);
    }
    return of(0x06, out.toByteArray());
  }

  /**
   * The SubjectPublicKeyInfo of a certificate, with its tag and length (RFC 5280, 4.1).
   *
   * @throws IllegalArgumentException when these bytes are no certificate
   */
  static byte[] publicKeyOf(byte[] certificate) {
    try {
      int at =
          content(certificate, content(certificate, 0)); // Into Certificate, into TBSCertificate.
      if ((certificate[at] & 0xff) == 0xa0) {
        at = end(certificate, at); // version
      }
      for (int skipped = 0;
          skipped < 5;
          skipped++) { // serial, algorithm, issuer, validity, subject
        at = end(certificate, at);
      }
      return Arrays.copyOfRange(certificate, at, end(certificate, at));
    } catch (ArrayIndexOutOfBoundsException e) {
      throw new IllegalArgumentException("no certificate", e);
    }
  }

  /** Where the content of the value begins that begins here. */
  static int content(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  /**
   * Where the value ends that begins here.
   *
   * @throws ArrayIndexOutOfBoundsException when it does not end
   */
  static int end(byte[] der, int at) {
    int content = content(der, at);
    int length = der[at + 1] & 0xff;
    if (length >= 0x80) {
      length = 0;
      for (int i = at + 2; i < content; i++) {
        length = (length << 8) | (der[i] & 0xff);
      }
    }
    if (length < 0 || length > der.length - content) {
      throw new ArrayIndexOutOfBoundsException();
    }
    return content + length;
  }
}
