package io.happo.net;

import java.net.InetSocketAddress;
import java.util.Map;

/**
 * One whole request as a handler sees it.
 *
 * @param method the method, as sent ({@code GET})
 * @param target the request target as sent, with its query ({@code /monitor?x=1})
 * @param path the path of the target, percent-decoded
 * @param query the query without its question mark, as sent; empty when there is none
 * @param headers the header fields
 * @param body the whole body; empty when there is none
 * @param peer the socket's other end; forwarded-for headers never change it
 * @param pathParameters what the route's named segments stood for, percent-decoded; empty without a
 *     {@link Router}
 */
public record Request(
    String method,
    String target,
    String path,
    String query,
    Headers headers,
    byte[] body,
    InetSocketAddress peer,
    Map<String, String> pathParameters) {
  public Request {
    pathParameters = Map.copyOf(pathParameters);
  }

  /** A request that no router has seen yet. */
  public Request(
      String method,
      String target,
      String path,
      String query,
      Headers headers,
      byte[] body,
      InetSocketAddress peer) {
    this(method, target, path, query, headers, body, peer, Map.of());
  }

  Request withPathParameters(Map<String, String> parameters) {
    return new Request(method, target, path, query, headers, body, peer, parameters);
  }
}
