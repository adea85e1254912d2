package io.happo.hub.api;

import io.happo.core.JsonWriter;
import io.happo.net.Headers;
import io.happo.net.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers of the API: JSON, and errors as RFC 9457 has them. Nothing of them is kept by caches. */
final class Replies {
  private Replies() {}

  /** An object. */
  static Response object(int status, Route.Members members) {
    var json = new JsonWriter().beginObject();
    members.write(json);
    return of(status, "application/json", json.endObject().toBytes());
  }

  static Response ok(Route.Members members) {
    return object(200, members);
  }

  /** Done, and there is nothing to say. */
  static Response done() {
    return of(204, "application/json", new byte[0]);
  }

  /** An error: its title by the status, what happened as {@code detail}. */
  static Response problem(int status, String detail, List<String> problems) {
    var json =
        new JsonWriter()
            .beginObject()
            .member("type", "about:blank")
            .member("title", title(status))
            .member("status", status)
            .member("detail", detail);
    if (!problems.isEmpty()) {
      json.key("problems").beginArray();
      problems.forEach(json::value);
      json.endArray();
    }
    return of(status, "application/problem+json", json.endObject().toBytes());
  }

  static Response problem(int status, String detail) {
    return problem(status, detail, List.of());
  }

  static Response of(int status, String type, byte[] body) {
    return new Response(
        status,
        Headers.of(
            "Content-Type", type, "Cache-Control", "no-store", "X-Content-Type-Options", "nosniff"),
        body);
  }

  static Response text(String type, String body) {
    return of(200, type, body.getBytes(StandardCharsets.UTF_8));
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 409 -> "Conflict";
      case 413 -> "Content Too Large";
      case 422 -> "Unprocessable Content";
      case 429 -> "Too Many Requests";
      case 503 -> "Service Unavailable";
      case 507 -> "Insufficient Storage";
      default -> "Internal Server Error";
    };
  }
}
