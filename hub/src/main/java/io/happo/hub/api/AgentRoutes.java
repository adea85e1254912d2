package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.FLAG;
import static io.happo.hub.api.Field.Kind.MAP;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TEXTS;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.OPERATOR;
import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.core.link.LinkMessage;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.fleet.Member;
import io.happo.hub.store.Agents.State;
import io.happo.net.Response;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** The agents: who there is, and who is let in. */
final class AgentRoutes {
  private static final int MAX_NAME = 255;

  private static final List<Field> AGENT =
      List.of(
          Field.must("id", TEXT, "Fingerprint of its key."),
          Field.must("number", WHOLE, "What its results are kept under."),
          Field.must("name", TEXT, "What people call it."),
          Field.must("state", TEXT, "pending, joined, revoked or left."),
          Field.must("presence", TEXT, "connected, waiting, stopped, lost or not_seen."),
          Field.must("duplicate", FLAG, "Whether another machine comes with the same key."),
          Field.must("presenceSince", TIME, "Since when."),
          Field.must("tags", MAP, "Tags."),
          Field.must("version", TEXT, "Of its program."),
          Field.must("joinedAt", TIME, "When it joined."),
          Field.must("lastSeenAt", TIME, "When it last came."),
          Field.must("via", TEXT, "How it found the hub: dns, remembered, learnt or literal."),
          Field.must("planReported", TEXT, "Hash of the plan that it last spoke of."),
          Field.must("planProblems", TEXTS, "Why it did not apply that."));

  private static final List<Field> AGENT_WITH_FACTS =
      java.util.stream.Stream.concat(
              AGENT.stream(),
              java.util.stream.Stream.of(
                  Field.must("facts", MAP, "What it found out about its machine."),
                  Field.must(
                      "planLeftOut", TEXTS, "Checks meant for it that its plan lacks, and why.")))
          .toList();

  private final Rooms rooms;

  AgentRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/agents", VIEWER, "The agents", this::all)
            .asking(
                Field.of("state", TEXT, "connected, away, pending, revoked or duplicate."),
                Field.of("tag", TEXT, "NAME=VALUE that they must have."),
                Field.of(
                    "search",
                    TEXT,
                    "What is in their name or in NAME=VALUE of a tag, or begins their fingerprint;"
                        + " letter case does not matter."),
                Paging.AFTER,
                Paging.LIMIT)
            .giving(Field.list("agents", "In the order in which they joined.", AGENT), Paging.NEXT),
        Route.of("GET", "/v1/agents/:agent", VIEWER, "One agent, by name or fingerprint", this::one)
            .giving(AGENT_WITH_FACTS),
        Route.of("PATCH", "/v1/agents/:agent", OPERATOR, "Rename or tag an agent", this::edit)
            .taking(
                Field.of("name", TEXT, "Its new name."),
                Field.of("tags", MAP, "Tags to set; an empty value takes one away.")),
        Route.of(
            "POST",
            "/v1/agents/:agent/approve",
            OPERATOR,
            "Let an agent in that waits, or was taken out",
            this::approve),
        Route.of("POST", "/v1/agents/:agent/revoke", OPERATOR, "Take an agent out", this::revoke));
  }

  private Response all(Call call) throws ApiException {
    var state = call.query("state").orElse("");
    var tag = call.query("tag").orElse("");
    int equals = tag.indexOf('=');
    if (!tag.isEmpty() && equals < 1) {
      throw new ApiException(400, "tag is '" + tag + "', expected NAME=VALUE");
    }
    if (!List.of("", "connected", "away", "pending", "revoked", "duplicate").contains(state)) {
      throw new ApiException(
          400, "state is '" + state + "', expected connected, away, pending, revoked or duplicate");
    }
    var search = call.query("search").orElse("").toLowerCase(Locale.ROOT);
    var paging = Paging.of(call);
    var found =
        rooms.fleet().all().stream()
            .filter(member -> member.number() > paging.after())
            .filter(member -> isIn(member, state) && (tag.isEmpty() || hasTag(member, tag, equals)))
            .filter(member -> search.isEmpty() || isMeant(member, search))
            .sorted(Comparator.comparingLong(Member::number))
            .limit(paging.limit() + 1L)
            .toList();
    return Replies.ok(
        json ->
            paging.write(
                json,
                "agents",
                found,
                Member::number,
                member -> {
                  write(json.beginObject(), member);
                  json.endObject();
                }));
  }

  private static boolean hasTag(Member member, String tag, int equals) {
    return tag.substring(equals + 1).equals(member.agent().tags().get(tag.substring(0, equals)));
  }

  /** By what a person would type, in small letters. */
  private static boolean isMeant(Member member, String search) {
    var agent = member.agent();
    return agent.name().toLowerCase(Locale.ROOT).contains(search)
        || agent.id().startsWith(search)
        || agent.tags().entrySet().stream()
            .anyMatch(
                tag ->
                    (tag.getKey() + "=" + tag.getValue())
                        .toLowerCase(Locale.ROOT)
                        .contains(search));
  }

  private static boolean isIn(Member member, String state) {
    var standing = member.agent().state();
    return switch (state) {
      case "connected" -> member.isConnected();
      case "away" -> standing == State.JOINED && !member.isConnected();
      case "pending" -> standing == State.PENDING;
      case "revoked" -> standing == State.REVOKED;
      case "duplicate" -> member.isDuplicate();
      default -> standing != State.LEFT;
    };
  }

  private static void write(JsonWriter json, Member member) {
    var agent = member.agent();
    var presence = member.presence();
    json.member("id", agent.id())
        .member("number", agent.number())
        .member("name", agent.name())
        .member("state", agent.state().name().toLowerCase(Locale.ROOT))
        .member("presence", presence.kind().word())
        .member("presenceSince", presence.since())
        .key("duplicate")
        .value(member.isDuplicate())
        .key("tags");
    LinkMessage.write(json, agent.tags());
    json.member("version", agent.version())
        .member("joinedAt", agent.joinedAt())
        .member("lastSeenAt", agent.lastSeenAt())
        .member("via", agent.via())
        .member("planReported", agent.planReported())
        .key("planProblems");
    LinkMessage.write(json, agent.planProblems());
  }

  private Response one(Call call) throws NoSuchAgentException {
    var member = rooms.fleet().find(call.path("agent"));
    return Replies.ok(
        json -> {
          write(json, member);
          json.key("facts");
          LinkMessage.write(json, member.agent().facts());
          json.key("planLeftOut");
          LinkMessage.write(json, member.planProblems());
        });
  }

  private Response edit(Call call) throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().find(call.path("agent"));
    var name = call.text("name");
    if (name.length() > MAX_NAME || !name.strip().equals(name)) {
      throw new ApiException(400, "a name has at most 255 characters, and no blanks around it");
    }
    var before = member.name();
    try {
      var details = new TreeMap<>(LinkMessage.texts(call.body(), "tags"));
      if (!details.isEmpty()) {
        rooms.fleet().tag(member, details);
      }
      if (!name.isEmpty()) {
        rooms.fleet().rename(member, name);
        details.put("name", name);
      }
      rooms.did(call.caller(), "agent.edit", before, details);
    } catch (JsonException | IllegalArgumentException e) {
      throw new ApiException(400, String.valueOf(e.getMessage()));
    }
    rooms.sessions().offerPlan(member);
    rooms.intake().lookAgain();
    return Replies.done();
  }

  private Response approve(Call call) throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().find(call.path("agent"));
    if (!rooms.fleet().approve(member)) {
      throw new ApiException(
          409,
          member.name()
              + " neither waits for approval nor was taken out: it is "
              + member.agent().state().name().toLowerCase(Locale.ROOT));
    }
    rooms.sessions().comeAgain(member);
    rooms.did(call.caller(), "agent.approve", member.name());
    return Replies.done();
  }

  private Response revoke(Call call) throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().find(call.path("agent"));
    if (!rooms.fleet().revoke(member)) {
      throw new ApiException(409, member.name() + " was taken out already");
    }
    rooms.sessions().revoked(member);
    rooms.did(call.caller(), "agent.revoke", member.name());
    return Replies.done();
  }
}
