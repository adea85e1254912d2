package io.happo.hub.notify;

import io.happo.core.JsonWriter;
import io.happo.hub.alert.Notice;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with names in double braces, which values take the place of: written as JSON texts without
 * their quotes, so that they cannot leave the quotes they stand in. Other braces stay.
 */
record Template(String text) {
  private static final Pattern NAME = Pattern.compile("\\{\\{ *([a-z]+) *\\}\\}");

  String fill(Notice notice, Wording wording) {
    var first = notice.first();
    var values =
        Map.of(
            "subject", wording.subject(notice),
            "text", wording.text(notice),
            "kind", notice.kind().word(),
            "agent", first.agent(),
            "check", first.check(),
            "status", first.statusWord(),
            "output", first.output(),
            "url", wording.link(notice),
            "incident", notice.incident(),
            "rule", notice.rule());
    return NAME.matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    values.containsKey(match.group(1))
                        ? quoted(values.getOrDefault(match.group(1), ""))
                        : match.group()));
  }

  private static String quoted(String value) {
    var json = new JsonWriter().value(value).toString();
    return json.substring(1, json.length() - 1);
  }
}
