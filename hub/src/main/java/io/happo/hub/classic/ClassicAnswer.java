package io.happo.hub.classic;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.net.Response;
import io.happo.program.schedule.Ran;
import java.util.Optional;

/** What the answers of an agent mean, and those of a bastion in its place. */
final class ClassicAnswer {
  private static final int UNKNOWN = 3;
  private static final int NO_EXIT = -1;
  private static final String TIMED_OUT = "Exec timeout";

  private ClassicAnswer() {}

  /**
   * What an answer says of a plugin; empty when it says that the agent was not reached: a bastion
   * answers 5xx then. An agent whose plugin took too long answers 500 as well, in these words.
   */
  static Optional<Ran> ran(Response answer) {
    try {
      var json = Json.parseObject(answer.body());
      var message = json.text("message");
      long value = json.requiredLong("return_value");
      if (answer.status() == 200) {
        int exit = Math.clamp(value, NO_EXIT, 255);
        return Optional.of(new Ran(exit >= 0 && exit < UNKNOWN ? exit : UNKNOWN, exit, message));
      }
      return answer.status() == 400 || message.startsWith(TIMED_OUT)
          ? Optional.of(Ran.unknown(message))
          : Optional.empty();
    } catch (JsonException e) {
      return Optional.empty();
    }
  }

  /**
   * What an answer says of an inventory command. One that failed is answered 400, one that did not
   * end, or could not begin, 417.
   */
  static Optional<Ran> listed(Response answer) {
    try {
      var json = Json.parseObject(answer.body());
      var text = json.text("return_value");
      int code = Math.clamp(json.requiredLong("return_code"), NO_EXIT, 255);
      return switch (answer.status()) {
        case 200 -> Optional.of(new Ran(0, 0, text));
        case 400 -> Optional.of(new Ran(UNKNOWN, code, text));
        case 417 -> Optional.of(Ran.unknown("the command did not end in time, or did not start"));
        case 403 -> Optional.of(Ran.unknown("the agent does not allow this command"));
        default -> Optional.empty();
      };
    } catch (JsonException e) {
      return Optional.empty();
    }
  }

  /** Whether a bastion says that nobody has the alias, or nobody is in the group. */
  static boolean isUnassigned(Way way, Response answer) {
    return way.group().isPresent() && answer.status() == 503;
  }

  /** For people. */
  static String problem(Response answer) {
    return "it answered " + answer.status() + message(answer);
  }

  private static String message(Response answer) {
    try {
      var message = Json.parseObject(answer.body()).text("message");
      return message.isEmpty() ? "" : ": " + message;
    } catch (JsonException e) {
      return answer.status() == 403 ? ": let this hub in by --allowed-hosts there" : "";
    }
  }
}
