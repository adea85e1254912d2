package io.happo.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.happo.core.AlertRange;
import io.happo.core.Json;
import io.happo.core.MetricName;
import io.happo.core.plan.AlertRule.About;
import io.happo.core.plan.AlertRule.Also;
import io.happo.core.plan.AlertRule.State;
import io.happo.core.plan.AlertRule.Step;
import java.time.Duration;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertReaderTest {
  private static FleetPlan read(String text) throws Exception {
    return FleetPlan.read(Json.parse(text.replace('\'', '"')));
  }

  @Test
  void a_rule_is_read_with_all_its_members() throws Exception {
    var rule =
        read("""
                {'alerts': [{'name': 'web', 'checks': ['http', 'tls-*'], 'states': ['critical'],
                 'for': {'tags': {'role': 'web'}}, 'not-for': {'agents': 'test-*'}, 'lasting': '5m',
                 'tell': ['ops', 'chat'], 'escalate': [{'after': '30m', 'tell': 'boss'}],
                 'repeat': '4h', 'when': 'mon-fri 08:00-18:00', 'timezone': 'Europe/Berlin',
                 'also': 'recovery'}]}
                """)
            .alerts()
            .getFirst();
    assertThat(rule.about())
        .isEqualTo(new About.Checks(List.of("http", "tls-*"), EnumSet.of(State.CRITICAL)));
    assertThat(rule.steps())
        .containsExactly(
            new Step(Duration.ofMinutes(5), List.of("ops", "chat")),
            new Step(Duration.ofMinutes(30), List.of("boss")));
    assertThat(rule.repeat()).isEqualTo(Duration.ofHours(4));
    assertThat(rule.when().zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(rule.also()).containsExactly(Also.RECOVERY);
    assertThat(rule.matches(new AgentView("1", "web1", Map.of("role", "web"), Map.of()))).isTrue();
    assertThat(rule.matches(new AgentView("1", "test-1", Map.of("role", "web"), Map.of())))
        .isFalse();
  }

  @Test
  void the_least_is_a_name_and_who_is_told() throws Exception {
    var rule = read("{'alerts': [{'name': 'all', 'tell': 'ops'}]}").alerts().getFirst();
    assertThat(rule.about()).isEqualTo(new About.Checks(List.of(), EnumSet.allOf(State.class)));
    assertThat(rule.steps()).containsExactly(new Step(Duration.ZERO, List.of("ops")));
    assertThat(rule.repeat()).isZero();
    assertThat(rule.when()).isEqualTo(Period.ALWAYS);
    assertThat(rule.also()).containsExactlyInAnyOrder(Also.RECOVERY, Also.FLAPPING);
  }

  @Test
  void agents_and_values_are_watched_too() throws Exception {
    var rules =
        read("""
                {'alerts': [{'name': 'gone', 'agent': 'away', 'tell': 'ops'},
                 {'name': 'ill', 'agent': 'trouble', 'tell': 'ops'},
                 {'name': 'load', 'metric': 'load*', 'checks': 'load', 'above': 7.5, 'tell': 'ops'},
                 {'name': 'free', 'metric': 'free', 'below': -1, 'tell': 'ops'}]}
                """)
            .alerts();
    assertThat(rules)
        .extracting(AlertRule::about)
        .containsExactly(
            new About.Agents(true),
            new About.Agents(false),
            new About.Metric(
                List.of("load"),
                MetricPattern.parse("load*"),
                new Limit.Level(
                    "above", "7.5", new AlertRange(Double.NEGATIVE_INFINITY, 7.5, false)),
                Optional.empty()),
            new About.Metric(
                List.of(),
                MetricPattern.parse("free"),
                new Limit.Level("below", "-1", new AlertRange(-1, Double.POSITIVE_INFINITY, false)),
                Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'above': 90                         | above 90",
        "'below': '5'                        | below 5",
        "'outside': '10:20'                  | outside 10:20",
        "'outside': '@10:20'                 | inside 10:20",
        "'rises-by': 20, 'within': '1h'      | risen by 20 or more within 1h",
        "'falls-by': '12.5%', 'within': '2d' | fallen by 12.5% or more within 2d",
        "'absent': '10m'                     | absent for 10m",
      })
  void what_is_a_trouble_is_said_as_it_is_written(String limit, String said) throws Exception {
    var rule = read("{'alerts': [{'name': 'a', 'metric': 'm', 'tell': 'ops', " + limit + "}]}");
    assertThat(((About.Metric) rule.alerts().getFirst().about()).limit()).hasToString(said);
  }

  @Test
  void values_of_many_agents_become_one() throws Exception {
    var rule =
        read(
            """
             {'alerts': [{'name': 'a', 'metric': 'm', 'above': 1, 'aggregate': 'avg',
              'by': ['site', 'role'], 'tell': 'ops'},
              {'name': 'b', 'metric': 'm', 'above': 1, 'aggregate': 'count', 'tell': 'ops'}]}
             """);
    assertThat(rule.alerts())
        .extracting(one -> ((About.Metric) one.about()).group().orElseThrow())
        .containsExactly(
            new AlertRule.Group(AlertRule.Aggregate.AVG, List.of("site", "role")),
            new AlertRule.Group(AlertRule.Aggregate.COUNT, List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "disk.used           | disk.used;mount=/         | true",
        "disk.*              | disk.used                 | true",
        "disk.used           | disk.use                  | false",
        "disk.used;mount=/   | disk.used;dev=sda;mount=/ | true",
        "disk.used;mount=/v* | disk.used;mount=/var      | true",
        "disk.used;mount=/   | disk.used;mount=/var      | false",
        "disk.used;mount=/   | disk.used                 | false",
      })
  void a_metric_is_meant_by_its_name_and_the_tags_that_are_named(
      String pattern, String metric, boolean meant) {
    assertThat(MetricPattern.parse(pattern).matches(MetricName.of(metric))).isEqualTo(meant);
  }

  @Test
  void all_mistakes_are_told_at_once() {
    var problems =
        catchThrowableOfType(
            BadPlanException.class,
            () ->
                read(
                    """
                    {'alerts': [{'name': 'a', 'tell': []},
                     {'name': 'a', 'tell': 'ops', 'state': 'critical'},
                     {'name': 'b', 'tell': 'ops', 'states': ['critcal'], 'lasting': '5 minutes'},
                     {'name': 'c', 'tell': 'ops', 'agent': 'down', 'checks': 'x'},
                     {'name': 'd', 'tell': 'ops', 'metric': 'load', 'above': 'much'},
                     {'name': 'e', 'tell': 'ops', 'metric': 'load'},
                     {'name': 'f', 'tell': 'ops', 'above': 5},
                     {'name': 'g', 'tell': 'ops', 'when': '8-18'},
                     {'name': 'h', 'tell': 'ops', 'lasting': '10m',
                      'escalate': [{'after': '5m', 'tell': 'x'}, {'tell': 'y'}]},
                     {'name': 'i', 'tell': 'no good', 'repeat': '40d'},
                     {'name': 'j'},
                     {'name': 'k', 'tell': 'ops', 'metric': 'a;b', 'above': 1},
                     {'name': 'l', 'tell': 'ops', 'metric': 'a', 'above': 1, 'below': 2},
                     {'name': 'm', 'tell': 'ops', 'metric': 'a', 'above': 1, 'within': '1h'},
                     {'name': 'n', 'tell': 'ops', 'metric': 'a', 'outside': '20:10'},
                     {'name': 'o', 'tell': 'ops', 'metric': 'a', 'rises-by': 0},
                     {'name': 'p', 'tell': 'ops', 'metric': 'a', 'falls-by': '5%', 'within': '8d'},
                     {'name': 'q', 'tell': 'ops', 'metric': 'a', 'absent': '30s'},
                     {'name': 'r', 'tell': 'ops', 'metric': 'a', 'above': 1, 'by': 'site'},
                     {'name': 's', 'tell': 'ops', 'metric': 'a', 'above': 1, 'aggregate': 'average'},
                     {'name': 't', 'tell': 'ops', 'checks': 'a', 'absent': '5m'}]}
                    """));
    assertThat(problems.problems())
        .extracting(Problem::toString)
        .containsExactly(
            "alerts[0].tell: names nobody",
            "alerts[1].name: 'a' is the name of another rule too",
            "alerts[1].state: is not known here; did you mean 'states'?",
            "alerts[2].states: 'critcal' is not known here: warning, critical, unknown are; did you"
                + " mean 'critical'?",
            "alerts[2].lasting: '5 minutes' is no duration: write a whole number and its unit, such"
                + " as 30s, 5m, 1h or 1d",
            "alerts[3]: needs only one of checks, agent, metric",
            "alerts[3].agent: is 'down', expected away (it is not there) or trouble (that, and what"
                + " it has itself)",
            "alerts[4].above: is 'much', expected a number",
            "alerts[5]: does not say what is a trouble: one of above, below, outside,"
                + " rises-by, falls-by, absent is needed",
            "alerts[6].above: belongs to metric",
            "alerts[7].timezone: is missing: by whose clocks, such as Europe/Berlin or UTC",
            "alerts[7].when: '8-18' is no time of the week: write such as 'mon-fri 08:00-18:00',"
                + " 'sat-sun', '22:00-06:00', or several of these with commas",
            "alerts[8].escalate[0].after: is 5m, not later than the step before it, after 10m",
            "alerts[8].escalate[1].after: is missing",
            "alerts[9].tell: 'no good' is no name: a letter or digit, then letters, digits, '.', '_'"
                + " and '-', at most 128 in all",
            "alerts[9].repeat: is 40d; at most 31d are possible",
            "alerts[10].tell: is missing: the names of the channels by which somebody is told",
            "alerts[11].metric: is 'a;b', expected the name of a metric, and tags it has such as"
                + " disk.used;mount=/; at most 300 characters",
            "alerts[12]: needs only one of above, below; for both write outside: \"10:20\"",
            "alerts[13].within: belongs to rises-by and falls-by",
            "alerts[14].outside: is '20:10', expected a range such as 10:20, of which both ends are"
                + " still good, or @10:20 for what lies inside",
            "alerts[15].rises-by: is '0', expected more than 0",
            "alerts[15].within: is missing: in which time it changes so much, such as 1h",
            "alerts[16].within: is 8d; from 1m to 7d are possible",
            "alerts[17].absent: is 30s; from 1m to 31d are possible",
            "alerts[18].by: belongs to aggregate",
            "alerts[19].aggregate: 'average' is not known here: avg, sum, min, max, count are",
            "alerts[20].absent: belongs to metric");
  }
}
