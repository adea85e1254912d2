package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.FLAG;
import static io.happo.hub.api.Field.Kind.MAP;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.ADMIN;
import static io.happo.hub.store.Users.Role.OPERATOR;
import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.core.link.JoinToken;
import io.happo.core.link.LinkMessage;
import io.happo.hub.store.ApiTokens;
import io.happo.hub.store.StoreException;
import io.happo.hub.store.Tokens;
import io.happo.net.Headers;
import io.happo.net.Response;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Who may do what: sessions, users, API tokens, tokens to join with, the audit log, the hub itself.
 */
final class AccessRoutes {
  private static final long LONGEST_TTL_SECONDS = 10L * 366 * 86_400;

  private final Rooms rooms;

  AccessRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/hub", VIEWER, "What this hub is, and how it is", this::hub)
            .giving(
                Field.must("version", TEXT, "Version of the program."),
                Field.must("id", TEXT, "The hub's id."),
                Field.must("pin", TEXT, "SHA-256 of its certificate's public key, hexadecimal."),
                Field.must("url", TEXT, "How agents and browsers reach it."),
                Field.must("connected", WHOLE, "Agents that are connected."),
                Field.must("problem", TEXT, "Why results are not stored now; empty when they are."),
                Field.must("waiting", WHOLE, "Results that wait to be stored."),
                Field.must("stored", WHOLE, "Results stored since the start."),
                Field.must("known", WHOLE, "Results that came again and were passed over.")),
        Route.of("POST", "/v1/session", VIEWER, "Log in; sets a cookie", this::login)
            .open()
            .taking(Field.must("user", TEXT, "Name."), Field.must("password", TEXT, "Password."))
            .giving(
                Field.must("user", TEXT, "Name."),
                Field.must("role", TEXT, "viewer, operator or admin."),
                Field.must("csrf", TEXT, "To bring in X-CSRF-Token with each change.")),
        Route.of("DELETE", "/v1/session", VIEWER, "Log out", this::logout),
        Route.of(
                "POST",
                "/v1/api-tokens",
                VIEWER,
                "Make an API token of one's own",
                this::newApiToken)
            .taking(
                Field.must("label", TEXT, "What it is for."),
                Field.of("ttlSeconds", WHOLE, "How long it can be used; for ever unless given."))
            .giving(Field.must("token", TEXT, "The token; it is shown this once.")),
        Route.of(
                "GET",
                "/v1/api-tokens",
                VIEWER,
                "One's own API tokens; an admin's all",
                this::apiTokens)
            .giving(Field.list("tokens", "The newest first.", API_TOKEN)),
        Route.of(
            "DELETE",
            "/v1/api-tokens/:number",
            VIEWER,
            "Make an API token of one's own worthless; an admin may any",
            this::removeApiToken),
        Route.of(
                "POST", "/v1/login", VIEWER, "Get an API token for a password", this::loginForToken)
            .open()
            .taking(
                Field.must("user", TEXT, "Name."),
                Field.must("password", TEXT, "Password."),
                Field.of("label", TEXT, "What the token is for."))
            .giving(Field.must("token", TEXT, "The token; it is shown this once.")),
        Route.of("GET", "/v1/users", ADMIN, "The users", this::users)
            .giving(
                Field.list(
                    "users",
                    "By name.",
                    List.of(
                        Field.must("name", TEXT, "Name."),
                        Field.must("role", TEXT, "viewer, operator or admin."),
                        Field.must("createdAt", TIME, "Since when.")))),
        Route.of("PUT", "/v1/users/:name", ADMIN, "Add a user, or change one", this::setUser)
            .taking(
                Field.of("role", TEXT, "viewer, operator or admin."),
                Field.of("password", TEXT, "New password, 10 characters or more.")),
        Route.of("DELETE", "/v1/users/:name", ADMIN, "Remove a user", this::removeUser),
        Route.of("GET", "/v1/tokens", OPERATOR, "The tokens to join with", this::tokens)
            .giving(Field.list("tokens", "The newest first.", TOKEN)),
        Route.of("POST", "/v1/tokens", OPERATOR, "Make a token to join with", this::newToken)
            .taking(
                Field.of("label", TEXT, "What it is for."),
                Field.of("ttlSeconds", WHOLE, "How long it can be used; a day unless given."),
                Field.of("uses", WHOLE, "How often; once unless given, 0 is any number."),
                Field.of("tags", MAP, "Tags of those who join with it."),
                Field.of("approve", FLAG, "Whether they need no approval."),
                Field.of(
                    "pin", FLAG, "Whether agents trust this hub's key alone; true unless given."))
            .giving(
                Field.must("number", WHOLE, "Of the token."),
                Field.must("token", TEXT, "The token; it is shown this once."),
                Field.must("command", TEXT, "What to run on the agent's machine.")),
        Route.of(
            "DELETE", "/v1/tokens/:number", OPERATOR, "Make a token worthless", this::revokeToken),
        Route.of("POST", "/v1/backup", ADMIN, "Copy the embedded store into a file", this::backup)
            .taking(Field.must("file", TEXT, "Path on the hub's machine, of a new file.")),
        Route.of("GET", "/v1/audit", ADMIN, "Who changed or ran what", this::audit)
            .asking(
                Field.of("before", WHOLE, "Only those with a smaller number."),
                Field.of("limit", WHOLE, "At most so many; 50 unless given."))
            .giving(
                Field.list(
                    "entries",
                    "The newest first.",
                    List.of(
                        Field.must("number", WHOLE, "Of the entry."),
                        Field.must("time", TIME, "When."),
                        Field.must("who", TEXT, "Who."),
                        Field.must("action", TEXT, "What."),
                        Field.must("target", TEXT, "To what."),
                        Field.must("details", MAP, "More.")))));
  }

  private static final List<Field> API_TOKEN =
      List.of(
          Field.must("number", WHOLE, "Of the token."),
          Field.must("user", TEXT, "Whose it is."),
          Field.must("label", TEXT, "What it is for."),
          Field.must("createdAt", TIME, "When it was made."),
          Field.of("expiresAt", TIME, "Until when it can be used; absent: for ever."),
          Field.of("lastUsedAt", TIME, "When it was last used, to some minutes; absent: not yet."));

  private static final List<Field> TOKEN =
      List.of(
          Field.must("number", WHOLE, "Of the token."),
          Field.must("label", TEXT, "What it is for."),
          Field.must("createdBy", TEXT, "Who made it."),
          Field.must("createdAt", TIME, "When."),
          Field.of("expiresAt", TIME, "Until when it can be used."),
          Field.of("usesLeft", WHOLE, "How often it can be used; absent: any number."),
          Field.must("tags", MAP, "Tags of those who join with it."),
          Field.must("approve", FLAG, "Whether they need no approval."),
          Field.of("revokedAt", TIME, "When it was made worthless."));

  private Response hub(Call call) {
    var about = rooms.about();
    var health = rooms.intake().health();
    return Replies.ok(
        json ->
            json.member("version", about.version())
                .member("id", about.id())
                .member("pin", about.pin())
                .member("url", about.url())
                .member("connected", rooms.sessions().count())
                .member("problem", health.problem())
                .member("waiting", health.waitingItems())
                .member("stored", health.storedItems())
                .member("known", health.knownItems()));
  }

  private Response login(Call call) throws ApiException {
    var from = call.request().headers().first("Sec-Fetch-Site").orElse("same-origin");
    if (!from.equals("same-origin") && !from.equals("none")) {
      throw new ApiException(403, "another site's page may not log anybody in here");
    }
    var caller =
        rooms
            .access()
            .login(
                call.text("user"),
                call.text("password"),
                call.request().peer().getAddress().getHostAddress());
    var session = rooms.access().begin(caller);
    rooms.did(caller, "login", caller.name());
    var body =
        new JsonWriter()
            .beginObject()
            .member("user", caller.name())
            .member("role", Access.word(caller.role()))
            .member("csrf", session.csrf())
            .endObject()
            .toBytes();
    return new Response(
        200,
        Headers.of(
            "Content-Type",
            "application/json",
            "Cache-Control",
            "no-store",
            "Set-Cookie",
            Access.COOKIE + "=" + session.cookie() + "; Path=/; Secure; HttpOnly; SameSite=Lax"),
        body);
  }

  private Response logout(Call call) {
    var cookie = Access.cookie(call.request());
    if (cookie != null) {
      rooms.access().end(cookie);
    }
    return Replies.done();
  }

  private Response newApiToken(Call call) throws ApiException {
    return apiToken(call, call.caller(), call.text("label"));
  }

  private Response loginForToken(Call call) throws ApiException {
    var caller =
        rooms
            .access()
            .login(
                call.text("user"),
                call.text("password"),
                call.request().peer().getAddress().getHostAddress());
    return apiToken(call, caller, call.text("label"));
  }

  private Response apiToken(Call call, Caller caller, String label) throws ApiException {
    long ttl = call.number("ttlSeconds", 0, 0, LONGEST_TTL_SECONDS);
    var until =
        ttl == 0 ? OptionalLong.empty() : OptionalLong.of(rooms.clock().millis() + ttl * 1000);
    var token = rooms.access().newToken(caller.name(), label, until);
    rooms.did(caller, "api-token.create", label);
    return Replies.ok(json -> json.member("token", token));
  }

  /** Those that a user may see and remove. */
  private List<ApiTokens.ApiToken> apiTokensFor(Caller caller) {
    return rooms.apiTokens().all().stream()
        .filter(token -> caller.role() == ADMIN || token.user().equals(caller.name()))
        .toList();
  }

  private Response apiTokens(Call call) {
    return Replies.ok(
        json -> {
          json.key("tokens").beginArray();
          for (var token : apiTokensFor(call.caller())) {
            json.beginObject()
                .member("number", token.number())
                .member("user", token.user())
                .member("label", token.label())
                .member("createdAt", token.createdAt());
            token.expiresAt().ifPresent(time -> json.member("expiresAt", time));
            token.lastUsedAt().ifPresent(time -> json.member("lastUsedAt", time));
            json.endObject();
          }
          json.endArray();
        });
  }

  private Response removeApiToken(Call call) throws ApiException {
    var number = call.path("number");
    for (var token : apiTokensFor(call.caller())) {
      if (number.equals(String.valueOf(token.number()))
          && rooms.apiTokens().remove(token.number())) {
        rooms.did(call.caller(), "api-token.remove", number, Map.of("user", token.user()));
        return Replies.done();
      }
    }
    throw new ApiException(404, "you have no API token " + number);
  }

  private Response users(Call call) {
    return Replies.ok(
        json -> {
          json.key("users").beginArray();
          for (var user : rooms.users().all()) {
            json.beginObject()
                .member("name", user.name())
                .member("role", Access.word(user.role()))
                .member("createdAt", user.createdAt())
                .endObject();
          }
          json.endArray();
        });
  }

  private Response setUser(Call call) throws ApiException {
    var name = call.path("name");
    var password = call.text("password");
    var word = call.text("role");
    var role = word.isEmpty() ? Optional.of(VIEWER) : Access.role(word);
    if (role.isEmpty()) {
      throw new ApiException(400, "role is '" + word + "', expected viewer, operator or admin");
    }
    var known = rooms.users().find(name);
    var wrong = Passwords.problem(password);
    if (wrong.isPresent() && (known.isEmpty() || !password.isEmpty())) {
      throw new ApiException(400, wrong.get());
    }
    if (known.isEmpty()) {
      if (name.length() > Access.MAX_USER || !name.matches("[A-Za-z0-9][A-Za-z0-9._@-]*")) {
        throw new ApiException(
            400,
            "a user's name has at most 64 letters, digits and . _ @ -, a letter or digit first");
      }
      rooms.access().add(name, role.get(), password);
    } else {
      if (!word.isEmpty() && known.get().role() != role.get()) {
        refuseLastAdmin(name, role.get() != ADMIN);
        rooms.users().setRole(name, role.get());
      }
      if (!password.isEmpty()) {
        rooms.access().setPassword(name, password);
      }
    }
    var is = known.isPresent() && word.isEmpty() ? known.get().role() : role.get();
    rooms.did(
        call.caller(),
        "user.set",
        name,
        Map.of("role", Access.word(is), "password", password.isEmpty() ? "kept" : "changed"));
    return Replies.done();
  }

  private void refuseLastAdmin(String name, boolean goes) throws ApiException {
    var admins = rooms.users().all().stream().filter(user -> user.role() == ADMIN).toList();
    if (goes && admins.size() == 1 && admins.getFirst().name().equals(name)) {
      throw new ApiException(409, "this is the last admin: make another one first");
    }
  }

  private Response removeUser(Call call) throws ApiException {
    var name = call.path("name");
    refuseLastAdmin(name, true);
    if (!rooms.users().remove(name)) {
      throw new ApiException(404, "there is no user '" + name + "'");
    }
    rooms.did(call.caller(), "user.remove", name);
    return Replies.done();
  }

  private Response tokens(Call call) {
    return Replies.ok(
        json -> {
          json.key("tokens").beginArray();
          for (var token : rooms.tokens().all()) {
            write(json, token);
          }
          json.endArray();
        });
  }

  private static void write(JsonWriter json, Tokens.Token token) {
    json.beginObject()
        .member("number", token.number())
        .member("label", token.label())
        .member("createdBy", token.createdBy())
        .member("createdAt", token.createdAt());
    token.expiresAt().ifPresent(time -> json.member("expiresAt", time));
    token.usesLeft().ifPresent(uses -> json.member("usesLeft", uses));
    json.key("tags");
    LinkMessage.write(json, token.tags());
    json.key("approve").value(token.approves());
    token.revokedAt().ifPresent(time -> json.member("revokedAt", time));
    json.endObject();
  }

  private Response newToken(Call call) throws ApiException {
    long ttl = call.number("ttlSeconds", 86_400, 1, LONGEST_TTL_SECONDS);
    int uses = (int) call.number("uses", 1, 0, 1_000_000);
    Map<String, String> tags;
    try {
      tags = new TreeMap<>(LinkMessage.texts(call.body(), "tags"));
    } catch (JsonException e) {
      throw new ApiException(400, String.valueOf(e.getMessage()));
    }
    boolean pins = !isFalse(call, "pin");
    var secret = rooms.access().secret();
    long now = rooms.clock().millis();
    var token =
        rooms
            .tokens()
            .add(
                Access.sha256(secret),
                new Tokens.NewToken(
                    call.text("label"),
                    call.caller().name(),
                    now,
                    OptionalLong.of(now + ttl * 1000),
                    uses == 0 ? OptionalInt.empty() : OptionalInt.of(uses),
                    tags,
                    call.isTrue("approve")));
    var about = rooms.about();
    var word =
        new JoinToken(about.id(), pins ? Optional.of(about.pin()) : Optional.empty(), secret)
            .print();
    var details = new TreeMap<>(tags);
    details.put("approve", String.valueOf(token.approves()));
    rooms.did(call.caller(), "token.create", String.valueOf(token.number()), details);
    return Replies.ok(
        json ->
            json.member("number", token.number())
                .member("token", word)
                .member("command", "happo-agent join '" + about.url() + "' '" + word + "'"));
  }

  private static boolean isFalse(Call call, String name) {
    return call.body()
        .find(name)
        .map(value -> value.equals(new io.happo.core.JsonValue.Bool(false)))
        .orElse(false);
  }

  private Response revokeToken(Call call) throws ApiException {
    long number;
    try {
      number = Long.parseLong(call.path("number"));
    } catch (NumberFormatException e) {
      throw new ApiException(404, "there is no token '" + call.path("number") + "'");
    }
    if (!rooms.tokens().revoke(number, rooms.clock().millis())) {
      throw new ApiException(404, "there is no token " + number + " that could be used");
    }
    rooms.did(call.caller(), "token.revoke", String.valueOf(number));
    return Replies.done();
  }

  private Response backup(Call call) throws ApiException {
    var file = call.text("file");
    if (!file.startsWith("/")) {
      throw new ApiException(400, "file is '" + file + "', expected a path from / on");
    }
    try {
      rooms.store().backup(Path.of(file));
    } catch (StoreException e) {
      throw new ApiException(409, "the copy could not be made: " + e.getMessage());
    }
    rooms.did(call.caller(), "backup", file);
    return Replies.done();
  }

  private Response audit(Call call) throws ApiException {
    int limit = call.query("limit", 50, 1, 10_000);
    long before = Long.MAX_VALUE;
    if (call.query("before").isPresent()) {
      before = call.query("before", 0, 1, Integer.MAX_VALUE);
    }
    var entries = new ArrayList<>(rooms.audit().before(before, limit));
    return Replies.ok(
        json -> {
          json.key("entries").beginArray();
          for (var entry : entries) {
            json.beginObject()
                .member("number", entry.number())
                .member("time", entry.time())
                .member("who", entry.who())
                .member("action", entry.action())
                .member("target", entry.target())
                .key("details");
            LinkMessage.write(json, entry.details());
            json.endObject();
          }
          json.endArray();
        });
  }
}
