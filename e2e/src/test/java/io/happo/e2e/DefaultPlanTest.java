package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plan that comes with the hub, on the machine of this test. */
final class DefaultPlanTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @Test
  void each_check_of_it_knows_what_it_is_given_and_looks(@TempDir Path folder) throws Exception {
    try (var hub = HubDaemon.start(folder.resolve("hub"));
        var agent = Daemon.start(folder.resolve("agent"))) {
      var join =
          Run.of(
              agent.folder(),
              Map.of(),
              List.of(Programs.agent().toString(), "join", hub.url(), hub.token()));
      assertThat(join.exit()).as(join.stderr()).isZero();
      await().atMost(SOON).until(() -> hub.say("agents").contains("connected"));
      var plan = Files.createDirectories(folder.resolve("plan"));
      Files.writeString(plan.resolve("default.yaml"), hub.say("plan", "default"));
      hub.say("plan", "apply", plan.toString());
      var member = hub.get("/v1/agents").at("agents").items().getFirst();
      var name = member.at("name").text();
      var document = hub.get("/v1/agents/" + member.at("id").text() + "/plan").at("document");
      var planned =
          Json.parse(document.text()).at("checks").items().stream()
              .map(check -> check.at("name").text())
              .toList();
      assertThat(planned).contains("load", "cpu", "memory", "disk", "network");
      await()
          .atMost(SOON)
          .untilAsserted(() -> assertThat(hub.run("run", name, "load").stdout()).contains("LOAD"));
      for (var check : planned) {
        var run = hub.run("run", name, check);
        assertThat(run.stdout() + run.stderr())
            .as(check)
            .isNotBlank()
            .doesNotContain("See 'happo-agent check", "no built-in check", "fault of the check");
      }
    }
  }
}
