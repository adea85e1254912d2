package io.happo.agent.cli;

import io.happo.agent.doctor.HubStanding;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import io.happo.core.Utf8;
import io.happo.program.cli.Answer;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import io.happo.program.cli.Peer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the daemon of this machine is and does: {@code /status} and {@code /metrics} of it, for
 * people or as JSON. Exits with 0, with 1 where something is wrong with it, and with 2 where none
 * answers.
 */
final class StatusClient {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final int TROUBLE = 1;
  private static final int NOT_RUNNING = 2;
  private static final int SHOWN_OF_A_HASH = 12;

  private final Console console;
  private final Arguments arguments;
  private final List<String> troubles = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  StatusClient(Console console, Arguments arguments) {
    this.console = console;
    this.arguments = arguments;
  }

  int status() throws Failure {
    var endpoint = endpoint(arguments);
    var key = ApiKey.fromFile(arguments);
    try (var peer = Peer.at(endpoint, arguments, DEADLINE)) {
      Answer status;
      try {
        status = new Answer(peer.get("/status", key));
      } catch (Failure e) {
        return notRunning(endpoint, e);
      }
      if (status.status() != 200) {
        throw new Failure(refusal(endpoint, status));
      }
      var figures = figures(Utf8.decode(new Answer(peer.get("/metrics", key)).response().body()));
      tell(endpoint, status.json(), figures);
      if (arguments.flag("json")) {
        console.say(json(endpoint, Utf8.decode(status.response().body()), figures));
      } else {
        troubles.forEach(trouble -> line("trouble", trouble));
        console.say(text.toString());
      }
      return troubles.isEmpty() ? 0 : TROUBLE;
    } catch (JsonException e) {
      throw new Failure(endpoint + " answers, but not as an agent does: " + e.getMessage());
    }
  }

  /** Where the daemon that was given these options listens. */
  static String endpoint(Arguments arguments) {
    var host = arguments.text("listen-address");
    if (host.isEmpty() || host.equals("0.0.0.0") || host.equals("::")) {
      host = "127.0.0.1";
    }
    return "https://"
        + (host.indexOf(':') < 0 ? host : "[" + host + "]")
        + ":"
        + arguments.number("port");
  }

  private int notRunning(String endpoint, Failure why) {
    if (arguments.flag("json")) {
      var json = new JsonWriter().beginObject().member("endpoint", endpoint).key("running");
      console.say(
          json.value(false).member("problem", String.valueOf(why.getMessage())).endObject() + "\n");
    } else {
      console.say(
          "No agent answers on this machine: "
              + why.getMessage()
              + ". Start it (systemctl start happo-agent), or name where it listens with --port and"
              + " --listen-address; 'happo-agent doctor' tells what stands in the way.\n");
    }
    return NOT_RUNNING;
  }

  private static String refusal(String endpoint, Answer answer) {
    return switch (answer.status()) {
      case 401, 403 ->
          "the agent at "
              + endpoint
              + " refuses to tell ("
              + answer.status()
              + "): give its key with --api-key-file, or ask as a user of --loopback-users";
      default -> endpoint + " answered " + answer.status() + "; is that a happo-agent?";
    };
  }

  /** Of Prometheus' text format, by name and labels. */
  private static Map<String, Long> figures(String page) {
    var figures = new LinkedHashMap<String, Long>();
    for (var line : page.lines().toList()) {
      int blank = line.lastIndexOf(' ');
      if (blank > 0 && line.charAt(0) != '#') {
        try {
          figures.put(line.substring(0, blank), Long.parseLong(line.substring(blank + 1)));
        } catch (NumberFormatException e) {
          // None that is shown.
        }
      }
    }
    return figures;
  }

