package io.happo.agent.api;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import io.happo.net.Response;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * {@code /proxy}: passes a request on to the next agent of a chain, and its answer back. The last
 * agent gets the request itself, those before it the rest of the chain. Where the next one is an
 * alias of an Auto Scaling group, {@link AliasProxy} answers.
 */
final class ProxyRoute {
  private final Hops hops;
  private final AliasProxy aliases;

  ProxyRoute(Hops hops, AliasProxy aliases) {
    this.hops = hops;
    this.aliases = aliases;
  }

  /** A request read: whom to ask, for what, with which body. */
  record Request(List<String> chain, String type, byte[] body) {
    static Request read(JsonObject json) throws JsonException {
      var chain = json.texts("proxy_hostport");
      if (chain.isEmpty()) {
        throw new JsonException(
            "proxy_hostport is missing: an array of at least one host:port is required");
      }
      return new Request(chain, json.requiredText("request_type"), body(json));
    }

    /**
     * What the next agent is to get, and where: {@code type} at the last one, else {@code proxy}.
     */
    byte[] bodyForNextHop() {
      if (chain.size() == 1) {
        return body;
      }
      var json = new JsonWriter().beginObject().key("proxy_hostport").beginArray();
      chain.subList(1, chain.size()).forEach(json::value);
      return json.endArray()
          .member("request_type", type)
          .member("request_json", Base64.getEncoder().encodeToString(body))
          .endObject()
          .toBytes();
    }

    String pathAtNextHop() {
      return chain.size() == 1 ? type : "proxy";
    }

    /** Base64 (RFC 4648, line ends ignored), or an array of byte values. */
    private static byte[] body(JsonObject json) throws JsonException {
      var value = json.find("request_json");
      if (value.isPresent() && value.get() instanceof JsonValue.Array array) {
        return bytes(array);
      }
      try {
        var text = json.text("request_json").replace("\r", "").replace("\n", "");
        return Base64.getDecoder().decode(text.getBytes(StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw new JsonException("request_json is not base64");
      }
    }

    private static byte[] bytes(JsonValue.Array array) throws JsonException {
      var bytes = new byte[array.values().size()];
      for (int i = 0; i < bytes.length; i++) {
        if (!(array.values().get(i) instanceof JsonValue.Numeral(String number))
            || !number.matches("\\d{1,3}")
            || Integer.parseInt(number) > 255) {
          throw new JsonException("request_json[" + i + "] is no byte: 0 to 255 expected");
        }
        bytes[i] = (byte) Integer.parseInt(number);
      }
      return bytes;
    }

    /** The request inside, for whoever wants to look at its key. */
    JsonObject inner() {
      try {
        return Json.parseObject(body);
      } catch (JsonException e) {
        return new JsonObject(List.of(), "");
      }
    }
  }

  Response proxy(Request request) {
    var next = request.chain().getFirst();
    try {
      var hop = Hop.parse(next);
      var group = aliases.groupOf(hop);
      return group.isPresent()
          ? aliases.proxy(group.get(), hop, request)
          : hops.post(next, hop.uri(request.pathAtNextHop()), request.bodyForNextHop());
    } catch (IllegalArgumentException e) {
      return Hops.failed(500, next, "proxy_hostport: " + e.getMessage());
    }
  }
}
