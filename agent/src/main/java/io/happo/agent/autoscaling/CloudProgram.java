package io.happo.agent.autoscaling;

import io.happo.agent.exec.Command;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.Outcome;
import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks AWS by a program that is a download of its own: one run for each question, with the answer
 * as JSON on standard output, and why there is none on standard error.
 */
public final class CloudProgram implements Cloud {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Exec exec;
  private final Path program;

  /**
   * @param program {@code happo-aws}
   */
  public CloudProgram(Exec exec, Path program) {
    this.exec = exec;
    this.program = program;
  }

  @Override
  public Map<String, List<Instance>> inService(List<String> groups) throws IOException {
    var words = new ArrayList<>(List.of("instances", "--"));
    words.addAll(groups);
    try {
      var found = new LinkedHashMap<String, List<Instance>>();
      for (var group : ask(words).objects("groups")) {
        var instances = new ArrayList<Instance>();
        for (var instance : group.objects("instances")) {
          instances.add(instance(instance));
        }
        found.put(group.requiredText("autoscaling_group_name"), instances);
      }
      return found;
    } catch (JsonException e) {
      throw nonsense(e);
    }
  }

  @Override
  public Self self() throws IOException {
    try {
      var answer = ask(List.of("self"));
      return new Self(instance(answer), answer.requiredText("autoscaling_group_name"));
    } catch (JsonException e) {
      throw nonsense(e);
    }
  }

  @Override
  public Map<String, String> parameters(String path) throws IOException {
    var found = new LinkedHashMap<String, String>();
    for (var parameter : ask(List.of("parameters", "--", path)).members()) {
      if (parameter.getValue() instanceof JsonValue.Text(String value)) {
        found.put(parameter.getKey(), value);
      }
    }
    return found;
  }

  private static Instance instance(JsonObject json) throws JsonException {
    return new Instance(json.requiredText("instance_id"), json.requiredText("ip"));
  }

  /** What became of one run. */
  private record Reply(boolean good, String text) {}

  private JsonObject ask(List<String> words) throws IOException {
    if (!Files.isExecutable(program)) {
      throw new IOException(
          "there is no program "
              + program
              + ": unpack happo-aws beside the agent's folder, or name it with --aws-program");
    }
    var argv = new ArrayList<>(List.of(program.toString()));
    argv.addAll(words);
    var reply = exec.run(Command.direct(argv), DEADLINE, CloudProgram::reply);
    if (!reply.good()) {
      throw new IOException(reply.text());
    }
    try {
      return Json.parseObject(reply.text().getBytes(StandardCharsets.UTF_8));
    } catch (JsonException e) {
      throw nonsense(e);
    }
  }

  private static Reply reply(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Exited exited when exited.stdout().droppedBytes() > 0 ->
          new Reply(false, "AWS said more than is kept of a command: see --max-output-bytes");
      case Outcome.Exited exited when exited.status() == 0 ->
          new Reply(true, exited.stdout().text());
      case Outcome.Exited exited ->
          new Reply(
              false,
              exited.stderr().text().isBlank()
                  ? "it ended with exit status " + exited.status() + " and said nothing"
                  : exited.stderr().text().strip().replace("\n", "; "));
      case Outcome.TimedOut timedOut when !timedOut.started() ->
          new Reply(false, "AWS was not asked: too many commands run, see --max-processes");
      case Outcome.TimedOut timedOut ->
          new Reply(false, "AWS did not answer within " + DEADLINE.toSeconds() + " s");
      case Outcome.NotStarted notStarted -> new Reply(false, notStarted.reason());
    };
  }

  private IOException nonsense(JsonException e) {
    return new IOException(program + " printed what it should not: " + e.getMessage(), e);
  }
}
