package io.happo.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.core.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DependencyTest {
  @ParameterizedTest
  @CsvSource({"ping, '', ping", "db1/postgres, db1, postgres", "gw/, gw, ''", "a/b/c, a/b, c"})
  void it_is_read_and_written(String text, String agent, String check) {
    var dependency = Dependency.parse(text);
    assertThat(dependency).isEqualTo(new Dependency(agent, check));
    assertThat(dependency).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/ping", "a check", "-x"})
  void what_is_none_is_told(String text) {
    assertThatThrownBy(() -> Dependency.parse(text)).hasMessageContaining("AGENT/CHECK");
  }

  @Test
  void it_is_resolved_for_each_agent() {
    var dependency = Dependency.parse("gw-{{tags.site}}/ping");
    assertThat(dependency.resolve(new AgentView("1", "a", Map.of("site", "fra"), Map.of())))
        .contains(new Dependency("gw-fra", "ping"));
    assertThat(dependency.resolve(new AgentView("1", "a", Map.of(), Map.of()))).isEmpty();
  }

  /** Checks in words, such as {@code a:b,c}; what circles they make. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a:b b:c,d c:d d           | ",
        "a:a                       | a → a",
        "a:b b:a                   | a → b → a",
        "x:a a:b b:c c:d,a d       | a → b → c → a",
        "a:b b:a c:d d:c           | a → b → a; c → d → c",
        "a:gw/b b:gw/a             | ",
        "a:none b:{{tags.x}}       | ",
      })
  void circles_of_one_agents_checks_are_told(String checks, String circles) throws Exception {
    var json = new StringBuilder("{\"checks\": [");
    for (var check : checks.split(" ", -1)) {
      var parts = check.split(":", -1);
      json.append(json.length() > 12 ? "," : "")
          .append("{\"name\": \"" + parts[0] + "\", \"plugin\": \"p\", \"every\": \"1m\"");
      if (parts.length > 1) {
        json.append(", \"depends\": [\"" + parts[1].replace(",", "\", \"") + "\"]");
      }
      json.append('}');
    }
    List<String> told = List.of();
    try {
      FleetPlan.read(Json.parse(json + "]}"));
    } catch (BadPlanException e) {
      told = e.problems().stream().map(Problem::text).toList();
    }
    var expected = circles == null ? List.<String>of() : List.of(circles.split("; ", -1));
    assertThat(told)
        .isEqualTo(
            expected.stream()
                .map(
                    circle ->
                        "goes round in a circle, in which nobody would be told of any: " + circle)
                .toList());
  }
}
