package io.happo.hub.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.plan.AlertRule;
import io.happo.core.plan.FleetPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/alerts.md shows is what a plan takes. */
class AlertDocsTest {
  private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\\n(.*?)```");

  @Test
  void each_example_of_rules_is_read() throws Exception {
    var page = Path.of(System.getProperty("happo.root"), "docs", "alerts.md");
    var names = new ArrayList<String>();
    var examples = EXAMPLE.matcher(Files.readString(page));
    while (examples.find()) {
      var plan = FleetPlan.read(YamlText.read("alerts.yaml", examples.group(1)));
      plan.alerts().stream().map(AlertRule::name).forEach(names::add);
    }
    assertThat(names).contains("web", "away", "full", "disk-grows", "memory-of-a-site");
  }
}
