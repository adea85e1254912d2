package io.happo.agent.cli;

import io.happo.core.JsonWriter;
import io.happo.program.cli.Answer;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import io.happo.program.cli.Peer;
import java.time.Duration;

/**
 * The clients of the management server: {@code add}, {@code add_ag}, {@code is_added}, {@code
 * remove}.
 */
final class ManageClient {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Console console;
  private final Arguments arguments;

  ManageClient(Console console, Arguments arguments) {
    this.console = console;
    this.arguments = arguments;
  }

  int add() throws Failure {
    return isComplete("group_name", "ip") ? answerOfAdd(host(arguments.text("hostname"), true)) : 1;
  }

  int addGroup() throws Failure {
    boolean isComplete = isComplete("group_name", "autoscaling_group_name", "host_prefix", "proxy");
    if (isComplete && arguments.number("autoscaling_count") < 1) {
      console.complain("autoscaling_count is lower than 1\n");
      isComplete = false;
    }
    return isComplete ? answerOfAdd(group()) : 1;
  }

  int isAdded() throws Failure {
    if (!isComplete("group_name", "ip")) {
      return 1;
    }
    var answer = post("/manage/is_added", host("", false));
    return switch (answer.status()) {
      case 302 -> success("Found.");
      case 404 -> failure("Not found.", 1);
      default -> failure(answer.failed(), 2);
    };
  }

  int remove() throws Failure {
    if (!isComplete("group_name", "ip")) {
      return 1;
    }
    var answer = post("/manage/remove", host("", false));
    return switch (answer.status()) {
      case 200 -> success("Success.");
      case 404 -> failure("Not found.", 1);
      default -> failure(answer.failed(), 1);
    };
  }

  private int answerOfAdd(JsonWriter body) throws Failure {
    var answer = post("/manage/add", body);
    return switch (answer.status()) {
      case 200 -> success("Success.");
      case 302 -> failure("Conflict!", 1);
      default -> failure(answer.failed(), 1);
    };
  }

  /**
   * Complains about what is missing in the original's words; without an endpoint about that alone,
   * as it does.
   */
  private boolean isComplete(String... required) {
    if (!arguments.has("endpoint")) {
      console.complain("ERROR: endpoint must set with args or environment variable\n");
      return false;
    }
    boolean isComplete = true;
    for (var option : required) {
      if (!arguments.has(option)) {
        console.complain(option + " is null\n");
        isComplete = false;
      }
    }
    return isComplete;
  }

  private JsonWriter host(String hostname, boolean hasProxies) {
    var json = begin(arguments.text("ip"), hostname);
    autoscaling(json, "", 0, "");
    if (hasProxies) {
      proxies(json);
    } else {
      json.key("proxies").nullValue();
    }
    return json.endObject().endObject();
  }

  private JsonWriter group() {
    var name = arguments.text("autoscaling_group_name");
    var json = begin(name, name);
    autoscaling(json, name, arguments.number("autoscaling_count"), arguments.text("host_prefix"));
    proxies(json);
    return json.endObject().endObject();
  }

  private JsonWriter begin(String ip, String hostname) {
    return new JsonWriter()
        .beginObject()
        .member("apikey", "")
        .key("hostdata")
        .beginObject()
        .member("group_name", arguments.text("group_name"))
        .member("ip", ip)
        .member("hostname", hostname)
        .member("port", arguments.number("port"));
  }

  private static void autoscaling(JsonWriter json, String group, int count, String prefix) {
    json.key("autoscaling")
        .beginObject()
        .member("autoscaling_group_name", group)
        .member("autoscaling_count", count)
        .member("host_prefix", prefix)
        .endObject();
  }

  private void proxies(JsonWriter json) {
    json.key("proxies").beginArray();
    for (var proxy : arguments.list("proxy")) {
      json.value(proxy);
    }
    json.endArray();
  }

  private Answer post(String path, JsonWriter body) throws Failure {
    try (var peer = Peer.at(arguments.text("endpoint"), arguments, DEADLINE)) {
      return new Answer(peer.post(path, body.toBytes()));
    }
  }

  private int success(String text) {
    console.say(text + "\n");
    return 0;
  }

  private int failure(String text, int exit) {
    console.complain(text + "\n");
    return exit;
  }
}
