package io.happo.agent.api;

import io.happo.core.JsonWriter;
import io.happo.net.Headers;
import io.happo.net.Response;

/** The shapes of answers that several routes share. */
final class Answers {
  private static final Headers JSON = Headers.of("Content-Type", "application/json; charset=UTF-8");
  private static final Headers PLAIN =
      Headers.of("Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff");

  private Answers() {}

  static Response json(int status, JsonWriter json) {
    return new Response(status, JSON, json.toBytes());
  }

  /** {@code return_value} and {@code message}: plugins and the proxy. */
  static Response result(int status, int returnValue, String message) {
    return json(
        status,
        new JsonWriter()
            .beginObject()
            .member("return_value", returnValue)
            .member("message", message)
            .endObject());
  }

  /** {@code return_code} and {@code return_value}: inventory. */
  static Response inventory(int status, int returnCode, String output) {
    return json(
        status,
        new JsonWriter()
            .beginObject()
            .member("return_code", returnCode)
            .member("return_value", output)
            .endObject());
  }

  /** {@code status} and {@code message}: whatever is changed. */
  static Response status(int status, String word, String message) {
    return json(
        status,
        new JsonWriter()
            .beginObject()
            .member("status", word)
            .member("message", message)
            .endObject());
  }

  /** A refusal in plain text with a line end, as Go's http.Error writes it. */
  static Response refusal(int status, String text) {
    return new Response(
        status, PLAIN, (text + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
