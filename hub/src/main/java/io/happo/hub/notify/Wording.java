package io.happo.hub.notify;

import io.happo.hub.alert.Notice;
import io.happo.hub.alert.Subject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What a notice says to people. */
final class Wording {
  /** Of what came at once, so many are named. */
  private static final int MOST_NAMED = 50;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss zzz", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private final String url;

  /**
   * @param url of the hub
   */
  Wording(String url) {
    this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  String subject(Notice notice) {
    var line = notice.things().size() == 1 ? notice.first().firstLine() : "";
    return notice.subject() + (line.isEmpty() ? "" : " - " + line);
  }

  /** Where people see more of it. */
  String link(Notice notice) {
    var first = notice.first();
    if (notice.things().size() > 1 || first.agentId().isEmpty()) {
      return url + "/";
    }
    var agent = url + "/agents/" + first.agentId();
    return new Subject(0, first.check()).isAgent()
        ? agent
        : agent
            + "/checks/"
            + URLEncoder.encode(first.check(), StandardCharsets.UTF_8).replace("+", "%20");
  }

  String text(Notice notice) {
    var text = new StringBuilder();
    int named = 0;
    for (var thing : notice.things()) {
      if (named++ == MOST_NAMED) {
        text.append("and ").append(notice.things().size() - MOST_NAMED).append(" more\n");
        break;
      }
      text.append(thing.statusWord()).append(": ").append(thing.title()).append('\n');
      if (notice.things().size() == 1) {
        one(notice, thing, text);
      } else if (!thing.firstLine().isEmpty()) {
        text.append("  ").append(thing.firstLine()).append('\n');
      }
    }
    return text.append('\n')
        .append(link(notice))
        .append("\nTold by the rule '")
        .append(notice.rule())
        .append("' of Happo.\n")
        .toString();
  }

  private static void one(Notice notice, Notice.Thing thing, StringBuilder text) {
    text.append('\n').append(thing.output().strip()).append("\n\n");
    if (!thing.comment().isEmpty()) {
      text.append("Known to ").append(thing.comment()).append('\n');
    }
    text.append("Since ")
        .append(TIME.format(Instant.ofEpochMilli(thing.since())))
        .append(", for ")
        .append(lasting(notice.time() - thing.since()))
        .append('\n');
  }

  /** For people: the two largest units. */
  static String lasting(long millis) {
    var time = Duration.ofMillis(Math.max(0, millis));
    if (time.toDays() > 0) {
      return time.toDays() + " d " + time.toHoursPart() + " h";
    }
    if (time.toHours() > 0) {
      return time.toHours() + " h " + time.toMinutesPart() + " min";
    }
    return time.toMinutes() > 0
        ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
        : time.toSeconds() + " s";
  }
}
