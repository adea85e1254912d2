package io.happo.agent.probes;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Interruptible;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a page is what is wanted, and what is said of it. */
final class PageJudge {
  private static final int LONGEST_SHOWN = 29;
  private static final int SHOWN_OF_LONGER = 26;
  private static final int SECONDS_AHEAD = 30;

  private final HttpWanted wanted;
  private final HttpTarget target;
  private final HttpPage page;
  private final List<String> words = new ArrayList<>();
  private Status status = Status.OK;

  PageJudge(HttpWanted wanted, HttpTarget target, HttpPage page) {
    this.wanted = wanted;
    this.target = target;
    this.page = page;
  }

  Status status() {
    return status;
  }

  /** What is wrong, separated by commas; empty when nothing is. */
  String words() {
    return String.join(", ", words);
  }

  /** Looks at all but the status line. */
  void look() throws CheckException, InterruptedException {
    if (wanted.maxAgeSeconds() >= 0) {
      age();
    }
    var given = wanted.given();
    var header = given.find("header-string").orElse("");
    if (!page.head().contains(header)) {
      found(Status.CRITICAL, "header '" + shown(header) + "' not found on '" + url() + "'");
    }
    var string = given.find("string").orElse("");
    var regex = wanted.regex();
    if (!string.isEmpty() || regex != null) {
      var body = page.body();
      if (!body.contains(string)) {
        found(Status.CRITICAL, "string '" + shown(string) + "' not found on '" + url() + "'");
      }
      if (regex != null && Interruptible.finds(regex, body) == given.has("invert-regex")) {
        found(Status.CRITICAL, given.has("invert-regex") ? "pattern found" : "pattern not found");
      }
    }
    int size = page.size();
    if (wanted.mostBytes() > 0 && size > wanted.mostBytes()) {
      found(Status.WARNING, "page size " + size + " too large");
    } else if (size < wanted.leastBytes()) {
      found(Status.WARNING, "page size " + size + " too small");
    }
  }

  private void found(Status worse, String what) {
    status = status.or(worse);
    words.add(what);
  }

  private String url() {
    return OneLine.of(target.url());
  }

  private static String shown(String text) {
    return OneLine.of(
        text.length() > LONGEST_SHOWN ? text.substring(0, SHOWN_OF_LONGER) + "..." : text);
  }

  private void age() {
    var served = page.field("Date");
    var modified = page.field("Last-Modified");
    if (served.isEmpty()) {
      found(Status.UNKNOWN, "Server date unknown");
      return;
    }
    if (modified.isEmpty()) {
      found(Status.CRITICAL, "Document modification date unknown");
      return;
    }
    var now = date("Server", served);
    var then = now == null ? null : date("Document", modified);
    if (now == null || then == null) {
      return;
    }
    long age = Duration.between(then, now).toSeconds();
    if (age < -SECONDS_AHEAD) {
      found(Status.CRITICAL, "Document is " + -age + " seconds in the future");
    } else if (age > wanted.maxAgeSeconds()) {
      found(Status.CRITICAL, "Last modified " + ago(age) + " ago");
    }
  }

  private @Nullable Instant date(String whose, String text) {
    try {
      return DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
    } catch (DateTimeParseException e) {
      found(Status.CRITICAL, whose + " date \"" + OneLine.of(text) + "\" unparsable");
      return null;
    }
  }

  private static String ago(long seconds) {
    long twoDays = Duration.ofDays(2).toSeconds();
    if (seconds > twoDays) {
      return Fixed.of(seconds / 86_400.0, 1) + " days";
    }
    return seconds / 3_600 + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60);
  }

  private static String two(long number) {
    return number < 10 ? "0" + number : String.valueOf(number);
  }
}
