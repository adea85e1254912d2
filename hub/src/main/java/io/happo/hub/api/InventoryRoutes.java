package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TEXTS;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.core.JsonWriter;
import io.happo.core.Nearest;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.fleet.Member;
import io.happo.hub.inventory.Csv;
import io.happo.hub.inventory.InventorySearch;
import io.happo.hub.inventory.InventorySearch.Found;
import io.happo.hub.inventory.LineChanges;
import io.happo.hub.store.Inventories.Version;
import io.happo.net.Headers;
import io.happo.net.Response;
import io.happo.net.Streamed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/** What machines have, and how it has changed. */
final class InventoryRoutes {
  private static final int MOST_LINES = 200;
  private static final int MOST_VERSIONS = 1_000;
  private static final int ALL_LINES = Integer.MAX_VALUE;
  private static final int EXPORTED_AT_ONCE = 50;
  private static final Duration A_WEEK = Duration.ofDays(7);

  private static final Field SINCE = Field.must("since", TIME, "When it was first found as it is.");
  private static final Field SEEN = Field.must("seen", TIME, "When it was last found so.");
  private static final Field LINES = Field.must("lines", WHOLE, "How many lines it has.");
  private static final Field AGENT = Field.must("agent", TEXT, "Name of the agent.");
  private static final Field AGENT_ID = Field.must("agentId", TEXT, "Its fingerprint.");
  private static final Field NAME =
      Field.must("inventory", TEXT, "Name in the plan; facts: what every agent says of itself.");
  private static final Field ASKED_NAME = Field.of("name", TEXT, "Only the list of this name.");
  private static final Field ASKED_AGENT = Field.of("agent", TEXT, "Only of this agent.");
  private static final Field SEARCH =
      Field.of("search", TEXT, "What is in a line; letter case does not matter.");

  private final Rooms rooms;
  private final InventorySearch search;

