package io.happo.hub.cli;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;

/** The client commands about sending on what was measured. */
final class OutputClient {
  private final Console console;
  private final Arguments arguments;
  private final HubClient hub;

  OutputClient(Console console, Arguments arguments, HubClient hub) {
    this.console = console;
    this.arguments = arguments;
    this.hub = hub;
  }

  private String operand() {
    return HubClient.encoded(arguments.operands().getFirst());
  }

  int list() throws Failure, JsonException {
    var answer = hub.get("/v1/outputs");
    var table =
        new TextTable(
            "NAME", "KIND", "TAKES", "LAST TAKEN", "WAITING", "SENT", "REFUSED", "LOST", "PROBLEM");
    for (var output : answer.objects("outputs")) {
      var problem = output.text("problem");
      table.row(
          output.text("name"),
          output.text("kind"),
          problem.isEmpty() ? "yes" : "no",
          output.find("takenAt").isPresent() ? Printing.time(output.requiredLong("takenAt")) : "-",
          waiting(output),
          output.requiredLong("sentValues"),
          output.requiredLong("refusedValues"),
          output.requiredLong("lostEntries"),
          problem.isEmpty() ? output.text("dropped") : problem);
    }
    return Printing.print(console, arguments, answer, table);
  }

  /** How much, and for how long. */
  private static String waiting(JsonObject output) throws JsonException {
    long entries = output.requiredLong("waitingEntries");
    long seconds = output.requiredLong("waitingMillis") / 1_000;
    return entries == 0 ? "0" : entries + " for " + seconds + " s";
  }

  int set() throws Failure {
    var body = GivenSettings.of(console, arguments).toJson();
    hub.send("PUT", "/v1/outputs/" + operand(), body);
    console.say("Try it: happo-hub output test " + arguments.operands().getFirst() + "\n");
    return 0;
  }

  int test() throws Failure, JsonException {
    var name = arguments.operands().getFirst();
    var answer = hub.post("/v1/outputs/" + operand() + "/test", "");
    if (answer.find("delivered").map(new JsonValue.Bool(true)::equals).orElse(false)) {
      console.say("A value was taken: look for happo_output_test there.\n");
      return 0;
    }
    throw new Failure(name + " did not take it: " + answer.text("problem"));
  }

  int remove() throws Failure {
    hub.send("DELETE", "/v1/outputs/" + operand(), "");
    return 0;
  }
}
