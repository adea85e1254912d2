package io.happo.e2e;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * One HTTP answer as it came over the wire.
 *
 * @param status its code
 * @param fields the header fields in their order
 * @param body the body without its framing
 */
record Answer(int status, List<Map.Entry<String, String>> fields, byte[] body) {
  /** The value of the first field of that name, or nothing. */
  String header(String name) {
    return fields.stream()
        .filter(field -> field.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  /** The body as UTF-8. */
  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  Json json() {
    return Json.parse(text());
  }
}