  InventoryRoutes(Rooms rooms) {
    this.rooms = rooms;
    this.search = new InventorySearch(rooms.inventories(), rooms.fleet());
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/inventory", VIEWER, "What machines have now", this::all)
            .asking(ASKED_AGENT, ASKED_NAME, SEARCH, Paging.AFTER, Paging.LIMIT)
            .giving(
                Field.list(
                    "inventories",
                    "In the order in which agents joined.",
                    List.of(
                        AGENT,
                        AGENT_ID,
                        NAME,
                        SINCE,
                        SEEN,
                        LINES,
                        Field.of("found", TEXTS, "The lines that were looked for, the first 200."),
                        Field.of("more", WHOLE, "How many there are beside these."))),
                Paging.NEXT),
        Route.of(
                "GET",
                "/v1/inventory/csv",
                VIEWER,
                "All lines of what machines have, for spreadsheets",
                this::csv)
            .asking(ASKED_AGENT, ASKED_NAME, SEARCH)
            .givingText("text/csv; charset=utf-8"),
        Route.of(
                "GET",
                "/v1/inventory/json",
                VIEWER,
                "All lines of what machines have, a JSON object on each line for each list",
                this::json)
            .asking(ASKED_AGENT, ASKED_NAME, SEARCH)
            .givingText("application/x-ndjson"),
        Route.of(
                "GET",
                "/v1/agents/:agent/inventory/:name",
                VIEWER,
                "What one machine has, or had at a time",
                this::one)
            .asking(Field.of("at", TIME, "As it was then; now unless given."))
            .giving(
                AGENT, AGENT_ID, NAME, SINCE, SEEN, LINES, Field.must("text", TEXT, "All of it.")),
        Route.of(
                "GET",
                "/v1/agents/:agent/inventory/:name/versions",
                VIEWER,
                "When it changed",
                this::versions)
            .giving(Field.list("versions", "The newest first.", List.of(SINCE, SEEN, LINES))),
        Route.of(
                "GET",
                "/v1/agents/:agent/inventory-changes",
                VIEWER,
                "What has changed at a machine between two times",
                this::changes)
            .asking(
                Field.of("from", TIME, "A week ago unless given."),
                Field.of("to", TIME, "Now unless given."),
                ASKED_NAME)
            .giving(
                Field.list(
                    "changes",
                    "Of each list that is other than it was.",
                    List.of(
                        NAME,
                        Field.must("from", TIME, "Since when the earlier one had been so."),
                        Field.must("to", TIME, "Since when the later one was so."),
                        Field.must("added", TEXTS, "Lines that the later one has more."),
                        Field.must("removed", TEXTS, "Lines that it has no more.")))));
  }

  private InventorySearch.Query query(Call call) throws NoSuchAgentException {
    var agent = call.query("agent");
    return new InventorySearch.Query(
        agent.isPresent()
            ? OptionalLong.of(rooms.fleet().find(agent.get()).number())
            : OptionalLong.empty(),
        call.query("name").orElse(""),
        call.query("search").orElse(""));
  }

  private Response all(Call call) throws ApiException, NoSuchAgentException {
    var query = query(call);
    var paging = Paging.of(call);
    int lines = query.text().isEmpty() ? 0 : MOST_LINES;
    var part = search.find(query, paging.after(), paging.limit(), lines);
    return Replies.ok(
        json -> {
          json.key("inventories").beginArray();
          for (var found : part.found()) {
            write(json.beginObject(), found.member(), found.version());
            if (!query.text().isEmpty()) {
              json.key("found").beginArray();
              found.lines().forEach(json::value);
              json.endArray();
              if (found.more() > 0) {
                json.member("more", found.more());
              }
            }
            json.endObject();
          }
          json.endArray();
          part.next().ifPresent(next -> json.member("next", next));
        });
  }

  private static void write(JsonWriter json, Member member, Version version) {
    json.member("agent", member.name())
        .member("agentId", member.id())
        .member("inventory", version.name());
    write(json, version);
  }

  private static void write(JsonWriter json, Version version) {
    json.member("since", version.since())
        .member("seen", version.seen())
        .member("lines", version.lines());
  }

  /** Writes what was found, some of it. */
  @FunctionalInterface
  private interface Form {
    void write(StringBuilder text, Found found);
  }

  private Response csv(Call call) throws NoSuchAgentException {
    return exported(
        call,
        "text/csv; charset=utf-8",
        "inventory.csv",
        Csv.line("agent", "fingerprint", "inventory", "since", "line"),
        (text, found) -> {
          var since = Instant.ofEpochMilli(found.version().since()).toString();
          for (var line : found.lines()) {
            text.append(
                Csv.line(
                    found.member().name(),
                    found.member().id(),
                    found.version().name(),
                    since,
                    line));
          }
        });
  }

  private Response json(Call call) throws NoSuchAgentException {
    return exported(
        call,
        "application/x-ndjson",
        "inventory.ndjson",
        "",
        (text, found) -> {
          var json = new JsonWriter().beginObject();
          write(json, found.member(), found.version());
          json.key("text").beginArray();
          found.lines().forEach(json::value);
          text.append(json.endArray().endObject()).append('\n');
        });
  }

  /** Bit by bit: that of a large fleet is more than fits into memory. */
  private Response exported(Call call, String type, String file, String head, Form form)
      throws NoSuchAgentException {
    var query = query(call);
    if (query.agent().isPresent()) {
      var text = new StringBuilder(head);
      search.find(query, 0, 1, ALL_LINES).found().forEach(found -> form.write(text, found));
      return Replies.text(type, text.toString());
    }
    return Response.streamed(
        Headers.of(
            "Content-Type",
            type,
            "Content-Disposition",
            "attachment; filename=\"" + file + "\"",
            "Cache-Control",
            "no-store",
            "X-Content-Type-Options",
            "nosniff"),
        output -> export(query, head, form, output));
  }

  private void export(InventorySearch.Query query, String head, Form form, Streamed.Output output)
      throws IOException {
    output.write(head.getBytes(StandardCharsets.UTF_8));
    var next = OptionalLong.of(0);
    while (next.isPresent()) {
      var part = search.find(query, next.getAsLong(), EXPORTED_AT_ONCE, ALL_LINES);
      var text = new StringBuilder();
      part.found().forEach(found -> form.write(text, found));
      output.write(text.toString().getBytes(StandardCharsets.UTF_8));
      next = part.next();
    }
  }

  private Response one(Call call) throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().find(call.path("agent"));
    long at = CheckRoutes.time(call, "at", Long.MAX_VALUE);
    var kept =
        rooms
            .inventories()
            .find(member.number(), call.path("name"), at)
            .orElseThrow(() -> unknown(member, call.path("name")));
    return Replies.ok(
        json -> {
          write(json, member, kept.version());
          json.member("text", kept.text());
        });
  }

  private ApiException unknown(Member member, String name) {
    var names = rooms.inventories().ofAgent(member.number()).stream().map(Version::name).toList();
    return new ApiException(
        404,
        "there is no inventory '"
            + name
            + "' of "
            + member.name()
            + " yet: when its plan has that, the first comes within a minute or so"
            + Nearest.suggestion(name, names));
  }

  private Response versions(Call call) throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().find(call.path("agent"));
    var name = call.path("name");
    var versions = rooms.inventories().versions(member.number(), name, MOST_VERSIONS);
    if (versions.isEmpty()) {
      throw unknown(member, name);
    }
    return Replies.ok(
        json -> {
          json.key("versions").beginArray();
          for (var version : versions) {
            write(json.beginObject(), version);
            json.endObject();
          }
          json.endArray();
        });
  }

  private Response changes(Call call) throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().find(call.path("agent"));
    long to = CheckRoutes.time(call, "to", rooms.clock().millis());
    long from = CheckRoutes.time(call, "from", to - A_WEEK.toMillis());
    if (from > to) {
      throw new ApiException(400, "from is later than to: give the earlier time as from");
    }
    var name = call.query("name").orElse("");
    var known = rooms.inventories().ofAgent(member.number());
    if (!name.isEmpty() && known.stream().noneMatch(one -> one.name().equals(name))) {
      throw unknown(member, name);
    }
    return Replies.ok(
        json -> {
          json.key("changes").beginArray();
          for (var one : known) {
            if (name.isEmpty() || one.name().equals(name)) {
              write(json, member, one.name(), from, to);
            }
          }
          json.endArray();
        });
  }

  private void write(JsonWriter json, Member member, String name, long from, long to) {
    var earlier = rooms.inventories().find(member.number(), name, from);
    var later = rooms.inventories().find(member.number(), name, to);
    if (earlier.isEmpty() || later.isEmpty() || earlier.get().equals(later.get())) {
      return;
    }
    var changes = LineChanges.between(earlier.get().text(), later.get().text());
    if (changes.isEmpty()) {
      return;
    }
    json.beginObject()
        .member("inventory", name)
        .member("from", earlier.get().version().since())
        .member("to", later.get().version().since())
        .key("added")
        .beginArray();
    changes.added().forEach(json::value);
    json.endArray().key("removed").beginArray();
    changes.removed().forEach(json::value);
    json.endArray().endObject();
  }
}
