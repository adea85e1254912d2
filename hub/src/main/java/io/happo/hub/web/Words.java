package io.happo.hub.web;

import io.happo.hub.store.Users.Role;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** How things are written on pages. */
final class Words {
  private static final List<String> STATUSES = List.of("ok", "warning", "critical", "unknown");

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final int LONGEST_LINE = 400;

  private Words() {}

  /** Of a status: also the name of its style. */
  static String status(int status) {
    return status >= 0 && status < STATUSES.size() ? STATUSES.get(status) : "unknown";
  }

  static int status(String word) {
    return STATUSES.indexOf(word);
  }

  /** Absolute, for those who want it and those without JavaScript. */
  static String time(long millis) {
    return TIME.format(Instant.ofEpochMilli(millis));
  }

  static String iso(long millis) {
    return Instant.ofEpochMilli(millis).toString();
  }

  /** A piece of a path or a query. */
  static String url(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Of a line that is longer than anybody reads, the beginning. */
  static String firstLine(String text) {
    int end = text.indexOf('\n');
    int most = end < 0 ? text.length() : end;
    return most > LONGEST_LINE ? text.substring(0, LONGEST_LINE) + " …" : text.substring(0, most);
  }

  /** What a plugin says to people: its output without the performance data of the first line. */
  static String said(String output) {
    var line = firstLine(output);
    int bar = line.indexOf('|');
    return (bar < 0 ? line : line.substring(0, bar)).strip();
  }

  /** The start of a fingerprint. */
  static String brief(String id) {
    return id.substring(0, Math.min(12, id.length()));
  }

  /** A number of things. */
  static String count(long number, String one, String many) {
    return String.format(Locale.ROOT, "%,d ", number) + (number == 1 ? one : many);
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** As a plan has it: {@code 90s}, {@code 5m}, {@code 1h}, {@code 1d}. */
  static String span(Duration span) {
    long seconds = span.toSeconds();
    if (seconds > 0 && seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds > 0 && seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    }
    return seconds > 0 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  static String role(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
