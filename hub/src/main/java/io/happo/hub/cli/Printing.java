package io.happo.hub.cli;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** How answers of a hub are printed: a table, or the JSON as it came. */
final class Printing {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private Printing() {}

  /** Prints the JSON, or the table; status 0. */
  static int print(Console console, Arguments arguments, JsonObject answer, TextTable table) {
    console.say(arguments.flag("json") ? json(answer) + "\n" : table.toString());
    return 0;
  }

  /** A time in this machine's zone. */
  static String time(long millis) {
    return TIME.format(Instant.ofEpochMilli(millis).atZone(ZoneId.systemDefault()));
  }

  /** How long ago, in the largest unit that fits. */
  static String ago(long millis) {
    var since = Duration.ofMillis(Math.max(0, System.currentTimeMillis() - millis));
    if (since.toDays() > 1) {
      return since.toDays() + " d";
    }
    if (since.toHours() > 1) {
      return since.toHours() + " h";
    }
    return since.toMinutes() > 1 ? since.toMinutes() + " min" : since.toSeconds() + " s";
  }

  static String json(JsonValue value) {
    return new JsonWriter().value(value).toString();
  }
}
