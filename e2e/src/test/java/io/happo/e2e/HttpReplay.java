package io.happo.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plays the cases of kind {@code http} and {@code raw} against the fleet. */
final class HttpReplay {
  private final Fleet fleet;

  HttpReplay(Fleet fleet) {
    this.fleet = fleet;
  }

  /** Sends the recorded request and tells the answer by part. */
  Map<String, String> ask(Case recorded) {
    var fields = recorded.fields();
    var headers = new ArrayList<Map.Entry<String, String>>();
    fields
        .at("request_headers")
        .members()
        .forEach((name, value) -> headers.add(Map.entry(name, map(value))));
    return parts(
        recorded,
        Https.to(fleet.role(recorded.role()).port())
            .from(fields.at("source").text())
            .ask(fields.at("method").text(), fields.at("path").text(), headers, body(recorded)));
  }

  private byte @Nullable [] body(Case recorded) {
    var request = recorded.fields().at("request");
    if (request.isNull()) {
      return null;
    }
    return request.has("body_truncated")
        ? LargeBodies.request(recorded.name(), request)
        : map(request.at("body")).getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, String> parts(Case recorded, Answer answer) {
    var parts = new LinkedHashMap<String, String>();
    parts.put("status", "" + answer.status());
    parts.put("type", answer.header("Content-Type"));
    parts.put("nosniff", answer.header("X-Content-Type-Options"));
    parts.put("location", answer.header("Location"));
    var response = recorded.fields().at("response");
    if (recorded.volatileBut("keys")) {
      parts.put("shape", answer.json().shape().json());
    } else if (response.has("body_truncated")) {
      parts.put("body", LargeBodies.digest(answer.body()));
    } else if (response.has("body_base64")) {
      parts.put("body", Base64.getEncoder().encodeToString(answer.body()));
    } else {
      parts.put("body", answer.text());
    }
    return parts;
  }

  /** What the original answered, in the same parts. */
  Map<String, Expected> recorded(Case recorded) {
    var parts = new LinkedHashMap<String, Expected>();
    var headers = recorded.fields().at("response_headers");
    parts.put("status", Expected.exactly(recorded.fields().at("status").text()));
    parts.put("type", Expected.exactly(headers.at("Content-Type").text()));
    parts.put("nosniff", Expected.exactly(headers.at("X-Content-Type-Options").text()));
    parts.put("location", Expected.exactly(headers.at("Location").text()));
    if (recorded.volatileBut("keys")) {
      var shape = recorded.fields().at("shape").json().replaceAll("\"(int|float)\"", "\"number\"");
      parts.put("shape", Expected.exactly(shape));
    } else {
      parts.put("body", body(recorded, recorded.fields().at("response")));
    }
    return parts;
  }

  private Expected body(Case recorded, Json response) {
    if (recorded.volatileBut("status")) {
      return Expected.anything();
    }
    if (response.has("body_truncated")) {
      return Expected.exactly(LargeBodies.digest(response));
    }
    if (response.has("body_base64")) {
      return Expected.exactly(response.at("body_base64").text());
    }
    var blank = recorded.fields().at("volatile").items();
    return blank.isEmpty()
        ? Expected.exactly(map(response.at("body")))
        : Expected.blanking(blank.getFirst().text(), map(response.at("body")));
  }

  /** Sends the recorded bytes and tells what came back. */
  Map<String, String> send(Case recorded) throws IOException {
    boolean tls = recorded.fields().at("tls").text().equals("true");
    var request = map(recorded.fields().at("request").at("body"));
    var answer = Https.to(fleet.role(recorded.role()).port()).raw(tls, request);
    return rawParts(answer.getKey(), answer.getValue() ? "closed by server" : "left open");
  }

  /** What the original sent back. */
  Map<String, Expected> sent(Case recorded) {
    var parts = new LinkedHashMap<String, Expected>();
    rawParts(map(recorded.fields().at("response").at("body")), recorded.fields().at("end").text())
        .forEach((part, text) -> parts.put(part, Expected.exactly(text)));
    return parts;
  }

  private static Map<String, String> rawParts(String answer, String end) {
    var headAndBody = answer.split("\r\n\r\n", 2);
    var lines = headAndBody[0].split("\r\n", -1);
    var fields = new ArrayList<Map.Entry<String, String>>();
    for (var line : lines) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        fields.add(Map.entry(line.substring(0, colon), line.substring(colon + 2)));
      }
    }
    var head = new Answer(0, fields, new byte[0]);
    var words = lines[0].split(" ", 3);
    var parts = new LinkedHashMap<String, String>();
    parts.put("status", words.length > 1 ? words[1] : "");
    parts.put("type", head.header("Content-Type"));
    parts.put("nosniff", head.header("X-Content-Type-Options"));
    parts.put("body", headAndBody.length > 1 ? headAndBody[1] : "");
    parts.put("end", end);
    return parts;
  }

  private String map(Json text) {
    return fleet.mapping().apply(text.text());
  }
}
