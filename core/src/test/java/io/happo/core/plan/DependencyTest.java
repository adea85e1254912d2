package io.happo.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
