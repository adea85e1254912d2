package io.happo.hub.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.plan.AgentView;
import io.happo.core.plan.Check;
import io.happo.core.plan.FleetPlan;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What comes with the hub is a plan, and each machine gets of it what it has. */
class DefaultPlanTest {
  private static AgentView machine(Map<String, String> facts) {
    return new AgentView("id", "web-01", new TreeMap<>(), new TreeMap<>(facts));
  }

  @Test
  void a_machine_gets_checks_of_what_it_has() throws Exception {
    var plan = FleetPlan.read(YamlText.read(DefaultPlan.FILE, DefaultPlan.text()));
    var small = plan.resolve(machine(Map.of("os", "linux")), Map.of());
    assertThat(small.problems()).isEmpty();
    assertThat(small.plan().checks())
        .extracting(Check::name)
        .contains("load", "memory", "disk", "packages")
        .doesNotContain("swap", "services", "containers", "certificates", "raid", "temperatures");
    var large =
        plan.resolve(
            machine(
                Map.of(
                    "os", "linux",
                    "init", "systemd",
                    "swap", "true",
                    "mdRaid", "true",
                    "sensors", "true",
                    "containers", "docker",
                    "certificates", "letsencrypt")),
            Map.of());
    assertThat(large.plan().checks()).hasSize(plan.checks().size() + plan.inventory().size());
    var container = machine(Map.of("os", "linux", "virtualization", "lxc"));
    assertThat(plan.resolve(container, Map.of()).plan().checks())
        .extracting(Check::name)
        .contains("disk")
        .doesNotContain("mounts");
    assertThat(plan.resolve(machine(Map.of("os", "windows")), Map.of()).plan().checks()).isEmpty();
  }
}
