package io.happo.agent.probes;

import io.happo.agent.checks.Finding;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * How long a certificate is still good, in the words of the plugins' option {@code -C} (or {@code
 * -D}).
 *
 * @param warningDays WARNING when it is good for so many days or fewer
 * @param criticalDays CRITICAL when it is good for so many days or fewer, and not for more than
 *     {@code warningDays}
 */
record CertificateExpiry(int warningDays, int criticalDays) {
  /** As strftime(3) writes {@code %c %z}. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy xx", Locale.ENGLISH);

  /** Reads {@code DAYS[,DAYS]}. */
  static CertificateExpiry of(String option, String text) throws UsageException {
    int comma = text.indexOf(',');
    int warning = days(option, comma < 0 ? text : text.substring(0, comma));
    return new CertificateExpiry(warning, comma < 0 ? 0 : days(option, text.substring(comma + 1)));
  }

  private static int days(String option, String text) throws UsageException {
    try {
      int days = Integer.parseInt(text);
      if (days >= 0) {
        return days;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new UsageException(option + ": '" + text + "' is no number of days");
  }

  /** Judges a certificate. */
  Finding of(X509Certificate certificate, Instant now) {
    var end = certificate.getNotAfter().toInstant();
    var name = "Certificate '" + OneLine.of(commonName(certificate)) + "' ";
    var date = DATE.format(end.atOffset(ZoneOffset.UTC));
    var left = Duration.between(now, end);
    long days = left.toDays();
    if (left.isNegative()) {
      return finding(Status.CRITICAL, name + "expired on " + date + ".");
    }
    var status = days > criticalDays ? Status.WARNING : Status.CRITICAL;
    if (days == 0) {
      boolean isHours = left.toHours() > 0;
      return finding(
          status,
          name
              + "expires in "
              + (isHours ? left.toHours() + " hours" : left.toMinutes() + " minutes")
              + " ("
              + date
              + ")");
    }
    return days <= warningDays
        ? finding(status, name + "expires in " + days + " day(s) (" + date + ").")
        : finding(Status.OK, name + "will expire on " + date + ".");
  }

  private static Finding finding(Status status, String words) {
    return new Finding(status, status + " - " + words);
  }

  /** The name whose certificate it is, without the rest of its subject. */
  static String commonName(X509Certificate certificate) {
    return commonName(certificate.getSubjectX500Principal().getName());
  }

  /**
   * The CN of a distinguished name.
   *
   * @param name as of RFC 2253: {@code CN=a\,b,O=c}
   */
  static String commonName(String name) {
    int at = 0;
    while (!name.startsWith("CN=", at)) {
      at = end(name, at) + 1;
      if (at > name.length()) {
        return "Unknown CN";
      }
    }
    var text = new StringBuilder();
    int end = end(name, at);
    for (int i = at + 3; i < end; i++) {
      i += name.charAt(i) == '\\' && i + 1 < name.length() ? 1 : 0;
      text.append(name.charAt(i));
    }
    return text.toString();
  }

  /** Where a part of a name ends: a comma or a plus that is not behind a backslash, or its end. */
  private static int end(String name, int from) {
    int at = from;
    while (at < name.length() && ",+".indexOf(name.charAt(at)) < 0) {
      at += name.charAt(at) == '\\' ? 2 : 1;
    }
    return Math.min(at, name.length());
  }
}
