package io.happo.hub.cli;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The client commands about what machines have, and about agents that are asked. */
final class InventoryClient {
  private final Console console;
  private final Arguments arguments;
  private final HubClient hub;

  InventoryClient(Console console, Arguments arguments, HubClient hub) {
    this.console = console;
    this.arguments = arguments;
    this.hub = hub;
  }

  private String operand(int number) {
    return HubClient.encoded(arguments.operands().get(number));
  }

  /** What is looked for, as a query. */
  private List<String> query() {
    var query = new ArrayList<String>();
    for (var name : List.of("agent", "name")) {
      if (arguments.has(name)) {
        query.add(name + "=" + HubClient.encoded(arguments.text(name)));
      }
    }
    if (!arguments.operands().isEmpty()) {
      query.add("search=" + operand(0));
    }
    return query;
  }

  int find() throws Failure, JsonException {
    var query = query();
    var answer =
        hub.all(
            "/v1/inventory" + (query.isEmpty() ? "" : "?" + String.join("&", query)),
            "inventories");
    boolean searches = !arguments.operands().isEmpty();
    var table =
        searches
            ? new TextTable("AGENT", "LIST", "LINE")
            : new TextTable("AGENT", "LIST", "LINES", "AS IT IS FOR", "SEEN");
    for (var one : answer.objects("inventories")) {
      if (searches) {
        for (var line : one.texts("found")) {
          table.row(one.text("agent"), one.text("inventory"), line);
        }
        if (one.find("more").isPresent()) {
          var more = "(and " + one.requiredLong("more") + " more: happo-hub inventory show)";
          table.row(one.text("agent"), one.text("inventory"), more);
        }
      } else {
        table.row(
            one.text("agent"),
            one.text("inventory"),
            one.requiredLong("lines"),
            Printing.ago(one.requiredLong("since")),
            Printing.time(one.requiredLong("seen")));
      }
    }
    return Printing.print(console, arguments, answer, table);
  }

  int show() throws Failure, JsonException {
    var at = arguments.has("at") ? "?at=" + time("at") : "";
    var answer = hub.get("/v1/agents/" + operand(0) + "/inventory/" + operand(1) + at);
    console.say(arguments.flag("json") ? Printing.json(answer) + "\n" : plain(answer.text("text")));
    return 0;
  }

  /** What a machine says drives no terminal. */
  private static String plain(String text) {
    var plain = new StringBuilder();
    text.codePoints()
        .forEach(
            c ->
                plain.appendCodePoint(
                    Character.isISOControl(c) && c != '\n' && c != '\t' ? '?' : c));
    return plain.isEmpty() || plain.charAt(plain.length() - 1) == '\n'
        ? plain.toString()
        : plain.append('\n').toString();
  }

  int changes() throws Failure, JsonException {
    var query = new StringBuilder("?from=" + time("since"));
    if (arguments.has("until")) {
      query.append("&to=").append(time("until"));
    }
    if (arguments.operands().size() > 1) {
      query.append("&name=").append(operand(1));
    }
    var answer = hub.get("/v1/agents/" + operand(0) + "/inventory-changes" + query);
    if (arguments.flag("json")) {
      console.say(Printing.json(answer) + "\n");
      return 0;
    }
    for (var change : answer.objects("changes")) {
      console.say(heading(change));
      for (var line : change.texts("removed")) {
        console.say(plain("- " + line));
      }
      for (var line : change.texts("added")) {
        console.say(plain("+ " + line));
      }
    }
    if (answer.objects("changes").isEmpty()) {
      console.complain("note: nothing that is listed has changed in this time\n");
    }
    return 0;
  }

  private static String heading(JsonObject change) throws JsonException {
    return "%s: from %s to %s\n"
        .formatted(
            change.text("inventory"),
            Printing.time(change.requiredLong("from")),
            Printing.time(change.requiredLong("to")));
  }

  /** Agent by agent: all of a large fleet is more than one answer may hold. */
  int export() throws Failure, JsonException {
    boolean csv = arguments.text("format").equals("csv");
    var query = query();
    query.removeIf(one -> one.startsWith("agent="));
    boolean first = true;
    for (var agent : agents()) {
      var path = "/v1/inventory/" + (csv ? "csv" : "json") + "?agent=" + HubClient.encoded(agent);
      var more = query.isEmpty() ? "" : "&" + String.join("&", query);
      var text = new String(hub.bytes(path + more), StandardCharsets.UTF_8);
      console.say(csv && !first ? text.substring(text.indexOf('\n') + 1) : text);
      first = false;
    }
    return 0;
  }

