package io.happo.agent.probes;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What {@code check_ssl_cert} finds in all files that a path with {@code *} in its parts stands
 * for: the worst first. A {@code *} stands for any characters within a name, but for none that
 * begins with a point, as in a shell. Of one run.
 */
final class CertificateFiles {
  static final String DOC =
      "Look at a file (PEM or DER) instead; * in its path stands for any characters of a name, and"
          + " at most 1,000 files are looked at, the worst of which is told first.";

  private static final int MOST_FILES = 1_000;

  /** Beside the worst; those that are well are not told at all, but with {@code -v}. */
  private static final int MOST_TOLD = 50;

  private final Given given;
  private final Machine machine;
  private final List<Path> files = new ArrayList<>();
  private String closed = "";

  CertificateFiles(Given given, Machine machine) {
    this.given = given;
    this.machine = machine;
  }

  /** Whether a path stands for several. */
  static boolean isPattern(String path) {
    return path.indexOf('*') >= 0;
  }

  /**
   * What was found in a file.
   *
   * @param text for people
   * @param days until the first of its certificates expires; nothing is known of that when it could
   *     not be read
   */
  private record One(Status status, String text, long days) {
    static final long NOT_KNOWN = Long.MAX_VALUE;

    /** The worse and the sooner comes first. */
    static int compare(One a, One b) {
      return a.status == b.status
          ? Long.compare(a.days, b.days)
          : a.status.or(b.status) == a.status ? -1 : 1;
    }
  }

  Finding judge(String pattern) throws UsageException, CheckException, InterruptedException {
    // What is wrong with the options is told also where there is no file.
    var _ = new ChainJudge(given);
    int first = pattern.startsWith("/") ? 1 : 0;
    expand(
        Path.of(first == 1 ? "/" : "").toAbsolutePath(),
        pattern.substring(first).split("/", -1),
        0);
    if (files.isEmpty()) {
      throw CheckException.unknown(
          "there is no file "
              + OneLine.of(pattern)
              + (closed.isEmpty()
                  ? ""
                  : " that the agent may see: it may not look into " + OneLine.of(closed)));
    }
    var found = new ArrayList<One>();
    for (var file : files) {
      found.add(look(file));
    }
    found.sort(One::compare);
    return finding(found);
  }

  private void expand(Path folder, String[] parts, int at)
      throws CheckException, InterruptedException {
    if (at == parts.length) {
      if (files.size() == MOST_FILES) {
        throw CheckException.unknown(
            "more than " + MOST_FILES + " files have such names; name them more narrowly");
      }
      files.add(folder);
      return;
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (!isPattern(parts[at])) {
      var next = folder.resolve(parts[at]);
      if (at + 1 < parts.length ? Files.isDirectory(next) : Files.isRegularFile(next)) {
        expand(next, parts, at + 1);
      }
      return;
    }
    var names = folder.toFile().list();
    if (names == null) {
      closed = closed.isEmpty() && Files.isDirectory(folder) ? folder.toString() : closed;
      return;
    }
    Arrays.sort(names);
    for (var name : names) {
      var next = folder.resolve(name);
      if (matches(parts[at], name)
          && (at + 1 < parts.length ? Files.isDirectory(next) : Files.isRegularFile(next))) {
        expand(next, parts, at + 1);
      }
    }
  }

  /** Goes back to the last star alone: what is behind it is tried further on. */
  static boolean matches(String pattern, String name) {
    if (name.startsWith(".") && !pattern.startsWith(".")) {
      return false;
    }
    int p = 0;
    int n = 0;
    int star = -1;
    int mark = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        mark = n;
      } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++mark;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  private One look(Path file) throws UsageException, InterruptedException {
    try {
      var found = CheckSslCert.read(file);
      var now = machine.clock().instant();
      long days = One.NOT_KNOWN;
      for (var certificate : found.chain()) {
        var end = certificate.getNotAfter().toInstant();
        days = Math.min(days, Duration.between(now, end).toDays());
      }
      var finding =
          new ChainJudge(given)
              .of(found.chain(), given.find("host"), now, found.where(), found.how());
      // What comes from outside has no bar in it: behind the first there are figures.
      int bar = finding.output().indexOf('|');
      return new One(finding.status(), finding.output().substring(0, bar), days);
    } catch (CheckException e) {
      return new One(e.status(), "SSL_CERT " + String.valueOf(e.getMessage()), One.NOT_KNOWN);
    }
  }

  private Finding finding(List<One> found) {
    int bad = 0;
    for (var one : found) {
      bad += one.status() == Status.OK ? 0 : 1;
    }
    var worst = found.getFirst();
    var text = new StringBuilder(worst.text());
    text.append("; ").append(found.size()).append(found.size() == 1 ? " file" : " files");
    text.append(", ").append(bad).append(" not OK|").append(perfdata(found));
    int told = given.has("verbose") ? found.size() : bad;
    for (int i = 1; i < Math.min(told, MOST_TOLD + 1); i++) {
      text.append('\n').append(found.get(i).text());
    }
    if (told > MOST_TOLD + 1) {
      text.append("\n... and ").append(told - MOST_TOLD - 1).append(" more");
    }
    return new Finding(worst.status(), text.toString());
  }

  /** How many files there are, and in how many days the first certificate of all expires. */
  private PerfdataText perfdata(List<One> found) {
    long least = One.NOT_KNOWN;
    for (var one : found) {
      least = Math.min(least, one.days());
    }
    var perfdata = new PerfdataText();
    if (least != One.NOT_KNOWN) {
      perfdata.raw(
          "days_least", least + ";" + given.text("warning") + ";" + given.text("critical") + ";;");
    }
    perfdata.raw("files", found.size() + ";;;0");
    return perfdata;
  }
}
