package io.happo.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.happo.core.Json;
import io.happo.core.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What people write about archives. Documents are JSON with single quotes here. */
class PackedReaderTest {
  private static final String DIGEST = "a".repeat(64);
  private static final String OTHER = "b".repeat(64);
  private static final FleetPlan.Archives LIBRARY =
      digest ->
          digest.equals(DIGEST) || digest.equals(OTHER)
              ? Optional.of(Set.of("check_disk", "sub/check_net"))
              : Optional.empty();
  private static final AgentView AGENT =
      new AgentView("f00d", "web1", Map.of("warn", "7"), Map.of("os", "linux"));

  private static FleetPlan read(String bundles, String checks) throws Exception {
    var files = new TreeMap<String, JsonValue>();
    files.put("checks.yaml", json("{'checks': [" + checks + "]}"));
    files.put("plugins", json("{'bundles': {" + bundles + "}}"));
    return FleetPlan.read(files, LIBRARY);
  }

  private static JsonValue json(String text) throws Exception {
    return Json.parse(text.replace('\'', '"'));
  }

  private static List<String> problems(String bundles, String checks) {
    var bad = catchThrowableOfType(BadPlanException.class, () -> read(bundles, checks));
    assertThat(bad).isNotNull();
    return bad.problems().stream().map(Problem::toString).toList();
  }

  private static Map<String, Bundle> offered(Bundle.Kind kind) {
    return Map.of(DIGEST, new Bundle(DIGEST, "linux", kind, 9, "c2ln"));
  }

  @Test
  void a_check_runs_a_file_of_an_archive_with_tokens_and_arguments() throws Exception {
    var plan =
        read(
            "'linux': '" + DIGEST + "', 'unused': '" + OTHER + "'",
            "{'name': 'net', 'bundle': 'linux', 'every': '1m',"
                + " 'plugin': 'sub/check_net -w {{tags.warn}}', 'arguments': ['-c', 9]}");
    assertThat(plan.archives()).containsExactly(Map.entry(DIGEST, "linux"));
    var resolution = plan.resolve(AGENT, offered(Bundle.Kind.ARCHIVE));
    assertThat(resolution.problems()).isEmpty();
    var own = resolution.plan();
    assertThat(own.checks().getFirst().work())
        .isEqualTo(new Work.Packed(DIGEST, "sub/check_net", List.of("-w", "7", "-c", "9")));
    assertThat(own.bundles()).extracting(Bundle::name).containsExactly("linux");
    assertThat(PlanDocument.read(own.toJson()).plan()).isEqualTo(own);
    assertThat(own.toJson())
        .contains("\"archive\":\"" + DIGEST + "\",\"file\":\"sub/check_net\"")
        .doesNotContain("\"plugin\"");
  }

  @Test
  void a_variant_may_take_another_archive_or_none() throws Exception {
    var plan =
        read(
            "'linux': '" + DIGEST + "', 'windows': '" + OTHER + "'",
            "{'name': 'disk', 'bundle': 'linux', 'plugin': 'check_disk', 'every': '1m', 'variants':"
                + " {'windows': {'bundle': 'windows', 'plugin': 'check_disk'},"
                + " 'darwin': {'plugin': 'check_disk'}}}");
    assertThat(plan.checks().getFirst().variants())
        .containsEntry("windows", new Work.Packed(OTHER, "check_disk", List.of()))
        .containsEntry("darwin", new Work.Plugin("check_disk", List.of()));
    assertThat(plan.archives()).containsOnlyKeys(DIGEST, OTHER);
  }

