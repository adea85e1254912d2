package io.happo.hub.export;

import static io.happo.hub.export.Fixtures.ID;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrometheusNamesTest {
  private static final PrometheusNames NAMES = new PrometheusNames(Map.of(), List.of());

  @Test
  void perfdata_has_one_name_and_says_what_it_is_by_labels() {
    assertThat(NAMES.labels(Fixtures.perfdata("load", "load1", "")))
        .containsExactly(
            Map.entry("__name__", "happo_perfdata"),
            Map.entry("agent", "web-01"),
            Map.entry("agent_id", ID),
            Map.entry("check", "load"),
            Map.entry("label", "load1"));
    assertThat(NAMES.labels(Fixtures.perfdata("disk", "/var;x=1", "MB")))
        .contains(Map.entry("label", "/var;x=1"), Map.entry("unit", "MB"));
  }

  @ParameterizedTest
  @CsvSource({
    "cpu.load.1, cpu_load_1",
    "9lives, _9lives",
    "a:b, a:b",
    "größe, gr__e",
    "happo_agent_up, happo_agent_up_",
    "happo.perfdata, happo_perfdata_"
  })
  void a_name_becomes_one_that_prometheus_takes(String name, String expected) {
    assertThat(NAMES.labels(Fixtures.metric("", name)))
        .containsEntry("__name__", expected)
        .containsEntry("path", name)
        .doesNotContainKey("host");
  }

  @Test
  void tags_are_labels_and_those_that_collide_are_called_otherwise() {
    assertThat(NAMES.labels(Fixtures.metric("db-1", "http.requests;code=500;host=x;__a=1;B=2")))
        .containsEntry("host", "db-1")
        .containsEntry("code", "500")
        .containsEntry("tag_host", "x")
        .containsEntry("tag_a", "1")
        .containsEntry("B", "2")
        .containsEntry("path", "http.requests;B=2;__a=1;code=500;host=x");
    assertThat(NAMES.labels(Fixtures.metric("", "m;code=500"))).containsEntry("path", "m");
  }

  @Test
  void series_that_are_not_the_same_never_have_the_same_labels() {
    var names =
        List.of(
            "a.b",
            "a-b",
            "a_b",
            "m;a.b=1",
            "m;a-b=1",
            "m;a_b=1",
            "m;tag_host=1",
            "m;host=1",
            "m;a.b=1;a-b=2",
            "m;a.b=2;a-b=1",
            "m;path=x",
            "m",
            "happo_agent_up",
            "happo_agent_up_");
    assertThat(names.stream().map(name -> NAMES.labels(Fixtures.metric("", name))).distinct())
        .hasSameSizeAs(names);
  }

  @Test
  void labels_and_tags_of_agents_are_added() {
    var names = new PrometheusNames(Map.of("site", "berlin"), List.of("role", "none"));
    assertThat(names.labels(Fixtures.metric("", "m;site=x")))
        .containsEntry("site", "berlin")
        .containsEntry("tag_site", "x")
        .containsEntry("agent_tag_role", "web")
        .containsEntry("path", "m;site=x")
        .doesNotContainKey("agent_tag_none");
  }
}
