package io.happo.hub.cli;

import io.happo.core.JsonException;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import io.happo.core.Utf8;
import io.happo.program.Signals;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicBoolean;

/** Has an agent run something, and shows what it says until it ends. */
final class RunClient {
  private static final int UNKNOWN = 3;
  private static final int WAIT_MILLIS = 10_000;

  private final Console console;
  private final Arguments arguments;
  private final HubClient hub;

  RunClient(Console console, Arguments arguments, HubClient hub) {
    this.console = console;
    this.arguments = arguments;
    this.hub = hub;
  }

  int run() throws Failure, JsonException {
    var operands = arguments.operands();
    var json = new JsonWriter().beginObject().member("agent", operands.getFirst());
    if (operands.size() > 1) {
      json.member("check", operands.get(1));
    }
    if (arguments.has("command")) {
      json.member("command", arguments.text("command"));
    }
    if (arguments.has("script")) {
      json.member("script", script());
    }
    json.member("deadlineSeconds", arguments.number("deadline"));
    var id = hub.post("/v1/runs", json.endObject().toString()).requiredText("id");
    var cancelled = new AtomicBoolean();
    Signals.on("INT", () -> cancel(id, cancelled));
    Signals.on("TERM", () -> cancel(id, cancelled));
    return listen(id);
  }

  private String script() throws Failure {
    var file = arguments.text("script");
    try {
      return Utf8.decode(
          file.equals("-")
              ? console.in().readAllBytes()
              : Files.readAllBytes(arguments.path("script")));
    } catch (IOException e) {
      throw new Failure("--script: cannot read " + file + ": " + Reason.of(e));
    }
  }

  private void cancel(String id, AtomicBoolean cancelled) {
    if (cancelled.compareAndSet(false, true)) {
      try {
        hub.send("DELETE", "/v1/runs/" + id, "");
      } catch (Failure e) {
        console.complain("happo-hub: " + e.getMessage() + "\n");
      }
    } else {
      Runtime.getRuntime().halt(UNKNOWN); // Who asks twice does not want to wait.
    }
  }

  private int listen(String id) throws Failure, JsonException {
    long from = 0;
    while (true) {
      var answer = hub.get("/v1/runs/" + id + "?from=" + from + "&waitMillis=" + WAIT_MILLIS);
      boolean ended = answer.find("ended").map(new JsonValue.Bool(true)::equals).orElse(false);
      if (!arguments.flag("json")) {
        console.say(answer.text("output"));
      }
      from = answer.requiredLong("next");
      if (ended) {
        if (arguments.flag("json")) {
          console.say(Printing.json(hub.get("/v1/runs/" + id)) + "\n");
        }
        if (!answer.text("message").isEmpty()) {
          console.complain(answer.text("outcome") + ": " + answer.text("message") + "\n");
        }
        return answer.find("status").isPresent() ? (int) answer.requiredLong("status") : UNKNOWN;
      }
    }
  }
}
