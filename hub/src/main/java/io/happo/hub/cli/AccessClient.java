package io.happo.hub.cli;

import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;

/** The client commands about tokens, users and the audit log. */
final class AccessClient {
  private final Console console;
  private final Arguments arguments;
  private final HubClient hub;

  AccessClient(Console console, Arguments arguments, HubClient hub) {
    this.console = console;
    this.arguments = arguments;
    this.hub = hub;
  }

  /** Writes the tags of {@code --tag}, if there are any. */
  static void writeTags(JsonWriter json, Arguments arguments) throws Failure {
    var tags = arguments.list("tag");
    if (!tags.isEmpty()) {
      json.key("tags").beginObject();
      for (var tag : tags) {
        int equals = tag.indexOf('=');
        if (equals < 1) {
          throw new Failure("--tag: '" + tag + "' is not NAME=VALUE");
        }
        json.member(tag.substring(0, equals), tag.substring(equals + 1));
      }
      json.endObject();
    }
  }

  /** Seconds of a time such as 30m, 12h, 7d. */
  static long seconds(String option, String text) throws Failure {
    long unit =
        text.isEmpty()
            ? 0
            : switch (text.charAt(text.length() - 1)) {
              case 's' -> 1;
              case 'm' -> 60;
              case 'h' -> 3_600;
              case 'd' -> 86_400;
              default -> 0;
            };
    try {
      if (unit > 0) {
        return Math.multiplyExact(Long.parseLong(text.substring(0, text.length() - 1)), unit);
      }
    } catch (NumberFormatException | ArithmeticException e) {
      // Told below.
    }
    throw new Failure(option + ": '" + text + "' is no time such as 30m, 12h or 7d");
  }

  int createToken() throws Failure, JsonException {
    var json =
        new JsonWriter()
            .beginObject()
            .member("ttlSeconds", seconds("--ttl", arguments.text("ttl")))
            .member("uses", arguments.number("uses"))
            .key("approve")
            .value(arguments.flag("approve"))
            .key("pin")
            .value(!arguments.flag("no-pin"));
    writeTags(json, arguments);
    var answer = hub.post("/v1/tokens", json.endObject().toString());
    console.say(
        arguments.flag("json") ? Printing.json(answer) + "\n" : answer.text("command") + "\n");
    return 0;
  }

  int tokens() throws Failure, JsonException {
    var answer = hub.get("/v1/tokens");
    var table = new TextTable("TOKEN", "MADE BY", "MADE", "UNTIL", "USES LEFT", "STATE");
    for (var token : answer.objects("tokens")) {
      boolean hasEnd = token.find("expiresAt").isPresent();
      long end = hasEnd ? token.requiredLong("expiresAt") : Long.MAX_VALUE;
      table.row(
          token.requiredLong("number"),
          token.text("createdBy"),
          Printing.time(token.requiredLong("createdAt")),
          hasEnd ? Printing.time(end) : "for ever",
          token.find("usesLeft").isPresent() ? token.requiredLong("usesLeft") : "any number",
          token.find("revokedAt").isPresent()
              ? "revoked"
              : end < System.currentTimeMillis() ? "expired" : "good");
    }
    return Printing.print(console, arguments, answer, table);
  }

  int revokeToken() throws Failure {
    var number = arguments.operands().getFirst();
    hub.send("DELETE", "/v1/tokens/" + HubClient.encoded(number), "");
    console.say("Nobody joins with token " + number + " any more.\n");
    return 0;
  }

  int users() throws Failure, JsonException {
    var answer = hub.get("/v1/users");
    var table = new TextTable("NAME", "ROLE", "SINCE");
    for (var user : answer.objects("users")) {
      table.row(
          user.text("name"), user.text("role"), Printing.time(user.requiredLong("createdAt")));
    }
    return Printing.print(console, arguments, answer, table);
  }

  int setUser() throws Failure {
    var json = new JsonWriter().beginObject();
    if (arguments.has("role")) {
      json.member("role", arguments.text("role"));
    }
    if (arguments.flag("password")) {
      json.member("password", Login.password(console, "New password: "));
    }
    hub.send(
        "PUT",
        "/v1/users/" + HubClient.encoded(arguments.operands().getFirst()),
        json.endObject().toString());
    return 0;
  }

  int removeUser() throws Failure {
    hub.send("DELETE", "/v1/users/" + HubClient.encoded(arguments.operands().getFirst()), "");
    return 0;
  }

  int audit() throws Failure, JsonException {
    var answer = hub.get("/v1/audit?limit=" + arguments.number("limit"));
    var table = new TextTable("TIME", "WHO", "DID", "TO", "DETAILS");
    for (var entry : answer.objects("entries")) {
      table.row(
          Printing.time(entry.requiredLong("time")),
          entry.text("who"),
          entry.text("action"),
          entry.text("target"),
          Printing.json(entry.requiredObject("details")));
    }
    return Printing.print(console, arguments, answer, table);
  }
}
