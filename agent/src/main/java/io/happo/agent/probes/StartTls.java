package io.happo.agent.probes;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** How a protocol that begins in plain text is asked to go on in TLS. */
enum StartTls {
  /** TLS from the first byte on. */
  NONE,
  /** RFC 3207. */
  SMTP,
  /** RFC 9051, 6.2.1. */
  IMAP,
  /** RFC 2595. */
  POP3,
  /** RFC 4217. */
  FTP;

  /** Lines before an answer; a server that sends more is none of these. */
  private static final int MOST_LINES = 100;

  /**
   * Asks, up to where the TLS handshake begins.
   *
   * @throws IOException with what the server said instead
   */
  void ask(InputStream in, OutputStream out) throws IOException {
    switch (this) {
      case NONE -> {
        // Nothing to ask.
      }
      case SMTP -> {
        expect(in, "220", "220-");
        send(out, "EHLO happo-agent");
        expect(in, "250", "250-");
        send(out, "STARTTLS");
        expect(in, "220", "220-");
      }
      case IMAP -> {
        expect(in, "* OK", "");
        send(out, "a STARTTLS");
        expect(in, "a OK", "*");
      }
      case POP3 -> {
        expect(in, "+OK", "");
        send(out, "STLS");
        expect(in, "+OK", "");
      }
      case FTP -> {
        expect(in, "220", "220-");
        send(out, "AUTH TLS");
        expect(in, "234", "234-");
      }
    }
  }

  private static void send(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Reads up to the line that begins so.
   *
   * @param before how lines begin that may come before it; FTP has others too, which begin with a
   *     blank
   */
  private static void expect(InputStream in, String wanted, String before) throws IOException {
    for (int i = 0; i < MOST_LINES; i++) {
      var line = line(in);
      boolean isBefore = !before.isEmpty() && (line.startsWith(before) || line.startsWith(" "));
      if (!isBefore && line.startsWith(wanted)) {
        return;
      }
      if (!isBefore) {
        throw new IOException("the server does not go on in TLS, it says: " + line);
      }
    }
    throw new IOException("the server sends more lines than it should");
  }

  private static String line(InputStream in) throws IOException {
    var line = Lines.next(in);
    if (line == null) {
      throw new IOException("the server closed the connection before TLS began");
    }
    return line;
  }
}