  @Test
  void all_problems_are_told_at_once_with_places_and_hints() {
    assertThat(
            problems(
                "'linux': '" + DIGEST + "', 'a b': 'x', 'gone': '" + "c".repeat(64) + "'",
                """
                {'name': 'a', 'bundle': 'linus', 'plugin': 'check_disk', 'every': '1m'},
                {'name': 'b', 'bundle': 'linux', 'plugin': 'check_disc -w 5', 'every': '1m'},
                {'name': 'c', 'bundle': 'linux', 'plugin': '../check_disk', 'every': '1m'},
                {'name': 'd', 'bundle': 'linux', 'plugin': 'check_{{tags.os}}', 'every': '1m'},
                {'name': 'e', 'bundle': 'linux', 'script': '#!/bin/sh', 'every': '1m'},
                {'name': 'f', 'bundle': 'linux', 'plugin': ' ', 'every': '1m'},
                {'name': 'g', 'bundle': 'linux', 'plugin': 'check_disk | sort', 'every': '1m'},
                {'name': 'h', 'bundle': 'linux', 'plugin': 'sub', 'every': '1m'},
                {'name': 'i', 'plugin': 'sub/check_net', 'every': '1m'}
                """))
        .satisfiesExactly(
            it -> assertThat(it).startsWith("plugins: bundles.a b: 'a b' is no name"),
            it -> assertThat(it).startsWith("plugins: bundles.a b: 'x' is no SHA-256"),
            it -> assertThat(it).startsWith("plugins: bundles.gone: is no archive that this hub"),
            it ->
                assertThat(it)
                    .isEqualTo(
                        "checks.yaml: checks[0].bundle: 'linus' is none of the bundles; did you"
                            + " mean 'linux'?"),
            it ->
                assertThat(it)
                    .isEqualTo(
                        "checks.yaml: checks[1].plugin: 'check_disc' is no file of the bundle"
                            + " 'linux'; did you mean 'check_disk'?"),
            it -> assertThat(it).endsWith("it has a part that is '..'"),
            it -> assertThat(it).contains("checks[3].plugin: has a token in its name"),
            it -> assertThat(it).contains("checks[4].bundle: needs plugin"),
            it -> assertThat(it).contains("checks[5].plugin: is empty"),
            it -> assertThat(it).contains("checks[6].plugin: holds |"),
            it -> assertThat(it).contains("checks[7].plugin: 'sub' is no file of the bundle"),
            it -> assertThat(it).contains("checks[8].plugin: 'sub/check_net' is no plugin"));
  }

  @Test
  void an_archive_that_agents_cannot_fetch_leaves_its_checks_out() throws Exception {
    var plan =
        read(
            "'linux': '" + DIGEST + "'",
            "{'name': 'disk', 'bundle': 'linux', 'plugin': 'check_disk', 'every': '1m'}");
    for (var offered : List.of(Map.<String, Bundle>of(), offered(Bundle.Kind.SCRIPT))) {
      var resolution = plan.resolve(AGENT, offered);
      assertThat(resolution.plan().checks()).isEmpty();
      assertThat(resolution.problems())
          .extracting(Problem::toString)
          .containsExactly(
              "disk.bundle: linux is not there for agents to fetch: apply the plan again");
    }
  }

  @Test
  void a_changed_archive_is_told_as_a_change() throws Exception {
    var check = "{'name': 'disk', 'bundle': 'linux', 'plugin': 'check_disk -x', 'every': '1m'}";
    var old = read("'linux': '" + DIGEST + "'", check);
    var newer = read("'linux': '" + OTHER + "'", check);
    assertThat(old.changesTo(newer))
        .containsExactly(
            new PlanChange(
                PlanChange.Kind.CHANGED,
                "disk",
                "bundle",
                "linux aaaaaaaaaaaa",
                "linux bbbbbbbbbbbb"));
  }

  @Test
  void an_agents_plan_is_checked_too() {
    var plan =
        """
        {'version': 1, 'bundles': [
          {'sha256': '%s', 'name': 's', 'kind': 'script', 'size': 1},
          {'sha256': '%s', 'name': 'p', 'kind': 'archive', 'size': 1}],
         'checks': [
          {'name': 'a', 'archive': '%1$s', 'file': 'x', 'everySeconds': 1},
          {'name': 'b', 'script': '%2$s', 'everySeconds': 1},
          {'name': 'c', 'archive': '%2$s', 'everySeconds': 1},
          {'name': 'd', 'archive': '%2$s', 'file': '/x', 'everySeconds': 1},
          {'name': 'e', 'archive': '%2$s', 'file': 'x', 'plugin': 'x', 'everySeconds': 1},
          {'name': 'f', 'plugin': 'x', 'file': 'x', 'everySeconds': 1}]}
        """
            .formatted(DIGEST, OTHER)
            .replace('\'', '"');
    var bad = catchThrowableOfType(BadPlanException.class, () -> PlanDocument.read(plan));
    assertThat(bad.problems())
        .extracting(Problem::toString)
        .satisfiesExactly(
            it ->
                assertThat(it)
                    .endsWith("checks[0].archive: '" + DIGEST + "' is none of the bundles"),
            it ->
                assertThat(it).endsWith("checks[1].script: '" + OTHER + "' is none of the bundles"),
            it -> assertThat(it).isEqualTo("checks[2].file: is missing"),
            it -> assertThat(it).startsWith("checks[3].file: '/x' is no path"),
            it -> assertThat(it).startsWith("checks[4]: needs exactly one of builtin, plugin,"),
            it -> assertThat(it).isEqualTo("checks[5].file: belongs to archive"));
  }
}