  private List<String> agents() throws Failure, JsonException {
    if (arguments.has("agent")) {
      return List.of(arguments.text("agent"));
    }
    var agents = new ArrayList<String>();
    for (var agent : hub.all("/v1/agents", "agents").objects("agents")) {
      agents.add(agent.text("id"));
    }
    return agents;
  }

  private long time(String option) throws Failure {
    return time("--" + option, arguments.text(option), ZonedDateTime.now(ZoneId.systemDefault()));
  }

  /**
   * A time as people say it.
   *
   * @return unix milliseconds
   */
  static long time(String option, String text, ZonedDateTime now) throws Failure {
    var word = text.toUpperCase(Locale.ROOT);
    for (var day : DayOfWeek.values()) {
      if (day.name().equals(word)) {
        return begin(now.toLocalDate().with(TemporalAdjusters.previousOrSame(day)), now);
      }
    }
    if (text.equals("today")) {
      return begin(now.toLocalDate(), now);
    }
    if (text.equals("yesterday")) {
      return begin(now.toLocalDate().minusDays(1), now);
    }
    try {
      return text.indexOf('T') > 0
          ? Instant.parse(text).toEpochMilli()
          : begin(LocalDate.parse(text), now);
    } catch (DateTimeException | ArithmeticException e) {
      // Perhaps how long ago.
    }
    if (!text.matches("[0-9]+[smhd]")) {
      throw new Failure(
          option
              + ": '"
              + text
              + "' is no time: write how long ago (12h, 7d), a day (2026-11-23, monday) or a moment"
              + " (2026-11-23T14:00:00Z)");
    }
    return now.toInstant().toEpochMilli() - AccessClient.seconds(option, text) * 1_000;
  }

  private static long begin(LocalDate day, ZonedDateTime now) {
    return day.atStartOfDay(now.getZone()).toInstant().toEpochMilli();
  }

  int asked() throws Failure, JsonException {
    var answer = hub.get("/v1/classic");
    if (arguments.flag("json")) {
      console.say(Printing.json(answer) + "\n");
      return 0;
    }
    var table = new TextTable("GROUP", "ADDRESS", "PORT", "NAME", "BY");
    for (var host : answer.objects("hosts")) {
      table.row(
          host.text("group"),
          host.text("ip"),
          host.requiredLong("port"),
          host.text("hostname"),
          String.join(" > ", host.texts("proxies")));
    }
    var keys = new TextTable("ASKED FIRST", "KEY", "SINCE");
    for (var key : answer.objects("keys")) {
      keys.row(
          key.text("host") + ":" + key.requiredLong("port"),
          key.text("pin"),
          Printing.time(key.requiredLong("seenAt")));
    }
    console.say(table + "\n" + keys);
    return 0;
  }

  int add() throws Failure {
    requireGroup();
    var json =
        new JsonWriter()
            .beginObject()
            .member("group", arguments.text("group"))
            .member("ip", arguments.operands().getFirst())
            .member("port", arguments.number("port"))
            .member("hostname", arguments.text("name"))
            .key("proxies")
            .beginArray();
    arguments.list("proxy").forEach(json::value);
    hub.post("/v1/classic", json.endArray().endObject().toString());
    console.say(arguments.operands().getFirst() + " is watched.\n");
    return 0;
  }

  private void requireGroup() throws Failure {
    if (!arguments.has("group")) {
      throw new Failure("--group is missing: give its group, as --group 'shop!web'");
    }
  }

  int remove() throws Failure {
    requireGroup();
    hub.send(
        "DELETE",
        "/v1/classic/%s/%s/%d"
            .formatted(
                HubClient.encoded(arguments.text("group")), operand(0), arguments.number("port")),
        "");
    console.say(arguments.operands().getFirst() + " is watched no more.\n");
    return 0;
  }

  int forgetKey() throws Failure {
    hub.send("DELETE", "/v1/classic-keys/" + operand(0), "");
    console.say(
        "The key of " + arguments.operands().getFirst() + " is forgotten: the next one counts.\n");
    return 0;
  }
}
