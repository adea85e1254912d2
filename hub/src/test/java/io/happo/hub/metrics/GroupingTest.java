package io.happo.hub.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GroupingTest {
  private static Labels labels(String agent, String host, String unit, Map<String, String> tags) {
    return new Labels(agent, "id-" + agent, "disk", host, "used", unit, new TreeMap<>(tags));
  }

  private static List<String> key(Labels labels, Map<String, String> agentTags, String... by) {
    return new Grouping(List.of(by)).key(labels, agentTags);
  }

  @Test
  void series_are_grouped_by_what_they_are_known_by() {
    var one = labels("a", "h", "B", Map.of("core", "1", "role", "own"));
    assertThat(key(one, Map.of())).as("units are never mixed").containsExactly("B");
    assertThat(key(one, Map.of(), "agent"))
        .as("names may be alike")
        .containsExactly("a", "id-a", "B");
    assertThat(key(one, Map.of(), "check", "metric", "host"))
        .containsExactly("disk", "used", "h", "B");
    assertThat(key(one, Map.of("role", "web", "site", "fra"), "core", "site"))
        .containsExactly("1", "fra", "B");
    assertThat(key(one, Map.of("role", "web"), "role"))
        .as("the metric's tag")
        .containsExactly("own", "B");
    assertThat(key(one, Map.of(), "nothing")).containsExactly("", "B");
  }

  @Test
  void a_word_is_a_tag_where_the_series_has_nothing_of_its_own() {
    assertThat(key(labels("a", "", "", Map.of("host", "tagged")), Map.of(), "host"))
        .containsExactly("tagged", "");
  }

  @Test
  void a_group_is_called_what_all_of_it_are_called() {
    var grouping = new Grouping(List.of("site"));
    var one = grouping.labelled(labels("a", "h", "B", Map.of("core", "1")), Map.of("site", "fra"));
    var other =
        grouping.labelled(
            labels("b", "h", "B", Map.of("core", "2")), Map.of("site", "fra", "role", "web"));
    assertThat(one.common(other))
        .isEqualTo(
            new Labels("", "", "disk", "h", "used", "B", new TreeMap<>(Map.of("site", "fra"))));
    assertThat(one.common(one)).isEqualTo(one);
  }
}
