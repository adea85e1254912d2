package io.happo.hub.cli;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.Utf8;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.Response;
import io.happo.net.Trust;
import io.happo.program.cli.Failure;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks a hub's REST API, one request at a time. */
final class HubClient implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final String url;
  private final Optional<String> token;
  private final HttpsClient client;

  HubClient(String url, Trust trust, Optional<String> token) {
    this.url = url;
    this.token = token;
    this.client = new HttpsClient(trust, Optional.empty());
  }

  static HubClient of(Profile profile) {
    return new HubClient(profile.url(), profile.trust(), Optional.of(profile.token()));
  }

  /** A path segment or a value of a query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  JsonObject get(String path) throws Failure {
    return send("GET", path, "");
  }

  /** A list that the hub gives in parts, as if it came in one. */
  JsonObject all(String path, String list) throws Failure, JsonException {
    var all = new ArrayList<JsonValue>();
    var more = path;
    while (!more.isEmpty()) {
      var part = get(more);
      all.addAll(part.objects(list));
      more =
          part.find("next").isEmpty()
              ? ""
              : path + (path.contains("?") ? '&' : '?') + "after=" + part.requiredLong("next");
    }
    return new JsonObject(List.of(Map.entry(list, new JsonValue.Array(all))), "");
  }

  JsonObject post(String path, String json) throws Failure {
    return send("POST", path, json);
  }

  /**
   * Sends a request.
   *
   * @return the answer; an object without members when there is none
   * @throws Failure with what the hub says, when it does not do it
   */
  JsonObject send(String method, String path, String json) throws Failure {
    return send(method, path, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  /** What is there, whatever it is. */
  byte[] bytes(String path) throws Failure {
    return answer("GET", path, "application/json", new byte[0]).body();
  }

  /** As {@link #send(String, String, String)}, with a body of any type. */
  JsonObject send(String method, String path, String type, byte[] body) throws Failure {
    return object(answer(method, path, type, body));
  }

  private Response answer(String method, String path, String type, byte[] body) throws Failure {
    Response answer;
    try {
      var headers =
          token.isPresent()
              ? Headers.of("Authorization", "Bearer " + token.get(), "Content-Type", type)
              : Headers.of("Content-Type", type);
      answer = client.send(method, URI.create(url + path), headers, body, DEADLINE);
    } catch (SocketTimeoutException e) {
      throw new Failure("no answer from " + url + " within " + DEADLINE.toSeconds() + " seconds");
    } catch (UnknownHostException e) {
      throw new Failure("cannot find the address of " + url + ": check the name and the DNS");
    } catch (ConnectException e) {
      throw new Failure("cannot connect to " + url + ": is the hub running?");
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
    if (answer.status() / 100 == 2) {
      return answer;
    }
    throw new Failure(problem(answer));
  }

  private static String problem(Response answer) {
    try {
      var json = Json.parseObject(answer.body());
      var problems = json.texts("problems");
      var detail = json.text("detail");
      if (!detail.isEmpty()) {
        return problems.isEmpty() ? detail : detail + ":\n  " + String.join("\n  ", problems);
      }
    } catch (JsonException e) {
      // Then it is told as it is.
    }
    return "the hub answers " + answer.status() + ": " + Utf8.decode(answer.body()).strip();
  }

  private static JsonObject object(Response answer) throws Failure {
    try {
      return Json.parseObject(answer.body());
    } catch (JsonException e) {
      throw new Failure("the hub's answer cannot be read: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
