package io.happo.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import io.happo.core.Sha256;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people write. Documents are JSON with single quotes here, YAML is the hub's. */
class FleetPlanTest {
  private static final AgentView WEB =
      new AgentView(
          "f00d",
          "web1",
          Map.of("role", "web", "site", "a b; reboot", "warn", "7"),
          Map.of("os", "linux", "hostname", "web1.example.org", "bad", "a\nb"));
  private static final AgentView DATABASE =
      new AgentView("beef", "db1", Map.of("role", "db"), Map.of("os", "windows"));

  @Test
  void a_check_is_read_with_all_its_members() throws Exception {
    var plan =
        read(
            """
            {'scripts': {'disk.sh': '#!/bin/sh\\necho ok\\n'},
             'checks': [
              {'name': 'load', 'plugin': 'check_load -w 5', 'arguments': ['a b', 6], 'every': '1m',
               'timeout': '20s', 'retry': '10s', 'attempts': 5, 'env': {'LANG': 'C', 'N': 1}},
              {'name': 'disk', 'script': 'disk.sh', 'arguments': "-w '1 2'", 'cron': '0 4 * * *',
               'timezone': 'Europe/Berlin'},
              {'name': 'up', 'builtin': 'uptime -w 5:', 'arguments': ['-r', true], 'every': '5s'}
             ]}
            """);
    var checks = plan.resolve(WEB, bundles(plan)).plan().checks();
    var digest = Sha256.of("#!/bin/sh\necho ok\n");
    assertThat(checks)
        .extracting(Check::work)
        .containsExactly(
            new Work.Script(digest, List.of("-w", "1 2")),
            new Work.Plugin("check_load", List.of("-w", "5", "a b", "6")),
            new Work.Builtin("uptime", List.of("-w", "5:", "-r", "true")));
    assertThat(checks.get(1))
        .isEqualTo(
            new Check(
                "load",
                checks.get(1).work(),
                new Schedule.Every(Duration.ofMinutes(1)),
                Duration.ofSeconds(20),
                Duration.ofSeconds(10),
                5,
                new TreeMap<>(Map.of("LANG", "C", "N", "1"))));
    assertThat(checks.get(2).retry()).isEqualTo(Duration.ofSeconds(5));
    assertThat(plan.scripts().get(digest))
        .isEqualTo(new FleetPlan.Script("disk.sh", "#!/bin/sh\necho ok\n"));
  }

