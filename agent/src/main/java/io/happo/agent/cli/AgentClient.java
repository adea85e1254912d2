package io.happo.agent.cli;

import io.happo.core.GoNumbers;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.core.MetricBatch;
import io.happo.core.MetricLines;
import io.happo.core.Utf8;
import io.happo.program.cli.Answer;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import io.happo.program.cli.Peer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;

/**
 * The clients of an agent: {@code append_metric}, {@code resolve_alias}, {@code list_aliases},
 * {@code leave}.
 */
final class AgentClient {
  /**
   * The most that {@code append_metric} reads, in bytes: what it makes of that is within a daemon's
   * limit.
   */
  static final int MAX_METRIC_BYTES = 8 << 20;

  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Console console;
  private final Arguments arguments;

  AgentClient(Console console, Arguments arguments) {
    this.console = console;
    this.arguments = arguments;
  }

  int appendMetric() throws Failure {
    var lines = MetricLines.parse(Utf8.decode(metrics()));
    if (!lines.unparsable().isEmpty()) {
      for (var line : lines.unparsable()) {
        console.complain(
            "ERROR(happo-agent): '"
                + line.replace("\r", "\\r")
                + "': value and time must be numbers; nothing was sent\n");
      }
      return 1;
    }
    var hostname = arguments.text("hostname");
    long newest =
        lines
            .newest()
            .orElseThrow(
                () -> new Failure("there is no line of NAME VALUE UNIXTIME; nothing was sent"));
    if (arguments.flag("dry-run")) {
      console.say(goSyntax(hostname, newest, lines));
      return 0;
    }
    var apiKey = arguments.has("api-key") ? arguments.text("api-key") : ApiKey.fromFile(arguments);
    var body =
        new JsonWriter().beginObject().member("apikey", apiKey).key("metric_data").beginArray();
    batch(hostname, newest, lines).write(body);
    body.endArray().endObject();
    try (var peer = bastion()) {
      var answer = new Answer(peer.post("/metric/append", body.toBytes()));
      return answer.status() == 200 ? success() : failure(answer.failed());
    }
  }

  int resolveAlias() throws Failure {
    if (arguments.operands().isEmpty()) {
      return failure("missing argument");
    }
    try (var peer = bastion()) {
      var answer =
          new Answer(
              peer.get(
                  "/autoscaling/resolve/" + encoded(arguments.operands().getFirst()),
                  ApiKey.fromFile(arguments)));
      console.say(autoscaling(answer).text("ip") + "\n");
      return 0;
    } catch (JsonException e) {
      throw new Failure("the answer cannot be read: " + e.getMessage());
    }
  }

  int listAliases() throws Failure {
    try (var peer = bastion()) {
      var answer = new Answer(peer.get("/autoscaling", ApiKey.fromFile(arguments)));
      var groups = autoscaling(answer).objects("autoscaling");
      if (groups.isEmpty()) {
        return failure("Missing auto scaling group");
      }
      var wanted = arguments.text("autoscaling_group_name");
      var lines = new StringBuilder();
      for (var group : groups) {
        if (wanted.isEmpty() || wanted.equals(group.text("autoscaling_group_name"))) {
          for (var instance : group.objects("instances")) {
            var data = instance.requiredObject("instance_data");
            var id = data.text("instance_id");
            if (arguments.flag("all") || !id.isEmpty()) {
              lines.append(lines.isEmpty() ? "" : "\n");
              lines
                  .append(instance.text("alias"))
                  .append(',')
                  .append(data.text("ip"))
                  .append(',')
                  .append(id);
            }
          }
        }
      }
      console.say(lines.append('\n').toString());
      return 0;
    } catch (JsonException e) {
      throw new Failure("the answer cannot be read: " + e.getMessage());
    }
  }

  int leave() throws Failure {
    var body =
        new JsonWriter().beginObject().member("apikey", ApiKey.fromFile(arguments)).endObject();
    try (var peer = Peer.at(arguments.text("node-endpoint"), arguments, DEADLINE)) {
      var answer = new Answer(peer.post("/autoscaling/leave", body.toBytes()));
      return switch (answer.status()) {
        case 200 -> success();
        case 404 -> failure("node-endpoint was not available");
        default -> {
          var message = answer.json().text("message");
          yield failure(message.isEmpty() ? answer.failed() : message);
        }
      };
    } catch (JsonException e) {
      throw new Failure("the answer cannot be read: " + e.getMessage());
    }
  }

  /** What an agent answers there; an agent without those routes answers 404 and no JSON. */
  private static JsonObject autoscaling(Answer answer) throws Failure {
    try {
      return answer.json();
    } catch (Failure e) {
      throw answer.status() == 404 ? new Failure("this agent has no Auto Scaling") : e;
    }
  }

  private byte[] metrics() throws Failure {
    var file = arguments.text("datafile");
    boolean isStandardInput = file.equals("-");
    try (InputStream input =
        isStandardInput ? console.in() : Files.newInputStream(arguments.path("datafile"))) {
      var bytes = input.readNBytes(MAX_METRIC_BYTES + 1);
      if (bytes.length > MAX_METRIC_BYTES) {
        throw new Failure(
            (isStandardInput ? "standard input" : file)
                + " holds more than "
                + MAX_METRIC_BYTES
                + " bytes: send it in parts; nothing was sent");
      }
      return bytes;
    } catch (IOException _) {
      throw new Failure(
          "cannot read " + file + ": check that it is there and may be read; nothing was sent");
    }
  }

  private static MetricBatch batch(String hostname, long newest, MetricLines lines) throws Failure {
    for (var metric : lines.metrics().entrySet()) {
      if (!Double.isFinite(metric.getValue())) {
        throw new Failure(
            metric.getKey()
                + " is "
                + GoNumbers.text(metric.getValue())
                + ", which JSON cannot hold; nothing was sent");
      }
    }
    return new MetricBatch(hostname, newest, lines.metrics());
  }

  /** The batch as Go prints a slice of structs: {@code [{host 1500000005 map[a:1.5 b:2]}]}. */
  private static String goSyntax(String hostname, long newest, MetricLines lines) {
    var out = new StringBuilder("[{" + hostname + " " + newest + " map[");
    var blank = "";
    for (var metric : lines.metrics().entrySet()) {
      out.append(blank)
          .append(metric.getKey())
          .append(':')
          .append(GoNumbers.text(metric.getValue()));
      blank = " ";
    }
    return out.append("]}]\n").toString();
  }

  /** Percent-encodes all but RFC 3986's unreserved characters. */
  private static String encoded(String segment) {
    var out = new StringBuilder();
    for (byte octet : segment.getBytes(StandardCharsets.UTF_8)) {
      boolean isUnreserved =
          (octet >= '0' && octet <= '9')
              || (octet >= 'A' && octet <= 'Z')
              || (octet >= 'a' && octet <= 'z')
              || "-._~".indexOf(octet) >= 0;
      if (isUnreserved) {
        out.append((char) octet);
      } else {
        out.append('%');
        out.append(Character.toUpperCase(Character.forDigit(octet >> 4 & 0xF, 16)));
        out.append(Character.toUpperCase(Character.forDigit(octet & 0xF, 16)));
      }
    }
    return out.toString();
  }

  private Peer bastion() throws Failure {
    return Peer.at(arguments.text("bastion-endpoint"), arguments, DEADLINE);
  }

  private int success() {
    console.say("Success.\n");
    return 0;
  }

  private int failure(String text) {
    console.complain(text + "\n");
    return 1;
  }
}
