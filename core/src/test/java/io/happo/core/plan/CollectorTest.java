package io.happo.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.happo.core.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of collectors. Documents are JSON with single quotes here. */
class CollectorTest {
  private static final AgentView WEB =
      new AgentView("f00d", "web1", Map.of("role", "web", "port", "9"), Map.of("os", "linux"));

  private static final String COLLECTD =
      """
      {'name': 'collectd', 'command': 'collectd -f -C {{folder}}/collectd.conf {{tags.role}}',
       'validate': 'collectd -t -C {{folder}}/collectd.conf',
       'files': {'collectd.conf': 'Hostname \\"{{tags.role}}\\"\\n{{.State}} {{folder}}'},
       'env': {'HOME': '{{folder}}', 'N': 1}, 'memory': '200 MiB',
       'scrape': 'http://127.0.0.1:{{tags.port}}/metrics', 'every': '30s',
       'for': {'tags': {'role': 'web'}}}
      """;

  private static FleetPlan read(String collectors) throws Exception {
    return FleetPlan.read(Json.parse(("{'collectors': [" + collectors + "]}").replace('\'', '"')));
  }

  private static List<String> problems(String collectors) {
    var bad = catchThrowableOfType(BadPlanException.class, () -> read(collectors));
    return bad.problems().stream().map(Problem::toString).toList();
  }

