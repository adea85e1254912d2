package io.happo.net;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

/**
 * The first bytes of an answer: status line and header fields, with those that the server itself
 * answers for.
 */
final class AnswerHead {
  private static final List<String> OURS =
      List.of("content-length", "transfer-encoding", "connection", "date");
  private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  private static final String[] MONTHS = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };

  private AnswerHead() {}

  /**
   * The head of an answer.
   *
   * @param keep whether the connection stays open after it
   * @throws IllegalArgumentException when a field holds what would end it
   */
  static byte[] of(String version, Response response, boolean keep) {
    var head = new StringBuilder(256);
    head.append(version)
        .append(' ')
        .append(response.status())
        .append(' ')
        .append(Reasons.of(response.status()));
    head.append("\r\n");
    boolean upgrade = response.status() == 101;
    for (var field : response.headers().fields()) {
      if (upgrade || OURS.stream().noneMatch(field.getKey()::equalsIgnoreCase)) {
        append(head, field.getKey(), field.getValue());
      }
    }
    append(head, "Date", date(LocalDateTime.now(ZoneOffset.UTC)));
    if (!isBodiless(response.status()) && response.streamed().isEmpty()) {
      append(head, "Content-Length", Integer.toString(response.body().length));
    }
    if (!upgrade && keep != version.equals("HTTP/1.1")) {
      append(head, "Connection", keep ? "keep-alive" : "close");
    }
    return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Whether an answer of this status has no body at all (RFC 9110, 6.4.1). */
  static boolean isBodiless(int status) {
    return status < 200 || status == 204 || status == 304;
  }

  /** Appends one header field, of an answer or of a request. */
  static void append(StringBuilder head, String name, String value) {
    if (!Characters.isToken(name) || !Characters.all(value, Characters::isOfField)) {
      throw new IllegalArgumentException(
          "header field " + name + " cannot be sent: it holds a control character");
    }
    head.append(name).append(": ").append(value).append("\r\n");
  }

  // By hand: the JDK's formatter would load the texts of all languages for this one.
  private static String date(LocalDateTime now) {
    var date = new StringBuilder(29);
    date.append(DAYS[now.getDayOfWeek().getValue() - 1]).append(", ");
    append(date, now.getDayOfMonth());
    date.append(' ').append(MONTHS[now.getMonthValue() - 1]).append(' ').append(now.getYear());
    append(date.append(' '), now.getHour());
    append(date.append(':'), now.getMinute());
    append(date.append(':'), now.getSecond());
    return date.append(" GMT").toString();
  }

  private static void append(StringBuilder date, int twoDigits) {
    date.append((char) ('0' + twoDigits / 10)).append((char) ('0' + twoDigits % 10));
  }
}
