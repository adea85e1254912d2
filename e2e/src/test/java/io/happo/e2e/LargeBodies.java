package io.happo.e2e;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Bodies that the recordings keep as their first KiB, their length and their SHA-256. */
final class LargeBodies {
  private LargeBodies() {}

  /** The whole of a request body, made again and proven by its digest. */
  static byte[] request(String name, Json recorded) {
    int length = Integer.parseInt(recorded.at("body_length").text());
    var start = recorded.at("body").text();
    var whole =
        start.startsWith("{\"metric_data\"")
            ? IntStream.range(0, 3000)
                .mapToObj(n -> "\"m.%04d\": %d".formatted(n, n))
                .collect(
                    Collectors.joining(
                        ", ",
                        "{\"metric_data\": [{\"hostname\": \"many\", \"timestamp\": 11,"
                            + " \"metrics\": {",
                        "}}]}"))
            : start + "x".repeat(length - start.length() - 2) + "\"}";
    var bytes = whole.getBytes(StandardCharsets.UTF_8);
    if (!digest(bytes).equals(digest(recorded))) {
      throw new AssertionError("the request of " + name + " was not made as recorded");
    }
    return bytes;
  }

  /** Length and SHA-256 of a recorded body, comparable with {@link #digest(byte[])}. */
  static String digest(Json recorded) {
    return recorded.at("body_length").text()
        + " bytes, SHA-256 "
        + recorded.at("body_sha256").text();
  }

  static String digest(byte[] body) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256").digest(body);
      return body.length + " bytes, SHA-256 " + HexFormat.of().formatHex(sha256);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