  private void tell(String endpoint, JsonObject status, Map<String, Long> figures)
      throws JsonException {
    line(
        "agent",
        "happo-agent "
            + status.text("app_version")
            + " runs for "
            + duration(status.requiredLong("uptime_seconds")));
    line("listens", endpoint + doors(status, figures));
    line(
        "commands",
        figure(figures, "happo_agent_commands_running")
            + " running, "
            + figure(figures, "happo_agent_commands_waiting")
            + " waiting; "
            + figure(figures, "happo_agent_commands_total{result=\"exited\"}")
            + " done, "
            + figure(figures, "happo_agent_commands_total{result=\"timed_out\"}")
            + " timed out, "
            + figure(figures, "happo_agent_commands_total{result=\"not_started\"}")
            + " not started");
    var hub = object(status, "hub");
    if (hub.isPresent()) {
      hub(hub.get());
    } else {
      line("hub", "none");
    }
    buffer(status);
    line(
        "memory",
        (figure(figures, "process_resident_memory_bytes") >> 20)
            + " MiB, "
            + status.requiredLong("num_goroutine")
            + " threads");
  }

  private static Optional<JsonObject> object(JsonObject of, String key) throws JsonException {
    return of.find(key).isPresent() ? Optional.of(of.requiredObject(key)) : Optional.empty();
  }

  private static String doors(JsonObject status, Map<String, Long> figures) {
    var doors = new StringBuilder(status.find("nrpe").isPresent() ? ", NRPE" : "");
    for (var name : List.of("statsd", "graphite")) {
      if (figures.containsKey("happo_agent_feed_taken_total{feed=\"" + name + "\"}")) {
        doors.append(name.equals("statsd") ? ", StatsD" : ", Graphite");
      }
    }
    return doors.toString();
  }

  private void hub(JsonObject hub) throws JsonException {
    var state = hub.text("state");
    var problem = hub.text("problem");
    line("hub", state + (problem.isEmpty() ? "" : ", " + problem));
    HubStanding.troubles(hub).forEach(one -> troubles.add(one.text() + ". " + one.advice()));
    if (!state.equals("connected") && !state.equals("pending") && hub.text("refusal").isEmpty()) {
      troubles.add("the hub is not connected; 'happo-agent doctor' looks for the reason");
    }
    var plan = hub.text("plan");
    line(
        "plan",
        plan.isEmpty()
            ? "none yet"
            : plan.substring(0, Math.min(SHOWN_OF_A_HASH, plan.length()))
                + ", "
                + count(hub.requiredLong("checks"), "check")
                + ", "
                + hub.requiredLong("running")
                + " running, "
                + hub.requiredLong("missed")
                + " starts left out");
    line(
        "to send",
        count(hub.requiredLong("waiting_records"), "record")
            + ", "
            + hub.requiredLong("waiting_bytes")
            + " bytes");
    if (hub.requiredLong("lost") > 0) {
      troubles.add(
          hub.requiredLong("lost") + " results could not be kept; the log of the agent says why");
    }
  }

  private void buffer(JsonObject status) throws JsonException {
    var store = status.requiredObject("leveldb_properties");
    long oldest = status.requiredObject("metric_buffer_status").requiredLong("oldest_timestamp");
    line(
        "metrics",
        store.text("records")
            + " waiting, "
            + store.text("bytes")
            + " bytes"
            + (oldest > 0 ? ", the oldest of " + Instant.ofEpochSecond(oldest) : ""));
    if (!store.text("dropped_by_size").equals("0")) {
      troubles.add(
          store.text("dropped_by_size")
              + " records of metrics were dropped for newer ones; have /metric fetched more often");
    }
  }

  private static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static long figure(Map<String, Long> figures, String name) {
    return figures.getOrDefault(name, 0L);
  }

  private void line(String name, String value) {
    text.append(name).repeat(' ', Math.max(1, 10 - name.length())).append(value).append('\n');
  }

  private static String duration(long seconds) {
    var duration = Duration.ofSeconds(seconds);
    return duration.toDays() > 0
        ? duration.toDays() + " d " + duration.toHoursPart() + " h"
        : duration.toHours() > 0
            ? duration.toHours() + " h " + duration.toMinutesPart() + " min"
            : duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
  }

  private String json(String endpoint, String status, Map<String, Long> figures) {
    var json =
        new JsonWriter().beginObject().member("endpoint", endpoint).key("running").value(true);
    json.key("trouble").beginArray();
    troubles.forEach(json::value);
    json.endArray().key("status").raw(status).key("metrics").beginObject();
    figures.forEach(json::member);
    return json.endObject().endObject() + "\n";
  }
}
