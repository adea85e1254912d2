package io.happo.hub.export;

import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * By what a server over HTTP knows who comes. Each is empty where there is none.
 *
 * @param header one more, {@code NAME: VALUE}
 */
record Credentials(String token, String user, String password, String header) {
  /**
   * Reads them.
   *
   * @param settings as {@link OutputKind} has them
   */
  static Credentials of(Map<String, String> settings) {
    return new Credentials(
        settings.getOrDefault("token", ""),
        settings.getOrDefault("user", ""),
        settings.getOrDefault("password", ""),
        settings.getOrDefault("header", ""));
  }

  void addTo(HttpRequest.Builder request) {
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    } else if (!user.isEmpty()) {
      request.header("Authorization", "Basic " + basic());
    }
    headerValue()
        .ifPresent(
            value -> request.header(header.substring(0, header.indexOf(':')).strip(), value));
  }

  private String basic() {
    return Base64.getEncoder()
        .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  private Optional<String> headerValue() {
    int colon = header.indexOf(':');
    return colon < 1 ? Optional.empty() : Optional.of(header.substring(colon + 1).strip());
  }

  /** In every form in which the other side gets it: what nobody is shown. */
  List<String> hidden() {
    var basic = password.isEmpty() ? "" : basic();
    return Stream.of(token, password, basic, header, headerValue().orElse(""))
        .filter(text -> !text.isEmpty())
        .toList();
  }
}
