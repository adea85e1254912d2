package io.happo.agent.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.plan.Bundle;
import io.happo.core.plan.Collector;
import io.happo.core.plan.Plan;
import io.happo.core.plan.Problem;
import io.happo.core.plan.Work;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HubMayRunTest {
  private static final String SIGNED = "0".repeat(64);
  private static final String UNSIGNED = "1".repeat(64);
  private static final Plan PLAN =
      new Plan(
          List.of(
              Checks.running("a", new Work.Packed("2".repeat(64), "check_x", List.of())),
              Checks.running("b", new Work.Builtin("uptime", List.of())),
              Checks.running("p", Work.Plugin.of("check_x")),
              Checks.running("s", new Work.Script(SIGNED, List.of())),
              Checks.running("u", new Work.Script(UNSIGNED, List.of()))),
          List.of(
              new Bundle(SIGNED, "s.sh", Bundle.Kind.SCRIPT, 1, "c2ln"),
              new Bundle(UNSIGNED, "u.sh", Bundle.Kind.SCRIPT, 1, ""),
              new Bundle("2".repeat(64), "plugins", Bundle.Kind.ARCHIVE, 1, "c2ln")));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "builtin   | bundle plugins, a.archive, p.plugin, s.script, u.script",
        "installed | bundle plugins, a.archive, s.script, u.script",
        "bundles   | u.script",
        "anything  | ''"
      })
  void a_setting_refuses_what_goes_beyond_it(String word, String places) {
    var found =
        HubMayRun.of(word).orElseThrow().problems(PLAN).stream().map(Problem::place).toList();
    assertThat(String.join(", ", found)).isEqualTo(places);
  }

  @Test
  void a_collector_needs_what_scripts_need() {
    var collector =
        new Collector(
            "c",
            List.of("collectd", "-f"),
            List.of(),
            new TreeMap<>(),
            new TreeMap<>(),
            0,
            List.of(),
            Collector.DEFAULT_SCRAPE);
    var plan = new Plan(List.of(), List.of(), List.of(), List.of(collector));
    assertThat(HubMayRun.INSTALLED.problems(plan))
        .extracting(Problem::toString)
        .containsExactly(
            "collector c: needs hub-may-run bundles; the settings of this agent say installed");
    assertThat(HubMayRun.BUNDLES.problems(plan)).isEmpty();
  }

  @Test
  void a_refusal_says_what_would_allow_it() {
    assertThat(HubMayRun.INSTALLED.problems(PLAN).get(2))
        .hasToString(
            "s.script: needs hub-may-run bundles; the settings of this agent say installed");
    assertThat(HubMayRun.BUNDLES.problems(PLAN).getFirst())
        .hasToString(
            "u.script: is not signed, and needs hub-may-run anything; the settings of this agent"
                + " say bundles");
    assertThat(HubMayRun.of("all")).isEmpty();
  }
}
