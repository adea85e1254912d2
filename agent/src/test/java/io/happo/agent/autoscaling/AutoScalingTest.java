package io.happo.agent.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.agent.autoscaling.Refusal.Kind;
import io.happo.agent.metrics.MetricConfig;
import io.happo.core.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AutoScalingTest {
  private static final MetricConfig CONFIG =
      new MetricConfig(
          List.of(new MetricConfig.Host("template", List.of(new MetricConfig.Plugin("m", "-a")))));

  @TempDir Path folder;
  private final Map<String, List<Instance>> aws = new LinkedHashMap<>();
  private boolean away;
  private Runnable meanwhile = () -> {}; // Until AWS has answered.
  private AutoScaling scaling;

  private final class FakeCloud implements Cloud {
    @Override
    public Map<String, List<Instance>> inService(List<String> groups) throws IOException {
      if (away) {
        throw new IOException("AWS is away");
      }
      var found = new LinkedHashMap<>(aws);
      found.keySet().retainAll(groups);
      meanwhile.run();
      return found;
    }

    @Override
    public Self self() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, String> parameters(String path) {
      throw new UnsupportedOperationException();
    }
  }

  @BeforeEach
  void open() throws IOException {
    GroupsFile.open(file())
        .write(
            new Groups(
                List.of(new Groups.Group("prod", 3, "app"), new Groups.Group("stg", 2, "web"))));
    aws.put("prod", List.of(instance(1), instance(2)));
    aws.put("stg", List.of());
    scaling = reopened();
  }

  private AutoScaling reopened() throws IOException {
    return new AutoScaling(
        GroupsFile.open(file()), AliasStore.open(folder.resolve("aliases")), new FakeCloud());
  }

  private Path file() {
    return folder.resolve("autoscaling.yaml");
  }

  private static Instance instance(int number) {
    return new Instance("i-" + number, "192.0.2." + number);
  }

  private List<String> ids(String group) {
    return scaling.aliases(group).stream()
        .map(alias -> alias.instance().map(Instance::id).orElse("-"))
        .toList();
  }

  @Test
  void an_instance_keeps_its_alias_and_a_new_one_takes_the_lowest_with_what_it_collects()
      throws Exception {
    scaling.refresh("");
    assertThat(ids("prod")).containsExactly("i-1", "i-2", "-");
    assertThat(ids("stg")).containsExactly("-", "-");
    scaling.configure("prod", CONFIG);
    aws.put("prod", List.of(instance(9), instance(2), instance(8)));
    scaling.refresh("prod");
    assertThat(ids("prod")).containsExactly("i-9", "i-2", "i-8");
    assertThat(scaling.aliases("prod"))
        .allSatisfy(
            alias ->
                assertThat(alias.metricConfig().hosts())
                    .extracting(MetricConfig.Host::hostname)
                    .containsExactly(alias.name()));
    scaling = reopened();
    assertThat(ids("prod")).containsExactly("i-9", "i-2", "i-8");
    assertThat(scaling.find("prod-app-02").orElseThrow().alias().metricConfig())
        .isEqualTo(CONFIG.of("prod-app-02"));
  }

  @Test
  void an_address_that_changed_is_the_one_that_is_asked() throws Exception {
    scaling.refresh("");
    aws.put("prod", List.of(new Instance("i-1", "192.0.2.77")));
    scaling.refresh("");
    assertThat(scaling.find("prod-app-01").orElseThrow().alias().instance())
        .contains(new Instance("i-1", "192.0.2.77"));
  }

  @Test
  void aws_that_fails_or_knows_no_such_group_changes_nothing() throws Exception {
    scaling.refresh("");
    away = true;
    refuses(() -> scaling.refresh(""), Kind.FAILED, "AWS is away");
    assertThat(scaling.differences())
        .extracting(AutoScaling.Difference::problem)
        .containsExactly("check failed", "check failed");
    away = false;
    aws.remove("prod");
    refuses(
        () -> scaling.refresh("prod"),
        Kind.FAILED,
        "AWS has no Auto Scaling group prod in this account and region");
    assertThat(ids("prod")).containsExactly("i-1", "i-2", "-");
    assertThat(scaling.differences())
        .extracting(AutoScaling.Difference::problem)
        .containsExactly("check failed", "");
  }

  @Test
  void instances_come_and_go_by_themselves() throws Exception {
    refuses(
        () -> scaling.register("prod", "i-5", "192.0.2.5"),
        Kind.FAILED,
        "can't find empty alias from prod");
    scaling.refresh("");
    assertThat(scaling.register("prod", "i-5", "192.0.2.5").alias().name())
        .isEqualTo("prod-app-03");
    refuses(() -> scaling.register("prod", "i-5", "192.0.2.5"), Kind.FAILED, "already registered");
    refuses(
        () -> scaling.register("prod", "i-6", "192.0.2.6"),
        Kind.FAILED,
        "can't find empty alias from prod");
    refuses(() -> scaling.register("prod", "", "192.0.2.6"), Kind.INCOMPLETE, "missing parameter");
    refuses(
        () -> scaling.register("x", "i-6", "192.0.2.6"),
        Kind.UNKNOWN_GROUP,
        "can't find autoscaling group name in config");
    assertThat(scaling.differences())
        .extracting(AutoScaling.Difference::problem)
        .containsExactly("", "");
    scaling.deregister("i-2");
    assertThat(ids("prod")).containsExactly("i-1", "-", "i-5");
    assertThat(scaling.differences().getFirst().problem()).isEqualTo("difference found: i-2");
    refuses(() -> scaling.deregister("i-2"), Kind.FAILED, "i-2 is not registered");
    refuses(() -> scaling.deregister(""), Kind.INCOMPLETE, "instance_id required");
  }

  @Test
  void a_group_that_aws_does_not_know_keeps_no_other_from_its_refresh() throws Exception {
    aws.remove("prod");
    aws.put("stg", List.of(instance(7)));
    refuses(
        () -> scaling.refresh(""),
        Kind.FAILED,
        "AWS has no Auto Scaling group prod in this account and region");
    assertThat(ids("stg")).containsExactly("i-7", "-");
  }

  @Test
  void who_comes_or_goes_while_aws_is_asked_is_not_undone_by_its_answer() throws Exception {
    scaling.refresh("");
    meanwhile =
        () -> {
          try {
            scaling.register("prod", "i-9", "192.0.2.9");
            scaling.deregister("i-1");
          } catch (Refusal e) {
            throw new IllegalStateException(e);
          }
        };
    scaling.refresh("prod");
    assertThat(ids("prod")).containsExactly("-", "i-2", "i-9");
  }

  @Test
  void what_registers_is_an_address_and_a_group_without_aliases_keeps_no_configuration()
      throws Exception {
    refuses(
        () -> scaling.register("prod", "i-6", "evil.example/"),
        Kind.INCOMPLETE,
        "'evil.example/' is no IP address");
    assertThatThrownBy(() -> scaling.configure("prod", CONFIG))
        .hasMessage("prod has no aliases yet: ask for /autoscaling/refresh first");
    scaling.refresh("");
    scaling.configure("prod", CONFIG);
    scaling.use(new Groups(List.of(new Groups.Group("prod", 4, "app"))));
    scaling.refresh("prod");
    assertThat(scaling.find("prod-app-04").orElseThrow().alias().metricConfig())
        .isEqualTo(CONFIG.of("prod-app-04"));
  }

  @Test
  void a_deleted_group_has_no_alias_until_it_is_refreshed() throws Exception {
    scaling.refresh("");
    scaling.delete("prod");
    assertThat(scaling.find("prod-app-01")).isEmpty();
    assertThat(scaling.groupOfHost("prod-app-01")).contains("prod");
    scaling.refresh("prod");
    assertThat(scaling.find("prod-app-01")).isPresent();
  }

  @Test
  void without_a_file_there_is_no_group_and_it_says_so() throws Exception {
    Files.delete(file());
    assertThat(scaling.groupOfHost("prod-app-01")).isEmpty();
    var missing = "open " + file() + ": no such file or directory";
    refuses(() -> scaling.refresh(""), Kind.FAILED, missing);
    refuses(() -> scaling.writeList(new JsonWriter()), Kind.FAILED, missing);
    refuses(() -> scaling.delete("prod"), Kind.FAILED, missing);
    refuses(() -> scaling.differences(), Kind.FAILED, missing);
  }

  @Test
  void fewer_aliases_let_those_beyond_go() throws Exception {
    aws.put("prod", List.of(instance(1), instance(2), instance(3)));
    scaling.refresh("");
    scaling.deregister("i-1");
    scaling.use(new Groups(List.of(new Groups.Group("prod", 2, "app"))));
    aws.put("prod", List.of(instance(2), instance(3)));
    scaling.refresh("");
    assertThat(ids("prod")).containsExactly("i-3", "i-2");
  }

  @Test
  void a_file_of_aliases_that_is_damaged_is_set_aside() throws Exception {
    scaling.refresh("");
    Files.writeString(folder.resolve("aliases"), "{\"autoscaling\":[{", StandardCharsets.UTF_8);
    scaling = reopened();
    assertThat(scaling.aliases("prod")).isEmpty();
    assertThat(folder.resolve("aliases.damaged")).exists();
    scaling.refresh("");
    assertThat(ids("prod")).containsExactly("i-1", "i-2", "-");
  }

  /** A hundred random histories of a group that grows and shrinks. */
  @Test
  void nobody_loses_an_alias_while_in_service_and_no_alias_has_two() {
    var random = new Random(7);
    for (int history = 0; history < 100; history++) {
      var group = new Groups.Group("g", 1 + random.nextInt(30), "p");
      List<Alias> aliases = List.of();
      var next = 0;
      List<Instance> inService = new ArrayList<>();
      for (int step = 0; step < 30; step++) {
        inService.removeIf(one -> random.nextInt(4) == 0);
        for (int n = random.nextInt(4); n > 0; n--) {
          inService.add(new Instance("i-" + next++, "192.0.2.1"));
        }
        var after = Aliases.refreshed(group, aliases, inService);
        assertThat(after).extracting(Alias::name).isEqualTo(group.aliases());
        var seen = new HashSet<String>();
        for (int i = 0; i < after.size(); i++) {
          var now = after.get(i).instance();
          now.ifPresent(one -> assertThat(seen.add(one.id())).isTrue());
          if (!aliases.isEmpty()) {
            var had = aliases.get(i).instance();
            if (had.isPresent() && inService.contains(had.get())) {
              assertThat(now).isEqualTo(had);
            }
          }
        }
        assertThat(seen).hasSize(Math.min(group.count(), inService.size()));
        aliases = after;
      }
    }
  }

  private interface Deed {
    void run() throws Refusal;
  }

  private static void refuses(Deed deed, Kind kind, String message) {
    assertThatThrownBy(deed::run)
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.kind()).isEqualTo(kind);
              assertThat(refusal).hasMessage(message);
            });
  }
}
