package io.happo.net;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the handler for a method and path, with the original's habits: one slash at the end does
 * not matter, HEAD works where GET does, case matters, and whatever fits no route is 404, a known
 * path with another method too. To be filled before it is used; then safe for many threads.
 */
public final class Router implements Handler {
  private record Route(String method, List<String> segments, Handler handler) {}

  private final List<Route> routes = new ArrayList<>();
  private Handler otherwise = _ -> notFound();

  /**
   * Adds a route; of several that fit, the first added wins.
   *
   * @param method in capitals; GET stands for HEAD too
   * @param pattern a path; a segment that begins with a colon stands for any one that is not empty
   *     and reaches the handler decoded, under that name, in {@link Request#pathParameters}: {@code
   *     /machine-state/:key}
   */
  public Router add(String method, String pattern, Handler handler) {
    if (!pattern.startsWith("/")) {
      throw new IllegalArgumentException("the pattern of a route begins with a slash: " + pattern);
    }
    var segments = List.of(pattern.substring(1).split("/", -1));
    routes.add(new Route(method, withoutLastSlash(segments), handler));
    return this;
  }

  /** Who answers what fits no route; {@link #notFound} unless given. */
  public Router otherwise(Handler handler) {
    otherwise = handler;
    return this;
  }

  @Override
  public Response handle(Request request) throws Exception {
    var path = RequestLine.segments(request.method(), request.target());
    if (!path.isEmpty()) {
      var segments = withoutLastSlash(path);
      for (var route : routes) {
        if (fits(route.method(), request.method())) {
          var parameters = match(route.segments(), segments);
          if (parameters != null) {
            return route.handler().handle(request.withPathParameters(parameters));
          }
        }
      }
    }
    return otherwise.handle(request);
  }

  /** The answer for a path that does not exist. */
  public static Response notFound() {
    return new Response(
        404,
        Headers.of(
            "Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff"),
        "404 page not found\n".getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean fits(String wanted, String method) {
    return wanted.equals(method) || (wanted.equals("GET") && method.equals("HEAD"));
  }

  private static List<String> withoutLastSlash(List<String> segments) {
    return segments.getLast().isEmpty() ? segments.subList(0, segments.size() - 1) : segments;
  }

  private static @Nullable Map<String, String> match(List<String> pattern, List<String> path) {
    if (pattern.size() != path.size()) {
      return null;
    }
    var parameters = new HashMap<String, String>();
    for (int i = 0; i < pattern.size(); i++) {
      var wanted = pattern.get(i);
      var given = path.get(i);
      if (wanted.startsWith(":") && !given.isEmpty()) {
        parameters.put(wanted.substring(1), given);
      } else if (!wanted.equals(given)) {
        return null;
      }
    }
    return parameters;
  }
}
