package io.happo.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.happo.agent.buffer.Limits;
import io.happo.agent.buffer.Outbox;
import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.PluginPaths;
import io.happo.agent.scheduler.Checks;
import io.happo.agent.scheduler.HubMayRun;
import io.happo.agent.uplink.HubMembership;
import io.happo.agent.uplink.Uplink;
import io.happo.agent.uplink.UplinkSettings;
import io.happo.core.link.JoinToken;
import io.happo.core.plan.Work;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent that belongs to a hub which is away. */
@Timeout(60)
class HubWorkTest {
  private static final String HUB_ID = "00112233445566778899aabbccddeeff";
  private static final URI NOWHERE = URI.create("https://127.0.0.1:1");

  @TempDir Path folder;
  private final Exec exec = new Exec(ExecSettings.withDefaults(Orders.ENVIRONMENT));

  @AfterEach
  void close() {
    exec.close();
  }

  private HubWork.Settings settings(Optional<UplinkSettings.Invitation> invitation) {
    return new HubWork.Settings(
        folder, Map.of(), HubMayRun.BUNDLES, invitation, Orders.ENVIRONMENT, false);
  }

  private static Optional<UplinkSettings.Invitation> invitation() {
    var token = new JoinToken(HUB_ID, Optional.empty(), "a-secret-of-enough-characters");
    return Optional.of(new UplinkSettings.Invitation(NOWHERE, token));
  }

  private void startAndLeave(Optional<UplinkSettings.Invitation> invitation) throws IOException {
    HubWork.start(
            new HubWork.Settings(
                folder, Map.of(), HubMayRun.BUNDLES, invitation, Orders.ENVIRONMENT, true),
            "1.2",
            exec,
            new PluginPaths(List.of(folder)),
            Orders.noWatchers())
        .close();
  }

  private HubWork start() throws IOException {
    return HubWork.start(
        settings(Optional.empty()),
        "1.2",
        exec,
        new PluginPaths(List.of(folder)),
        Orders.noWatchers());
  }

  private void belong() throws IOException {
    new HubMembership(NOWHERE, HUB_ID, Optional.empty(), "", List.of(), Optional.empty())
        .write(folder.resolve(HubMembership.FILE_NAME));
  }

  private long kept() throws IOException {
    try (var outbox =
        Outbox.open(
            folder.resolve("outbox"),
            new Limits(256L << 20, Duration.ofDays(7)),
            InstantSource.system())) {
      return outbox.stats().records();
    }
  }

  @Test
  void there_is_a_hub_when_there_was_one_or_one_is_to_be_joined() throws IOException {
    assertThat(settings(Optional.empty()).hasHub()).isFalse();
    assertThat(settings(invitation()).hasHub()).isTrue();
    belong();
    assertThat(settings(Optional.empty()).hasHub()).isTrue();
  }

  @Test
  void the_plan_is_run_and_its_results_are_kept_while_the_hub_is_away() throws Exception {
    belong();
    var runs = folder.resolve("runs.txt");
    var plugin =
        Files.writeString(folder.resolve("check_x"), "#!/bin/sh\necho run >> " + runs + "\n");
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwx------"));
    var plan = Orders.plan(Checks.running("x", Work.Plugin.of("check_x")));
    Files.writeString(folder.resolve("plan.json"), plan.text());
    try (var work = start()) {
      await().until(() -> work.status().state() == Uplink.State.AWAY);
      // It runs again only when the result of its first run is kept.
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> Files.exists(runs) && Files.readAllLines(runs).size() >= 2);
    }
    assertThat(kept()).as("its start, and a result").isGreaterThanOrEqualTo(2);
  }

  @Test
  void an_agent_whose_files_cannot_be_read_does_not_start() throws Exception {
    Files.writeString(folder.resolve(HubMembership.FILE_NAME), "{");
    assertThatThrownBy(this::start)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("hub.json");
  }

  @Test
  void an_agent_that_leaves_at_its_stop_joins_again_at_its_start_when_it_is_invited()
      throws Exception {
    belong();
    var file = folder.resolve(HubMembership.FILE_NAME);
    startAndLeave(Optional.empty());
    assertThat(file).as("nobody was told, and nothing else leads back").exists();
    startAndLeave(invitation());
    assertThat(file).doesNotExist();
  }
}
