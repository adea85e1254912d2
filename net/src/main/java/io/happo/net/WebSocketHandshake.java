package io.happo.net;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The HTTP half of a WebSocket (RFC 6455, 4). */
final class WebSocketHandshake {
  private static final String VERSION = "13";

  private WebSocketHandshake() {}

  /**
   * A server's answer to a request for a WebSocket that the handler agreed to; a refusal when it is
   * not a good one.
   */
  static Response answer(Request request, Response agreed) {
    var headers = request.headers();
    var key = headers.first("Sec-WebSocket-Key").orElse("");
    if (!headers.lists("Upgrade", "websocket")
        || !headers.first("Sec-WebSocket-Version").orElse("").equals(VERSION)) {
      return refusal(426, agreed, "this address speaks WebSocket, version 13\n");
    }
    if (!request.method().equals("GET")
        || !headers.lists("Connection", "upgrade")
        || key.length() != 24) {
      return refusal(400, agreed, "not a WebSocket handshake\n");
    }
    var fields = new ArrayList<Map.Entry<String, String>>(agreed.headers().fields());
    fields.add(Map.entry("Upgrade", "websocket"));
    fields.add(Map.entry("Connection", "Upgrade"));
    fields.add(Map.entry("Sec-WebSocket-Accept", WebSocketFrames.accept(key)));
    agreed
        .webSocket()
        .flatMap(WebSocketUpgrade::subprotocol)
        .ifPresent(chosen -> fields.add(Map.entry("Sec-WebSocket-Protocol", chosen)));
    return new Response(
        101,
        new Headers(fields),
        agreed.body(),
        agreed.whenDone(),
        agreed.webSocket(),
        Optional.empty());
  }

  private static Response refusal(int status, Response agreed, String text) {
    return new Response(
            status,
            Headers.of(
                "Content-Type",
                "text/plain; charset=utf-8",
                "Upgrade",
                "websocket",
                "Sec-WebSocket-Version",
                VERSION),
            text.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
        .whenDone(agreed.whenDone());
  }

  /** What a client asks with. */
  static Headers ask(Headers headers, List<String> subprotocols, String key) {
    var fields = new ArrayList<Map.Entry<String, String>>(headers.fields());
    fields.add(Map.entry("Upgrade", "websocket"));
    fields.add(Map.entry("Connection", "Upgrade"));
    fields.add(Map.entry("Sec-WebSocket-Version", VERSION));
    fields.add(Map.entry("Sec-WebSocket-Key", key));
    if (!subprotocols.isEmpty()) {
      fields.add(Map.entry("Sec-WebSocket-Protocol", String.join(", ", subprotocols)));
    }
    return new Headers(fields);
  }

  /** What is wrong with a server's 101, or null. */
  static @Nullable String problem(Headers headers, List<String> subprotocols, String key) {
    if (!headers.lists("Upgrade", "websocket")
        || !headers.first("Sec-WebSocket-Accept").orElse("").equals(WebSocketFrames.accept(key))) {
      return "its answer does not belong to our request";
    }
    Optional<String> chosen = headers.first("Sec-WebSocket-Protocol");
    return chosen.isPresent() && !subprotocols.contains(chosen.get())
        ? "it chose the subprotocol " + chosen.get() + ", which was not offered"
        : null;
  }
}