  @Test
  void all_problems_are_told_at_once_with_places_and_hints() {
    assertThat(
            problems(
                """
                {'cheks': [], 'scripts': {'a.sh': 'echo', 'b.ps1': 'dir'},
                 'checks': [
                  {'name': 'a', 'plugin': 'check_a', 'evry': '30s'},
                  {'name': 'a', 'plugin': 'check_a | sort', 'script': 'x', 'every': '30'},
                  {'plugin': 'check_a', 'every': '2d', 'cron': '* * * * *', 'attempts': 'many'},
                  {'name': 'd', 'script': 'b.ps', 'every': '1m', 'timezone': 'UTC'},
                  {'name': 'e', 'builtin': 'x', 'every': '1m', 'for': {},
                   'not-for': {'tag': {'a': 'b'}}},
                  {'name': 'f', 'plugin': 'check_{{tags.a}} {{tag.role}}', 'every': '1m',
                   'env': {'A': '{{facts.x', 'B-C': ''},
                   'variants': {'linus': {'plugin': 'y'}, 'windows': {}, 'darwin': 7}},
                  {'name': 'g', 'script': '#!/bin/sh', 'script': 'x', 'every': '0s'},
                  'h'
                 ]}
                """))
        .extracting(Problem::toString)
        .satisfiesExactly(
            it -> assertThat(it).startsWith("scripts.a.sh: does not say what runs it"),
            it -> assertThat(it).isEqualTo("checks[0]: needs every or cron"),
            it ->
                assertThat(it)
                    .isEqualTo("checks[0].evry: is not known here; did you mean 'every'?"),
            it -> assertThat(it).isEqualTo("checks[1].name: 'a' is the name of another check too"),
            it -> assertThat(it).startsWith("checks[1].plugin: holds |, which only a shell"),
            it ->
                assertThat(it).isEqualTo("checks[1]: needs only one of plugin, script and builtin"),
            it -> assertThat(it).startsWith("checks[1].script: 'x' is none of the scripts"),
            it -> assertThat(it).startsWith("checks[1].every: '30' is no duration: write a whole"),
            it -> assertThat(it).isEqualTo("checks[2].name: is missing"),
            it -> assertThat(it).isEqualTo("checks[2]: has both every and cron"),
            it ->
                assertThat(it)
                    .isEqualTo("checks[2].every: is 2d; whole seconds from 1s to 1d are possible"),
            it -> assertThat(it).startsWith("checks[2].attempts: is a string"),
            it -> assertThat(it).endsWith("'b.ps' is none of the scripts; did you mean 'b.ps1'?"),
            it -> assertThat(it).isEqualTo("checks[3].timezone: belongs to cron"),
            it -> assertThat(it).startsWith("checks[4].for: is empty"),
            it -> assertThat(it).startsWith("checks[4].not-for: is empty"),
            it -> assertThat(it).endsWith("not-for.tag: is not known here; did you mean 'tags'?"),
            it -> assertThat(it).endsWith("only tags and facts; did you mean 'tags'?"),
            it -> assertThat(it).startsWith("checks[5].plugin: has a token in its name"),
            it -> assertThat(it).startsWith("checks[5].variants.linus: is no system"),
            it -> assertThat(it).startsWith("checks[5].variants.windows: needs one of plugin"),
            it -> assertThat(it).startsWith("checks[5].variants.darwin: is a number"),
            it -> assertThat(it).startsWith("checks[5].env: 'B-C' is no variable"),
            it -> assertThat(it).startsWith("checks[5].env: holds a token that is not whole"),
            it -> assertThat(it).startsWith("checks[6].every: is 0s; whole seconds"),
            it -> assertThat(it).isEqualTo("checks[6].script: is there twice"),
            it -> assertThat(it).startsWith("checks[7]: is a string, expected names with values"),
            it -> assertThat(it).isEqualTo("cheks: is not known here; did you mean 'checks'?"));
  }

  @Test
  void what_is_listed_and_collected_is_read_and_resolved() throws Exception {
    var plan =
        read(
            """
            {'checks': [{'name': 'load', 'plugin': 'check_load', 'every': '1m'}],
             'inventory': [
              {'name': 'packages', 'plugin': 'list -v', 'for': {'tags': {'role': 'web'}}},
              {'name': 'users', 'script': '#!/bin/sh\\ngetent passwd', 'every': '1h', 'timeout': '5s'}],
             'metrics': [
              {'plugin': 'metrics-cpu --scheme {{tags.role}}', 'for': {'agents': 'web*'}}]}
            """);
    var resolved = plan.resolve(WEB, bundles(plan)).plan();
    assertThat(resolved.checks())
        .extracting(Check::name, Check::inventory)
        .containsExactly(tuple("load", false), tuple("packages", true), tuple("users", true));
    assertThat(resolved.checks().get(1).schedule())
        .isEqualTo(new Schedule.Every(Duration.ofHours(12)));
    assertThat(resolved.metrics())
        .containsExactly(new Work.Plugin("metrics-cpu", List.of("--scheme", "web")));
    assertThat(PlanDocument.read(PlanDocument.of(resolved).text()).plan()).isEqualTo(resolved);
    var other = plan.resolve(DATABASE, bundles(plan)).plan();
    assertThat(other.checks()).extracting(Check::name).containsExactly("load", "users");
    assertThat(other.metrics()).isEmpty();
    assertThat(plan.differsFor(DATABASE, read("{'checks': []}"))).isTrue();
    assertThat(plan.differsFor(DATABASE, plan)).isFalse();
    assertThat(FleetPlan.EMPTY.changesTo(plan))
        .extracting(PlanChange::check)
        .containsExactly(
            "inventory packages",
            "inventory users",
            "load",
            "metrics metrics-cpu --scheme {{tags.role}}");
  }

