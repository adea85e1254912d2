package io.happo.agent.doctor;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.program.cli.Arguments;
import io.happo.program.keys.KeyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the agent that runs here stands with its hub, by what it says itself in {@code /status}: a
 * second session with its key would be a twin to the hub.
 */
public final class HubStanding {
  private static final String ABOUT = "link to the hub";
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int SHOWN_OF_A_FINGERPRINT = 12;

  private HubStanding() {}

  /**
   * What somebody has to do something about.
   *
   * @param hub that member of {@code /status}
   */
  public static List<Remark> troubles(JsonObject hub) throws JsonException {
    var troubles = new ArrayList<Remark>();
    var id = hub.text("agent");
    var approve =
        "happo-hub agent approve "
            + (id.isEmpty()
                ? "NAME"
                : id.substring(0, Math.min(SHOWN_OF_A_FINGERPRINT, id.length())));
    var refusal = hub.text("refusal");
    if (hub.text("state").equals("pending")) {
      troubles.add(
          Remark.warning(
              ABOUT,
              "the hub waits for someone to approve this agent",
              "On the hub: '" + approve + "'."));
    } else if (refusal.equals("revoked")) {
      troubles.add(
          Remark.critical(
              ABOUT,
              "this hub took the agent out of its fleet (revoked)",
              "If it is to come back, on the hub: '"
                  + approve
                  + "'; the agent asks again every five minutes."));
    } else if (refusal.equals("unknown_agent")) {
      troubles.add(
          Remark.critical(
              ABOUT,
              "this hub does not know the agent",
              "Join again: 'happo-agent leave-hub', then 'happo-agent join' with a new token."));
    } else if (!refusal.isEmpty()) {
      troubles.add(
          Remark.critical(
              ABOUT,
              "this hub does not take the agent (" + refusal + "): " + hub.text("problem"),
              "See docs/hub.md, or the log of the hub."));
    }
    var plan = hub.text("plan_problem");
    if (!plan.isEmpty()) {
      troubles.add(
          Remark.warning(
              "plan",
              "the newest plan is not in effect here: " + plan,
              "Mend the plan on the hub, or let the hub have more run here: --hub-may-run."));
    }
    return troubles;
  }

  /** Asks the daemon that has these options; nothing is told where none of them answers. */
  static void examine(Arguments arguments, List<Remark> remarks) {
    try {
      // None but the agent itself is shown the key.
      var pin =
          new KeyFiles(arguments.path("public-key"), arguments.path("private-key"), "")
              .read()
              .pin();
      var uri =
          MachineExam.uri(arguments.text("listen-address"), arguments.number("port"), "/status");
      try (var client = new HttpsClient(pin, Optional.empty())) {
        var answer = client.send("GET", uri, key(arguments), new byte[0], PATIENCE);
        if (answer.status() == 200) {
          var status = Json.parseObject(answer.body());
          if (status.find("hub").isPresent()) {
            tell(status.requiredObject("hub"), remarks);
          }
        }
      }
    } catch (IOException | JsonException | IllegalArgumentException e) {
      // None runs, or it is another one.
    }
  }

  private static void tell(JsonObject hub, List<Remark> remarks) throws JsonException {
    var troubles = troubles(hub);
    remarks.addAll(troubles);
    if (hub.text("state").equals("connected")) {
      remarks.add(Remark.ok(ABOUT, "the agent that runs here is connected"));
    } else if (hub.text("state").equals("away") && hub.text("refusal").isEmpty()) {
      remarks.add(
          Remark.warning(
              ABOUT,
              "the agent that runs here is not connected: " + hub.text("problem"),
              "It goes on trying; see what is said of the hub above."));
    }
  }

  private static Headers key(Arguments arguments) throws IOException {
    return arguments.has("api-key-file")
        ? Headers.of(
            "Authorization",
            "Bearer "
                + Files.readString(arguments.path("api-key-file"))
                    .lines()
                    .findFirst()
                    .orElse("")
                    .strip())
        : Headers.NONE;
  }
}
