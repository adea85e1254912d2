package io.happo.hub.manage;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.hub.classic.ClassicBook;
import io.happo.hub.store.ClassicHosts.Host;
import io.happo.hub.store.StoreException;
import io.happo.net.Headers;
import io.happo.net.Network;
import io.happo.net.Request;
import io.happo.net.Response;
import io.happo.net.Router;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.List;

/**
 * {@code /manage/add}, {@code /manage/is_added} and {@code /manage/remove}. The original's clients
 * bring neither a password nor a key: who may ask is decided by where they ask from, and whoever
 * may not learns nothing, not even that there is such a route.
 */
public final class ManageDoor {
  private static final System.Logger LOG = System.getLogger("io.happo.hub.manage");
  private static final Headers JSON = Headers.of("Content-Type", "application/json");

  private final ClassicBook book;
  private final List<Network> allowed;

  /**
   * @param allowed from where, beside this machine
   */
  public ManageDoor(ClassicBook book, List<Network> allowed) {
    this.book = book;
    this.allowed = List.copyOf(allowed);
  }

  /** Adds its routes. */
  public void addTo(Router router) {
    router.add("POST", "/manage/add", request -> answer(request, this::add));
    router.add("POST", "/manage/is_added", request -> answer(request, this::isAdded));
    router.add("POST", "/manage/remove", request -> answer(request, this::remove));
  }

  @FunctionalInterface
  private interface Deed {
    Response of(Request request, JsonObject host) throws JsonException;
  }

  private Response answer(Request request, Deed deed) {
    if (!mayAsk(request.peer().getAddress())) {
      return Router.notFound();
    }
    try {
      return deed.of(request, Json.parseObject(request.body()).requiredObject("hostdata"));
    } catch (JsonException | IllegalArgumentException e) {
      return reply(400, "NG", String.valueOf(e.getMessage()));
    } catch (StoreException e) {
      LOG.log(Level.ERROR, "{0}: {1}", request.path(), e.getMessage());
      return reply(503, "NG", "the hub's store does not answer now: nothing was changed");
    }
  }

  private boolean mayAsk(InetAddress peer) {
    return peer.isLoopbackAddress() || allowed.stream().anyMatch(one -> one.contains(peer));
  }

  private Response add(Request request, JsonObject data) throws JsonException {
    var host = host(data);
    if (!book.add(host)) {
      return reply(302, "NG", "it is there");
    }
    LOG.log(
        Level.INFO,
        "classic agent added group={0} ip={1} port={2} from={3}",
        host.group(),
        host.ip(),
        host.port(),
        request.peer().getAddress().getHostAddress());
    return reply(200, "OK", "");
  }

  private Response isAdded(Request request, JsonObject data) throws JsonException {
    return book.isThere(data.requiredText("group_name"), data.requiredText("ip"), port(data))
        ? reply(302, "OK", "")
        : reply(404, "NG", "it is not there");
  }

  private Response remove(Request request, JsonObject data) throws JsonException {
    var group = data.requiredText("group_name");
    var ip = data.requiredText("ip");
    if (!book.remove(group, ip, port(data))) {
      return reply(404, "NG", "it is not there");
    }
    LOG.log(
        Level.INFO,
        "classic agent removed group={0} ip={1} from={2}",
        group,
        ip,
        request.peer().getAddress().getHostAddress());
    return reply(200, "OK", "");
  }

  private static Host host(JsonObject data) throws JsonException {
    var prefix = "";
    int aliases = 0;
    if (data.find("autoscaling").orElse(null) instanceof JsonObject) {
      var scaling = data.requiredObject("autoscaling");
      if (!scaling.text("autoscaling_group_name").isEmpty()) {
        prefix = scaling.requiredText("host_prefix");
        aliases = whole(scaling, "autoscaling_count");
        if (aliases == 0) {
          throw new JsonException("autoscaling_count is 0, expected 1 to 1000");
        }
      }
    }
    return new Host(
        data.requiredText("group_name"),
        data.requiredText("ip"),
        port(data),
        data.text("hostname"),
        data.texts("proxies"),
        prefix,
        aliases);
  }

  private static int port(JsonObject data) throws JsonException {
    return whole(data, "port");
  }

  private static int whole(JsonObject data, String member) throws JsonException {
    return Math.clamp(data.requiredLong(member), -1, Integer.MAX_VALUE);
  }

  private static Response reply(int status, String word, String message) {
    return new Response(
        status,
        JSON,
        new JsonWriter()
            .beginObject()
            .member("status", word)
            .member("message", message)
            .endObject()
            .toBytes());
  }
}