  @Test
  void an_inventory_has_no_state_and_a_name_of_its_own() {
    assertThat(
            problems(
                """
                {'checks': [{'name': 'a', 'plugin': 'x', 'every': '1m'}],
                 'inventory': [
                  {'name': 'a', 'plugin': 'x'},
                  {'name': 'facts', 'plugin': 'x'},
                  {'name': 'b', 'plugin': 'x', 'attempts': 3, 'quiet': true, 'every': '2d'}],
                 'metrics': [{'plugin': '{{tags.a}}'}, {'every': '1m'}]}
                """))
        .extracting(Problem::toString)
        .containsExactly(
            "inventory[0].name: 'a' is the name of a check or another list too",
            "inventory[1].name: is that of what every agent says of itself",
            "inventory[2].every: is 2d; whole seconds from 1s to 1d are possible",
            "inventory[2].attempts: is not known here",
            "inventory[2].quiet: is not known here",
            "metrics[0].plugin: has a token in its name: which plugin is run, the plan itself says",
            "metrics[1].plugin: is missing",
            "metrics[1].every: is not known here");
  }

  @Test
  void several_files_are_one_plan_and_places_name_them() throws Exception {
    var files = new TreeMap<String, JsonValue>();
    files.put("a.yaml", json("{'checks': [{'name': 'x', 'script': 's', 'every': '1m'}]}"));
    files.put("b.yaml", json("{'scripts': {'s': '#!/bin/sh'}}"));
    files.put("c.yaml", json("null"));
    assertThat(FleetPlan.read(files, FleetPlan.Archives.NONE).checks()).hasSize(1);
    files.put("d.yaml", json("{'checks': [{'name': 'x', 'builtin': 'uptime'}], 'scripts': 5}"));
    files.put("e.yaml", json("[]"));
    var bad =
        catchThrowableOfType(
            BadPlanException.class, () -> FleetPlan.read(files, FleetPlan.Archives.NONE));
    assertThat(bad.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "e.yaml: is an array, expected the members checks, scripts, alerts, inventory,"
                + " metrics and collectors",
            "d.yaml: scripts: is a number, expected names with values",
            "d.yaml: checks[0].name: 'x' is the name of another check too",
            "d.yaml: checks[0]: needs every or cron");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '§',
      textBlock =
          """
          {'for': {'tags': {'role': 'web'}}}                              → web1
          {'for': {'tags': {'role': '*'}}}                                → web1 db1
          {'for': {'tags': {'role': ['db', 'w*b']}}}                      → web1 db1
          {'for': {'tags': {'missing': '*'}}}                             → §§
          {'for': {'facts': {'hostname': '*.example.org'}}}               → web1
          {'for': {'facts': {'hostname': 'web*.exam*org'}}}               → web1
          {'for': {'facts': {'hostname': 'web*.exam*orgs'}}}              → §§
          {'for': {'agents': 'db1'}}                                      → db1
          {'for': {'agents': ['f00d', 'db*']}}                            → web1 db1
          {'for': {'agents': '*', 'tags': {'role': 'db'}}}                → db1
          {'not-for': {'tags': {'role': 'db'}}}                           → web1
          {'not-for': {'tags': {'role': 'db'}, 'facts': {'os': 'linux'}}} → web1 db1
          {'for': {'tags': {'role': '*'}}, 'not-for': {'agents': 'web*'}} → db1
          """)
  void a_target_suits_agents_by_tags_facts_and_names(String members, String agents)
      throws Exception {
    var required = "{'checks': [{'name': 'x', 'plugin': 'y', 'every': '1m', ";
    var plan = read(required + members.substring(1) + "]}");
    var check = plan.checks().getFirst();
    assertThat((check.matches(WEB) ? "web1 " : "") + (check.matches(DATABASE) ? "db1" : ""))
        .isEqualToIgnoringWhitespace(agents);
    assertThat(plan.unmatched(List.of(WEB, DATABASE)))
        .isEqualTo(agents.isEmpty() ? List.of("x") : List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '§',
      textBlock =
          """
          -H {{facts.hostname}}             → -H web1.example.org
          -w {{tags.warn}}{{ tags.role }}   → -w 7web
          {{tags.none|9}} {{tags.none|}}    → 9
          {{tags.none|a b}}                 → a b
          {{.State}} {{index}} '{{a b.c}}'  → {{.State}} {{index}} {{a b.c}}
          """)
  void tokens_become_what_the_agent_is(String arguments, String expanded) throws Exception {
    assertThat(String.join(" ", plugin("check_x " + arguments).arguments()).strip())
        .isEqualTo(expanded);
  }

  @Test
  void a_value_adds_neither_words_nor_syntax_to_a_command() throws Exception {
    assertThat(plugin("check_x -s {{tags.site}} \"-t {{tags.site}}\" '{{tags.site}}'x").arguments())
        .containsExactly("-s", "a b; reboot", "-t a b; reboot", "a b; rebootx");
    assertThat(plugin("check_x {{tags.none|}} {{tags.none|$(id) | `x`}}").arguments())
        .containsExactly("", "$(id) | `x`");
    assertThat(plugin("check_x {{tags.t}}", Map.of("t", "{{tags.t}}")).arguments())
        .containsExactly("{{tags.t}}");
  }

  @Test
  void a_check_whose_token_has_no_value_is_told_and_the_others_go_on() throws Exception {
    var plan =
        read(
            """
            {'checks': [
              {'name': 'a', 'plugin': 'p {{tags.rol}} {{facts.bad}}', 'every': '1m'},
              {'name': 'b', 'plugin': 'p', 'env': {'X': '{{facts.none}}'}, 'every': '1m'},
              {'name': 'c', 'builtin': 'q {{tags.role}}', 'every': '1m'}]}
            """);
    var resolution = plan.resolve(WEB, Map.of());
    assertThat(resolution.plan().checks()).extracting(Check::name).containsExactly("c");
    assertThat(resolution.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "a.plugin: this agent has no tags.rol: give it one, or write a default,"
                + " {{tags.rol|…}}; did you mean 'role'?",
            "a.plugin: facts.bad of this agent holds a control character, which no value may",
            "b.env.X: this agent has no facts.none: give it one, or write a default,"
                + " {{facts.none|…}}");
  }

  @Test
  void a_variant_takes_the_place_of_the_work_on_its_system() throws Exception {
    var plan =
        read(
            """
            {'scripts': {'w.ps1': 'dir'}, 'checks': [{'name': 'x', 'plugin': 'check_x',
             'every': '1m', 'variants': {'windows': {'script': 'w.ps1', 'arguments': ['-a']}}}]}
            """);
    assertThat(plan.resolve(WEB, bundles(plan)).plan())
        .satisfies(
            resolved -> {
              assertThat(resolved.checks().getFirst().work()).isInstanceOf(Work.Plugin.class);
              assertThat(resolved.bundles()).isEmpty();
            });
    assertThat(plan.resolve(DATABASE, bundles(plan)).plan())
        .satisfies(
            resolved -> {
              assertThat(resolved.checks().getFirst().work())
                  .isEqualTo(new Work.Script(Sha256.of("dir"), List.of("-a")));
              assertThat(resolved.bundles()).extracting(Bundle::name).containsExactly("w.ps1");
            });
    assertThat(plan.resolve(DATABASE, Map.of()).problems())
        .extracting(Problem::toString)
        .containsExactly("x.script: w.ps1 is not there for agents to fetch: apply the plan again");
  }

  @Test
  void the_difference_of_two_plans_is_told_by_check_and_member() throws Exception {
    var old =
        read(
            """
            {'scripts': {'s': '#!/bin/sh'}, 'checks': [
              {'name': 'a', 'plugin': 'p', 'every': '60s'},
              {'name': 'b', 'script': 's', 'every': '1m', 'for': {'tags': {'role': 'web'}}},
              {'name': 'c', 'plugin': "p  'x'", 'every': '60s', 'env': {'PASSWORD': 'one'}}]}
            """);
    var newer =
        read(
            """
            {'scripts': {'s': '#!/bin/bash'}, 'checks': [
              {'name': 'd', 'plugin': 'p', 'every': '60s'},
              {'name': 'c', 'plugin': 'p x', 'every': '1m', 'env': {'PASSWORD': 'two'}},
              {'name': 'b', 'script': 's', 'cron': '@hourly', 'attempts': 1,
               'for': {'tags': {'role': ['web', 'db']}},
               'variants': {'windows': {'builtin': 'x'}}}]}
            """);
    var changed = PlanChange.Kind.CHANGED;
    assertThat(old.changesTo(newer))
        .containsExactly(
            new PlanChange(PlanChange.Kind.REMOVED, "a", "", "", ""),
            new PlanChange(changed, "b", "attempts", "3", "1"),
            new PlanChange(changed, "b", "cron", "", "@hourly"),
            new PlanChange(changed, "b", "every", "1m", ""),
            new PlanChange(changed, "b", "for.tags.role", "web", "web, db"),
            new PlanChange(changed, "b", "script", script("#!/bin/sh"), script("#!/bin/bash")),
            new PlanChange(changed, "b", "variants.windows.builtin", "", "x"),
            new PlanChange(changed, "c", "env.PASSWORD", "(hidden)", "(hidden)"),
            new PlanChange(PlanChange.Kind.ADDED, "d", "", "", ""));
    assertThat(newer.changesTo(newer)).isEmpty();
  }

  private static String script(String text) {
    return "s " + Sha256.of(text).substring(0, 12);
  }

  private static Work.Plugin plugin(String line) throws Exception {
    return plugin(line, WEB.tags());
  }

  private static Work.Plugin plugin(String line, Map<String, String> tags) throws Exception {
    var check =
        new JsonWriter()
            .beginObject()
            .member("name", "x")
            .member("every", "1m")
            .member("plugin", line)
            .endObject();
    var agent = new AgentView(WEB.id(), WEB.name(), tags, WEB.facts());
    var plan = FleetPlan.read(Json.parse("{\"checks\": [" + check + "]}"));
    return (Work.Plugin) plan.resolve(agent, Map.of()).plan().checks().getFirst().work();
  }

  private static Map<String, Bundle> bundles(FleetPlan plan) {
    var bundles = new HashMap<String, Bundle>();
    plan.scripts()
        .forEach(
            (digest, script) ->
                bundles.put(digest, new Bundle(digest, script.name(), Bundle.Kind.SCRIPT, 1, "")));
    return bundles;
  }

  private static FleetPlan read(String text) throws Exception {
    return FleetPlan.read(json(text));
  }

  private static List<Problem> problems(String text) {
    var bad = catchThrowableOfType(BadPlanException.class, () -> read(text));
    assertThat(bad).isNotNull();
    return bad.problems();
  }

  /** JSON whose texts are in single quotes; in double quotes, single ones are themselves. */
  private static JsonValue json(String text) throws JsonException {
    var json = new StringBuilder();
    boolean inDouble = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      inDouble ^= c == '"';
      json.append(c == '\'' && !inDouble ? '"' : c);
    }
    return Json.parse(json.toString());
  }
}
