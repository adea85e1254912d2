package io.happo.hub.notify;

import io.happo.core.JsonWriter;
import io.happo.hub.alert.Notice;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Webhooks of all kinds. Redirects are not followed: what is secret goes nowhere else. */
final class WebSender implements Sender {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Duration BODY = Duration.ofSeconds(5);
  private static final String TRIGGER = "trigger";
  private static final int MAX_ANSWER = 300;
  private static final int TOO_MANY = 429;
  private static final int TIMEOUT = 408;

  private final HttpClient client;
  private final URI url;
  private final String token;
  private final String contentType;
  private final Function<Notice, List<String>> bodies;

  private WebSender(
      HttpClient client,
      Map<String, String> settings,
      String contentType,
      Function<Notice, List<String>> bodies) {
    this.client = client;
    this.url = URI.create(settings.getOrDefault("url", ""));
    this.token = settings.getOrDefault("token", "");
    this.contentType = contentType;
    this.bodies = bodies;
  }

  static WebSender webhook(HttpClient client, Map<String, String> settings, Wording wording) {
    var template = settings.getOrDefault("template", "");
    return new WebSender(
        client,
        settings,
        settings.getOrDefault("content-type", "application/json"),
        notice ->
            List.of(
                template.isEmpty()
                    ? notice.toJson()
                    : new Template(template).fill(notice, wording)));
  }

  /** {@code text} is what Slack, Mattermost and Rocket.Chat all show. */
  static WebSender slack(HttpClient client, Map<String, String> settings, Wording wording) {
    return new WebSender(
        client,
        settings,
        "application/json",
        notice ->
            List.of(
                new JsonWriter()
                    .beginObject()
                    .member(
                        "text",
                        sign(notice)
                            + " *"
                            + escaped(wording.subject(notice))
                            + "*\n"
                            + escaped(wording.text(notice)))
                    .endObject()
                    .toString()));
  }

  private static String sign(Notice notice) {
    return switch (notice.kind()) {
      case PROBLEM -> ":red_circle:";
      case RECOVERY -> ":white_check_mark:";
      case FLAPPING_START, FLAPPING_END -> ":arrows_counterclockwise:";
      case ACKNOWLEDGEMENT -> ":eyes:";
    };
  }

  /** As Slack's message formatting asks. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** PagerDuty's Events API v2. */
  static WebSender pagerDuty(HttpClient client, Map<String, String> settings, Wording wording) {
    var key = settings.getOrDefault("routing-key", "");
    return new WebSender(
        client, settings, "application/json", notice -> events(notice, key, wording));
  }

  /**
   * What was triggered one by one is resolved one by one, though people are told in one message.
   */
  private static List<String> events(Notice notice, String key, Wording wording) {
    if (notice.things().size() == 1 || action(notice).equals(TRIGGER)) {
      return List.of(event(notice, notice.incident(), key, wording));
    }
    return notice.things().stream()
        .map(thing -> event(notice, thing.incident(), key, wording))
        .toList();
  }

  private static String event(Notice notice, String incident, String key, Wording wording) {
    var json =
        new JsonWriter()
            .beginObject()
            .member("routing_key", key)
            .member("event_action", action(notice))
            .member("dedup_key", shortened(incident, 255));
    if (action(notice).equals(TRIGGER)) {
      var first = notice.first();
      json.key("payload")
          .beginObject()
          .member("summary", shortened(wording.subject(notice), 1_024))
          .member("source", first.agent())
          .member("severity", severity(first.status()))
          .member("timestamp", Instant.ofEpochMilli(notice.time()).toString())
          .member("component", first.check())
          .key("custom_details")
          .beginObject()
          .member("text", wording.text(notice))
          .endObject()
          .endObject()
          .member("client", "Happo")
          .member("client_url", wording.link(notice));
    }
    return json.endObject().toString();
  }

  private static String action(Notice notice) {
    return switch (notice.kind()) {
      case PROBLEM, FLAPPING_START -> TRIGGER;
      case RECOVERY -> "resolve";
      case FLAPPING_END -> notice.first().status() == 0 ? "resolve" : TRIGGER;
      case ACKNOWLEDGEMENT -> "acknowledge";
    };
  }

  private static String severity(int status) {
    return switch (status) {
      case 1 -> "warning";
      case 2 -> "critical";
      default -> "error";
    };
  }

  private static String shortened(String text, int most) {
    return text.length() > most ? text.substring(0, most) : text;
  }

  @Override
  public void send(Notice notice) throws NotSentException, InterruptedException {
    for (var body : bodies.apply(notice)) {
      send(body);
    }
  }

  private void send(String body) throws NotSentException, InterruptedException {
    var request =
        HttpRequest.newBuilder(url)
            .timeout(DEADLINE)
            .header("Content-Type", contentType)
            .header("User-Agent", "Happo")
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    int status;
    String said;
    try {
      var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      status = answer.statusCode();
      said = status < 200 || status > 299 ? beginning(answer.body()) : "";
      answer.body().close(); // Nobody reads on.
    } catch (IOException e) {
      throw new NotSentException(url.getHost() + " does not answer: " + reason(e), false, e);
    }
    if (status < 200 || status > 299) {
      boolean lasting = status < 500 && status != TOO_MANY && status != TIMEOUT;
      throw new NotSentException(
          url.getHost() + " answered " + status + " " + said.strip().replaceAll("\\s+", " "),
          lasting);
    }
  }

  /** Of a body, as far as it comes soon: nothing else limits how long one takes. */
  private static String beginning(InputStream body) throws InterruptedException {
    var said = new CompletableFuture<String>();
    var reader =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    said.complete(new String(body.readNBytes(MAX_ANSWER), StandardCharsets.UTF_8));
                  } catch (IOException e) {
                    said.complete("");
                  }
                });
    reader.join(BODY);
    reader.interrupt();
    return said.getNow("");
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