  @Test
  void a_collector_is_given_to_its_agents_with_their_values() throws Exception {
    var fleet = read(COLLECTD);
    var plan = fleet.resolve(WEB, Map.of()).plan();
    assertThat(plan.collectors())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.command())
                  .containsExactly("collectd", "-f", "-C", "{{folder}}/collectd.conf", "web");
              assertThat(one.validate()).startsWith("collectd", "-t");
              assertThat(one.files())
                  .containsEntry("collectd.conf", "Hostname \"web\"\n{{.State}} {{folder}}");
              assertThat(one.environment())
                  .containsEntry("HOME", "{{folder}}")
                  .containsEntry("N", "1");
              assertThat(one.memoryBytes()).isEqualTo(200L << 20);
              assertThat(one.scrape()).containsExactly("http://127.0.0.1:9/metrics");
              assertThat(one.scrapeEvery()).isEqualTo(Duration.ofSeconds(30));
            });
    assertThat(PlanReader.read(plan.toJson())).isEqualTo(plan);
    var other = new AgentView("beef", "db1", Map.of("role", "db"), Map.of());
    assertThat(fleet.resolve(other, Map.of()).plan()).isEqualTo(Plan.EMPTY);
  }

  @Test
  void a_check_that_tells_how_it_is_comes_with_it_unless_the_plan_has_one_of_that_name()
      throws Exception {
    assertThat(read(COLLECTD).resolve(WEB, Map.of()).plan().checks())
        .singleElement()
        .satisfies(
            check -> {
              assertThat(check.name()).isEqualTo("collector-collectd");
              assertThat(check.work())
                  .isEqualTo(new Work.Builtin("check_collector", List.of("collectd")));
              assertThat(check.maxAttempts()).isEqualTo(1);
            });
    var own =
        FleetPlan.read(
            Json.parse(
                ("{'checks': [{'name': 'collector-collectd', 'plugin': 'p', 'every': '5m'}],"
                        + " 'collectors': ["
                        + COLLECTD
                        + "]}")
                    .replace('\'', '"')));
    assertThat(own.checks()).singleElement().matches(check -> !own.isOfCollector(check));
  }

  @Test
  void a_plan_without_collectors_is_written_as_before() {
    assertThat(Plan.EMPTY.toJson()).doesNotContain("collectors");
  }

  @Test
  void all_that_is_wrong_with_one_is_told() {
    assertThat(
            problems(
                """
                {'name': 'a b', 'command': './x', 'files': {'a/b': ''}, 'memory': '1 KiB'},
                {'name': 'b', 'validate': '{{tags.x}} -t', 'command': 'x | y', 'every': '1m'},
                {'name': 'b', 'command': '-f', 'scrape': ['localhost'], 'every': '1s', 'user': 'r'}
                """))
        .satisfiesExactly(
            it -> assertThat(it).startsWith("collectors[0].name: 'a b' is no name"),
            it -> assertThat(it).startsWith("collectors[0].command: './x' is no program"),
            it -> assertThat(it).startsWith("collectors[0].files: 'a/b' is no name of a file"),
            it -> assertThat(it).startsWith("collectors[0].memory: is out of range"),
            it -> assertThat(it).startsWith("collectors[1].command: holds |"),
            it -> assertThat(it).startsWith("collectors[1].validate: has a token in its name"),
            it -> assertThat(it).isEqualTo("collectors[1].every: belongs to scrape"),
            it -> assertThat(it).endsWith("'b' is the name of another collector too"),
            it -> assertThat(it).startsWith("collectors[2].command: '-f' is no program"),
            it -> assertThat(it).startsWith("collectors[2].scrape: 'localhost' is no address"),
            it -> assertThat(it).startsWith("collectors[2].every: is 1s; whole seconds from 10s"),
            it -> assertThat(it).startsWith("collectors[2].user: is not known here"));
  }

  @Test
  void what_is_too_much_for_an_agent_is_left_out_and_told() throws Exception {
    var file = "x".repeat(200 << 10);
    var fleet =
        read(
            "{'name': 'a', 'command': 'a', 'files': {'f': '"
                + file
                + "'}}, {'name': 'b', 'command': 'b', 'files': {'f': '"
                + file
                + "'}}");
    var resolution = fleet.resolve(WEB, Map.of());
    assertThat(resolution.plan().collectors()).extracting(Collector::name).containsExactly("a");
    assertThat(resolution.problems().getFirst().toString())
        .startsWith("collector b.files: their files have 409600 bytes together");
  }

  @Test
  void one_that_lacks_a_value_is_left_out_and_told() throws Exception {
    var resolution =
        read("{'name': 'a', 'command': 'a {{tags.none}}', 'files': {'f': '{{facts.none}}'}}")
            .resolve(WEB, Map.of());
    assertThat(resolution.plan().collectors()).isEmpty();
    assertThat(resolution.problems())
        .extracting(Problem::place)
        .containsExactly("collector a.files.f", "collector a.command");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x y", "x/ü", "", "/x", ":9"})
  void an_address_that_is_none_with_the_values_of_an_agent_is_told(String value) throws Exception {
    var agent = new AgentView("f00d", "web1", Map.of("a", value), Map.of());
    var resolution =
        read("{'name': 'a', 'command': 'a', 'scrape': 'http://{{tags.a}}'}")
            .resolve(agent, Map.of());
    assertThat(resolution.problems().getFirst().toString())
        .startsWith("collector a.scrape: 'http://" + value)
        .endsWith("is no address of a web server");
  }

  @Test
  void what_changes_of_one_is_told_without_its_secrets() throws Exception {
    var old = read(COLLECTD);
    var newer =
        read(
            COLLECTD
                .replace("200 MiB", "1 GiB")
                .replace("Hostname", "Host")
                .replace(": 1}", ": 2}"));
    assertThat(old.changesTo(newer))
        .extracting(change -> change.check() + " " + change.member() + " " + change.after())
        .satisfiesExactly(
            it -> assertThat(it).isEqualTo("collector collectd env.N (hidden)"),
            it -> assertThat(it).matches("collector collectd files.collectd.conf [0-9a-f]{12}"),
            it -> assertThat(it).isEqualTo("collector collectd memory 1 GiB"));
    assertThat(FleetPlan.EMPTY.changesTo(old))
        .extracting(PlanChange::check)
        .containsExactly("collector collectd");
    assertThat(old.differsFor(WEB, newer)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1 KiB,1024", "200MiB,209715200", "2 GiB,2147483648"})
  void a_size_is_a_whole_number_with_its_unit(String text, long bytes) {
    assertThat(Sizes.parse(text)).isEqualTo(bytes);
    assertThat(Sizes.parse(Sizes.text(bytes))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "MiB", "1.5 MiB", "-1 MiB", "1 MB", "9999999999 KiB"})
  void no_size_is_told_with_what_to_write(String text) {
    assertThatThrownBy(() -> Sizes.parse(text)).hasMessageContaining("200 MiB");
  }
}
