package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TEXTS;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.OPERATOR;
import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.core.JsonException;
import io.happo.core.link.LinkMessage;
import io.happo.hub.store.ClassicHosts.Host;
import io.happo.net.Response;
import java.util.List;

/** Agents that do not connect to this hub: it asks them, as a management server does. */
final class ClassicRoutes {
  private static final int DEFAULT_PORT = 6777;

  private static final List<Field> HOST =
      List.of(
          Field.must("group", TEXT, "GROUP or GROUP!SUBGROUP: tags of the agent."),
          Field.must(
              "ip",
              TEXT,
              "Where the last of the proxies finds it; of an Auto Scaling group its name."),
          Field.of("port", WHOLE, "Its port; 6777 unless given."),
          Field.of("hostname", TEXT, "What people call it."),
          Field.of("proxies", TEXTS, "The bastions on the way, host[:port], the first one first."),
          Field.of("hostPrefix", TEXT, "Of the aliases of an Auto Scaling group."),
          Field.of("aliases", WHOLE, "How many it has; 0: it is a host."));

  private final Rooms rooms;

  ClassicRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/classic", VIEWER, "The agents that this hub asks", this::all)
            .giving(
                Field.list("hosts", "In the order in which they were added.", HOST),
                Field.list(
                    "keys",
                    "Of those that the hub asks itself: agents, and the first bastion of a way.",
                    List.of(
                        Field.must("host", TEXT, "Its name or address."),
                        Field.must("port", WHOLE, "Its port."),
                        Field.must(
                            "pin", TEXT, "SHA-256 of the key that it showed first, hexadecimal."),
                        Field.must("seenAt", TIME, "When that was.")))),
        Route.of("POST", "/v1/classic", OPERATOR, "Watch an agent by asking it", this::add)
            .taking(HOST.toArray(Field[]::new)),
        Route.of(
            "DELETE",
            "/v1/classic/:group/:ip/:port",
            OPERATOR,
            "Ask an agent no more; its history stays",
            this::remove),
        Route.of(
            "DELETE",
            "/v1/classic-keys/:server",
            OPERATOR,
            "Forget the key of HOST:PORT: the next one that it shows counts",
            this::forgetKey));
  }

  private Response all(Call call) {
    var hosts = rooms.classics().hosts();
    var keys = rooms.classics().keys();
    return Replies.ok(
        json -> {
          json.key("hosts").beginArray();
          for (var host : hosts) {
            json.beginObject()
                .member("group", host.group())
                .member("ip", host.ip())
                .member("port", host.port())
                .member("hostname", host.hostname())
                .key("proxies");
            LinkMessage.write(json, host.proxies());
            json.member("hostPrefix", host.hostPrefix())
                .member("aliases", host.aliases())
                .endObject();
          }
          json.endArray().key("keys").beginArray();
          for (var key : keys) {
            json.beginObject()
                .member("host", key.host())
                .member("port", key.port())
                .member("pin", key.pin())
                .member("seenAt", key.seenAt())
                .endObject();
          }
          json.endArray();
        });
  }

  private Response add(Call call) throws ApiException {
    boolean isNew;
    Host host;
    try {
      host =
          new Host(
              call.text("group"),
              call.text("ip").strip(),
              (int) call.number("port", DEFAULT_PORT, 1, 65_535),
              call.text("hostname"),
              call.body().texts("proxies"),
              call.text("hostPrefix"),
              (int) call.number("aliases", 0, 0, Integer.MAX_VALUE));
      isNew = rooms.classics().add(host);
    } catch (JsonException | IllegalArgumentException e) {
      throw new ApiException(400, String.valueOf(e.getMessage()));
    }
    if (!isNew) {
      throw new ApiException(
          409, host.ip() + ":" + host.port() + " is in the group " + host.group() + " already");
    }
    rooms.did(call.caller(), "classic.add", host.group() + " " + host.ip());
    return Replies.done();
  }

  private Response remove(Call call) throws ApiException {
    var group = call.path("group");
    var ip = call.path("ip");
    if (!rooms.classics().remove(group, ip, port(call.path("port")))) {
      throw new ApiException(404, ip + " is not in the group " + group);
    }
    rooms.did(call.caller(), "classic.remove", group + " " + ip);
    return Replies.done();
  }

  private Response forgetKey(Call call) throws ApiException {
    var server = call.path("server");
    int colon = server.lastIndexOf(':');
    // As it is shown, an address of IPv6 is in brackets.
    var host = colon < 1 ? "" : server.substring(0, colon).replaceAll("^\\[|]$", "");
    if (host.isEmpty() || !rooms.classics().forgetKey(host, port(server.substring(colon + 1)))) {
      throw new ApiException(404, "no key of '" + server + "' is known; expected HOST:PORT");
    }
    rooms.did(call.caller(), "classic.forget-key", server);
    return Replies.done();
  }

  private static int port(String text) throws ApiException {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new ApiException(400, "'" + text + "' is no port");
    }
  }
}
