package io.happo.e2e;

import static io.happo.e2e.FakeAws.Instance.inService;
import static org.assertj.core.api.Assertions.assertThat;

import io.happo.e2e.FakeAws.Instance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Auto Scaling beyond what was recorded: many instances, an AWS with moods, a node's whole life.
 */
final class AutoScalingTest {
  private static final String GROUP = "prod-web-ag";

  @TempDir Path home;

  @SuppressWarnings("NullAway.Init")
  private FakeAws aws;

  @BeforeEach
  void start_aws() throws IOException {
    aws = new FakeAws();
    aws.group("another-ag", inService("i-0f", "127.0.0.2"));
    aws.group(GROUP);
  }

  @AfterEach
  void stop_aws() throws IOException {
    aws.close();
  }

  private static Instance[] instances(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(n -> inService("i-%04d".formatted(n), "127.1.0." + n))
        .toArray(Instance[]::new);
  }

  private Run ask(Map<String, String> environment, String... words) {
    var argv = new ArrayList<>(List.of(Programs.aws().toString()));
    argv.addAll(List.of(words));
    return Run.of(home, environment, argv);
  }

  @Test
  void instances_are_found_over_pages_though_aws_refuses_some_questions() {
    aws.group(GROUP, instances(1, 25));
    aws.throttle(3);
    var run = ask(aws.environment(), "instances", "another-ag", GROUP, "nobodys-ag");
    assertThat(run.stderr()).isEmpty();
    assertThat(run.exit()).isZero();
    var groups = Json.parse(run.stdout()).at("groups").items();
    assertThat(groups)
        .extracting(group -> group.at("autoscaling_group_name").text())
        .containsExactly("another-ag", GROUP);
    assertThat(groups.get(1).at("instances").items())
        .extracting(one -> one.at("instance_id").text() + " " + one.at("ip").text())
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 25)
                .mapToObj(n -> "i-%04d 127.1.0.%d".formatted(n, n))
                .toList());
    assertThat(aws.asked()).contains("DescribeAutoScalingGroups", "DescribeInstances");
  }

  @Test
  void instances_that_are_not_in_service_or_have_just_ended_are_left_out() {
    aws.group(
        GROUP,
        inService("i-0a", "127.0.0.1"),
        new Instance("i-0b", "127.0.0.2", "Terminating"),
        inService("i-0c", "127.0.0.3"));
    var all = ask(aws.environment(), "instances", GROUP).stdout();
    assertThat(all).contains("i-0a", "i-0c").doesNotContain("i-0b");
  }

  @Test
  void why_aws_does_not_answer_is_one_line() {
    aws.broken(true);
    var broken = ask(aws.environment(), "instances", GROUP);
    assertThat(broken.exit()).isEqualTo(1);
    assertThat(broken.stdout()).isEmpty();
    assertThat(broken.stderr())
        .isEqualTo("AWS answered 500 InternalFailure: An internal error has occurred\n");

    var elsewhere = new HashMap<>(aws.environment());
    elsewhere.put("AWS_REGION", "us-east-1");
    assertThat(ask(elsewhere, "instances", GROUP).stderr())
        .isEqualTo(
            "AWS answered 403 SignatureDoesNotMatch: signed for another region, or not at all\n");

    var nobody = new HashMap<>(aws.environment());
    nobody.remove("AWS_ACCESS_KEY_ID");
    nobody.remove("AWS_SECRET_ACCESS_KEY");
    nobody.put("HOME", home.toString());
    assertThat(ask(nobody, "instances", GROUP).stderr())
        .startsWith("no credentials for AWS: set AWS_ACCESS_KEY_ID")
        .hasLineCount(1);
  }

  /** A bastion of one group with so many aliases. */
  private Daemon bastion(int aliases) throws IOException {
    var folder = Files.createDirectories(home.resolve("bastion"));
    Files.writeString(
        folder.resolve("autoscaling.yaml"),
        """
        autoscalings:
        - autoscaling_group_name: %s
          autoscaling_count: %d
          host_prefix: app
        """
            .formatted(GROUP, aliases));
    return Daemon.start(
        folder, aws.environment(), List.of("--aws-program", Programs.aws().toString()));
  }

  private static Map<String, String> aliases(Daemon bastion) {
    var found = new TreeMap<String, String>();
    for (var instance :
        bastion
            .get("/autoscaling")
            .json()
            .at("autoscaling")
            .items()
            .getFirst()
            .at("instances")
            .items()) {
      found.put(instance.at("alias").text(), instance.at("instance_data").at("instance_id").text());
    }
    return found;
  }

  private static void refresh(Daemon bastion) {
    assertThat(bastion.post("/autoscaling/refresh", "{}").text())
        .isEqualTo("{\"status\":\"OK\",\"message\":\"\"}");
  }

  @Test
  void aliases_stay_with_their_instances_while_the_group_shrinks_and_grows() throws IOException {
    aws.group(GROUP, instances(1, 25));
    try (var bastion = bastion(28)) {
      refresh(bastion);
      var first = aliases(bastion);
      assertThat(first)
          .hasSize(28)
          .containsEntry(GROUP + "-app-01", "i-0001")
          .containsEntry(GROUP + "-app-25", "i-0025")
          .containsEntry(GROUP + "-app-26", "");

      aws.group(GROUP, instances(6, 20));
      refresh(bastion);
      var smaller = aliases(bastion);
      first.forEach(
          (alias, id) -> {
            boolean stays = id.compareTo("i-0006") >= 0 && id.compareTo("i-0020") <= 0;
            assertThat(smaller).containsEntry(alias, stays ? id : "");
          });

      aws.group(GROUP, instances(6, 33));
      refresh(bastion);
      var larger = aliases(bastion);
      smaller.forEach(
          (alias, id) -> {
            if (!id.isEmpty()) {
              assertThat(larger).containsEntry(alias, id);
            }
          });
      assertThat(larger.values()).doesNotHaveDuplicates().doesNotContain("").hasSize(28);
      assertThat(larger).containsEntry(GROUP + "-app-01", "i-0021");

      // As many aliases as there are; the rest is told.
      aws.group(GROUP, instances(6, 40));
      refresh(bastion);
      assertThat(aliases(bastion)).isEqualTo(larger);
      assertThat(bastion.get("/status/autoscaling").text())
          .contains("\"status\":\"error\",\"message\":\"difference found: i-0034,");
      assertThat(bastion.log()).contains("35 instances in service and 28 aliases");
    }
  }

  @Test
  void an_aws_that_is_away_leaves_the_aliases_as_they_are() throws IOException {
    aws.group(GROUP, instances(1, 2));
    try (var bastion = bastion(2)) {
      refresh(bastion);
      aws.broken(true);
      var answer = bastion.post("/autoscaling/refresh", "{}");
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.text()).contains("AWS answered 500 InternalFailure");
      assertThat(bastion.get("/status/autoscaling").text())
          .isEqualTo(
              "[{\"autoscaling_group_name\":\""
                  + GROUP
                  + "\",\"status\":\"error\",\"message\":\"check failed\"}]");
      assertThat(aliases(bastion)).containsEntry(GROUP + "-app-02", "i-0002");
    }
  }

  /** The next check finds the instance that took the place of the one that does not answer. */
  @Test
  void a_check_that_fails_makes_the_bastion_look_who_is_there_now() throws IOException {
    // So that nobody answers at another address of this machine.
    var alone = List.of("--listen-address", "127.0.0.1");
    try (var node = Daemon.start(home.resolve("node"), Map.of(), alone)) {
      aws.group(GROUP, inService("i-old", "127.0.0.77"));
      try (var bastion = bastion(1)) {
        refresh(bastion);
        aws.group(GROUP, inService("i-new", "127.0.0.1"));
        var request =
            "{\"proxy_hostport\":[\"%s-app-01:%d\"],\"request_type\":\"monitor\",\"request_json\":\"%s\"}"
                .formatted(
                    GROUP,
                    node.port(),
                    Base64.getEncoder()
                        .encodeToString(
                            "{\"plugin_name\":\"nosuch\"}".getBytes(StandardCharsets.UTF_8)));
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(
                () -> bastion.post("/proxy", request).text().contains("PrivateIP: 127.0.0.1\\n"));
        assertThat(aliases(bastion)).containsEntry(GROUP + "-app-01", "i-new");
      }
    }
  }

  @Test
  void a_node_joins_by_the_parameter_store_and_leaves_when_its_machine_stops() throws IOException {
    try (var bastion = bastion(2)) {
      refresh(bastion);
      var config =
          "{\"config\":{\"metrics\":[{\"hostname\":\"x\",\"plugins\":[{\"plugin_name\":\"m\",\"plugin_option\":\"\"}]}]}}";
      var update =
          "{\"proxy_hostport\":[\"%s\"],\"request_type\":\"metric/config/update\",\"request_json\":\"%s\"}"
              .formatted(
                  GROUP,
                  Base64.getEncoder().encodeToString(config.getBytes(StandardCharsets.UTF_8)));
      assertThat(bastion.post("/proxy", update).status()).isEqualTo(200);
      aws.self(inService("i-0node", "127.0.0.1"));
      aws.group(GROUP, inService("i-0node", "127.0.0.1"));
      var wait = "/prod/happo/HAPPO_AGENT_DAEMON_AUTOSCALING_JOIN_WAIT_SECONDS";
      aws.parameter(wait, "1");
      aws.parameter(
          "/prod/happo/HAPPO_AGENT_DAEMON_AUTOSCALING_BASTION_ENDPOINT",
          "https://" + bastion.address());
      var flags =
          List.of(
              "--enable-autoscaling-node",
              "--autoscaling-parameter-store-path",
              "/prod/happo",
              "--aws-program",
              Programs.aws().toString());
      try (var node = Daemon.start(home.resolve("node"), aws.environment(), flags)) {
        var metrics = node.folder().resolve("metrics.yaml");
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> Run.text(metrics).contains("hostname: " + GROUP + "-app-01"));
        assertThat(aliases(bastion)).containsEntry(GROUP + "-app-01", "i-0node");

        var leave =
            Run.of(
                home,
                Map.of(),
                List.of(Programs.agent().toString(), "leave", "-n", "https://" + node.address()));
        assertThat(leave).isEqualTo(new Run(0, "Success.\n", ""));
        assertThat(aliases(bastion)).containsEntry(GROUP + "-app-01", "");
      }
    }
  }

  @Test
  void two_groups_with_the_same_aliases_stop_the_start_with_both_names() throws IOException {
    var folder = Files.createDirectories(home.resolve("conflict"));
    Files.writeString(
        folder.resolve("autoscaling.yaml"),
        """
        autoscalings:
        - {autoscaling_group_name: sysx-web-a, autoscaling_count: 1, host_prefix: ap}
        - {autoscaling_group_name: sysx-web, autoscaling_count: 1, host_prefix: a-ap}
        """);
    try (var daemon = Daemon.start(folder)) {
      throw new AssertionError("it started on port " + daemon.port());
    } catch (Daemon.Ended ended) {
      assertThat(ended).hasMessageContaining("sysx-web-a").hasMessageContaining("sysx-web (");
    }
  }
}
