package io.happo.agent.probes;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Interruptible;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.PosixRegex;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import io.happo.net.CertificateJudge;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** What {@code check_ssl_cert} finds in a chain of certificates. Of one run. */
final class ChainJudge {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss yyyy 'GMT'", Locale.ENGLISH);

  private final Given given;
  private final List<Pattern> commonNames = new ArrayList<>();
  private final List<Pattern> issuers = new ArrayList<>();
  private final List<Pattern> subjects = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final PerfdataText perfdata = new PerfdataText();
  private final Duration warning;
  private final Duration critical;
  private Status status = Status.OK;

  ChainJudge(Given given) throws UsageException {
    this.given = given;
    fill(commonNames, "cn");
    fill(issuers, "issuer");
    fill(subjects, "org");
    warning = Duration.ofDays(given.whole("warning"));
    critical = Duration.ofDays(given.whole("critical"));
    if (critical.compareTo(warning) > 0) {
      throw new UsageException("-c (--critical) has more days than -w (--warning); swap them");
    }
  }

  private void fill(List<Pattern> patterns, String option) throws UsageException {
    for (var text : given.all(option)) {
      patterns.add(PosixRegex.extended(text, true));
    }
  }

  /**
   * Judges.
   *
   * @param host that was asked; empty for a file
   * @param how it was asked, for people; may be empty
   */
  Finding of(
      List<X509Certificate> chain, Optional<String> host, Instant now, String where, String how)
      throws CheckException, InterruptedException {
    var leaf = chain.getFirst();
    for (int i = 0; i < chain.size(); i++) {
      date(chain.get(i), i + 1, now);
    }
    boolean isOver = status == Status.CRITICAL && !isGood(leaf, now);
    names(leaf, host);
    if (!isOver && !given.has("noauth") && (host.isPresent() || given.has("rootcert"))) {
      authority(chain);
    }
    var end = leaf.getNotAfter().toInstant();
    var text = new StringBuilder("SSL_CERT ").append(status).append(" - ").append(where);
    text.append(": certificate '").append(commonName(leaf.getSubjectX500Principal().getName()));
    text.append("' from '").append(commonName(leaf.getIssuerX500Principal().getName()));
    text.append("' valid until ").append(date(end));
    if (end.isAfter(now)) {
      text.append(" (expires in ").append(Duration.between(now, end).toDays()).append(" days)");
    }
    for (var problem : problems) {
      text.append(", ").append(OneLine.of(problem));
    }
    text.append('|').append(perfdata);
    if (given.has("verbose") && !how.isEmpty()) {
      text.append('\n').append(OneLine.of(how));
    }
    return new Finding(status, text.toString());
  }

  private static String date(Instant instant) {
    return DATE.format(instant.atOffset(ZoneOffset.UTC));
  }

  private static String commonName(String name) {
    return OneLine.of(CertificateExpiry.commonName(name));
  }

  private void found(Status worse, String problem) {
    status = status.or(worse);
    problems.add(problem);
  }

  private static boolean isGood(X509Certificate certificate, Instant now) {
    return !now.isBefore(certificate.getNotBefore().toInstant())
        && now.isBefore(certificate.getNotAfter().toInstant());
  }

  private void date(X509Certificate certificate, int number, Instant now) {
    var left = Duration.between(now, certificate.getNotAfter().toInstant());
    perfdata.raw(
        "days_chain_elem" + number,
        left.toDays() + ";" + warning.toDays() + ";" + critical.toDays() + ";;");
    var whose =
        number == 1
            ? "it"
            : "the certificate '"
                + commonName(certificate.getSubjectX500Principal().getName())
                + "' of its chain";
    if (!left.isPositive()) {
      found(Status.CRITICAL, whose + " has expired");
    } else if (now.isBefore(certificate.getNotBefore().toInstant())) {
      found(
          Status.CRITICAL,
          whose + " is good only from " + date(certificate.getNotBefore().toInstant()) + " on");
    } else if (left.compareTo(critical) <= 0) {
      found(Status.CRITICAL, whose + " expires in " + critical.toDays() + " days or sooner");
    } else if (left.compareTo(warning) <= 0) {
      found(Status.WARNING, whose + " expires in " + warning.toDays() + " days or sooner");
    }
  }

  private void names(X509Certificate leaf, Optional<String> host)
      throws CheckException, InterruptedException {
    var wanted = new ArrayList<>(given.all("match"));
    if (wanted.isEmpty() && host.isPresent() && !given.has("ignore-host-cn")) {
      wanted.add(given.find("sni").orElse(host.get()));
    }
    for (var name : wanted) {
      try {
        CertificateJudge.checkName(leaf, name);
      } catch (CertificateException e) {
        found(Status.CRITICAL, String.valueOf(e.getMessage()));
      }
    }
    var subject = leaf.getSubjectX500Principal().getName();
    match(commonNames, CertificateExpiry.commonName(subject), "its common name");
    match(issuers, leaf.getIssuerX500Principal().getName(), "its issuer");
    match(subjects, subject, "its subject");
  }

  private void match(List<Pattern> patterns, String text, String what)
      throws CheckException, InterruptedException {
    boolean isFound = patterns.isEmpty();
    for (var pattern : patterns) {
      isFound |= Interruptible.finds(pattern, text);
    }
    if (!isFound) {
      found(Status.CRITICAL, what + " is '" + text + "', which is not what is wanted");
    }
  }

  private void authority(List<X509Certificate> chain) throws CheckException {
    boolean isOwn = isSelfSigned(chain.getFirst());
    if (isOwn && given.has("selfsigned")) {
      return;
    }
    var file = given.find("rootcert");
    try {
      var authorities =
          file.isPresent() ? CertificateJudge.read(Path.of(file.get())) : CertificateJudge.system();
      authorities.check(chain);
    } catch (CertificateException e) {
      found(
          Status.CRITICAL,
          isOwn
              ? "it is signed by itself, which -s (--selfsigned) allows"
              : String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw CheckException.unknown(Reach.words(e));
    }
  }

  private static boolean isSelfSigned(X509Certificate certificate) {
    try {
      certificate.verify(certificate.getPublicKey());
      return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
