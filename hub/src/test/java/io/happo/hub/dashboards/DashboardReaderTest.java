package io.happo.hub.dashboards;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.core.JsonObject;
import io.happo.hub.yaml.YamlText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read, and what is told of what cannot be. */
class DashboardReaderTest {
  private static JsonObject yaml(String text) throws Exception {
    return (JsonObject) YamlText.read("d.yaml", text);
  }

  private static Dashboard read(String text) throws Exception {
    return Dashboard.read(yaml(text), "");
  }

  @Test
  void what_is_usual_need_not_be_said() throws Exception {
    var dashboard = read("{name: web, graphs: [{metric: load1}]}");
    assertThat(dashboard.toJson())
        .isEqualTo(
            """
            {'name':'web','title':'web','span':'1d','refresh':'1m',\
            'graphs':[{'title':'load1','metric':'load1'}]}"""
                .replace('\'', '"'));
  }

  @Test
  void all_that_can_be_said_is_written_as_it_was_read() throws Exception {
    var text =
        """
        {'name':'web','title':'Web {{role}}','span':'7d','refresh':'off',\
        'choose':[{'name':'agent'},{'name':'role','tag':'role','all':true}],\
        'graphs':[{'title':'Load of {{agent}}','kind':'table','metric':['load*','{{role}}.*'],\
        'check':'load','host':'h*','for':{'tags':{'role':['{{role}}','db']},\
        'agents':['{{agent}}']},'aggregate':'avg','by':'host','as':'rate','unit':'B','min':0,\
        'max':1.5,'most':5,'wide':true},{'title':'s','metric':'s','stacked':true}]}"""
            .replace('\'', '"');
    var dashboard = read(text);
    assertThat(dashboard.toJson()).isEqualTo(text);
    assertThat(read(dashboard.toJson())).isEqualTo(dashboard);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{graphs: [{metric: a}]}                         | name: is missing",
        "{name: a b, graphs: [{metric: a}]}              | name: 'a b' is no name: a letter or digit",
        "{name: new, graphs: [{metric: a}]}              | name: is 'new', the address of the page",
        "{name: x}                                       | graphs: is missing: a list of graphs",
        "{name: x, graphs: []}                           | graphs: holds no graph",
        "{name: x, graphs: [{}]}                         | graphs[0].metric: is missing: the name of",
        "{name: x, graphs: [{metric: [a,b,c,d,e,f]}]}    | graphs[0].metric: has 6 entries; at most 5",
        "{name: x, graphs: [{metric: a, knd: table}]}    | graphs[0].knd: is not known here; did you mean 'kind'?",
        "{name: x, graphs: [{metric: a, kind: lines}]}   | graphs[0].kind: 'lines' is not known here: line, number, table are; did you mean 'line'?",
        "{name: x, graphs: [{metric: a, aggregate: av}]} | graphs[0].aggregate: 'av' is not known here: none, avg, sum, min, max, count are",
        "{name: x, graphs: [{metric: a, by: host}]}      | graphs[0].by: belongs to aggregate",
        "{name: x, graphs: [{metric: a, min: x}]}        | graphs[0].min: is 'x', expected a number",
        "{name: x, graphs: [{metric: a, min: 2, max: 1}]}| graphs[0].max: is not more than min",
        "{name: x, graphs: [{metric: a, most: 51}]}      | graphs[0].most: is 51; 1 to 50 series are possible",
        "{name: x, graphs: [{metric: a, most: 1.5}]}     | graphs[0].most: is '1.5', expected a whole number",
        "{name: x, graphs: [{metric: a, wide: yes}]}     | graphs[0].wide: is 'yes', expected true or false",
        "{name: x, graphs: [{metric: a, kind: number, stacked: true}]} | graphs[0].stacked: belongs to lines",
        "{name: x, graphs: [{metric: a, for: {tags: {r: []}}}]} | graphs[0].for.tags.r: names no value; * stands for any",
        "{name: x, graphs: [{metric: a, for: {facts: {os: l}}}]} | graphs[0].for.facts: is not known here",
        "{name: x, graphs: [{metric: '{{host}}'}]}       | graphs[0].metric: holds {{host}}, and choose has no such name",
        "{name: x, choose: [{name: host}], graphs: [{metric: '{{hots}}'}]} | has no such name; did you mean 'host'?",
        "{name: x, choose: [{name: from}], graphs: [{metric: a}]} | choose[0].name: is 'from', which the page's address has for itself",
        "{name: x, choose: [{name: A}], graphs: [{metric: a}]} | choose[0].name: 'A' is no name of a choice",
        "{name: x, choose: [{name: a}, {name: a}], graphs: [{metric: a}]} | choose[1].name: 'a' is the name of another choice too",
        "{name: x, span: 10s, graphs: [{metric: a}]}     | span: is 10s; 1m to 731d are possible",
        "{name: x, refresh: 1s, graphs: [{metric: a}]}   | refresh: is 1s; 5s to 1d are possible",
        "{name: x, refresh: often, graphs: [{metric: a}]}| refresh: 'often' is no duration",
        "{name: x, title: [], graphs: [{metric: a}]}     | title: is an array, expected a text",
      })
  void what_is_wrong_is_told_with_its_place(String text, String problem) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(BadDashboardException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void all_problems_are_told_at_once() {
    assertThatThrownBy(
            () -> read("{name: x, span: 1, graphs: [{metric: a, kind: k, as: s}], other: 1}"))
        .isInstanceOfSatisfying(
            BadDashboardException.class,
            e ->
                assertThat(e.problems())
                    .extracting(io.happo.core.plan.Problem::place)
                    .containsExactly("span", "graphs[0].kind", "graphs[0].as", "other"));
  }

  @Test
  void the_name_that_it_is_asked_for_by_is_the_one_that_counts() throws Exception {
    assertThat(Dashboard.read(yaml("graphs: [{metric: a}]"), "web").name()).isEqualTo("web");
    assertThatThrownBy(() -> Dashboard.read(yaml("{name: db, graphs: [{metric: a}]}"), "web"))
        .hasMessage("name: is 'db', and it is 'web' elsewhere");
  }

  @Test
  void what_is_other_than_before_is_told() throws Exception {
    var before = read("{name: x, graphs: [{metric: a}, {metric: b}, {metric: c}]}");
    var after =
        read(
            "{name: x, title: X, span: 7d, graphs: [{metric: b, min: 0}, {metric: a}, {metric: d}]}");
    assertThat(after.changes(before))
        .containsExactly(
            "title: x -> X",
            "span: 1d -> 7d",
            "graph c: removed",
            "graph b: changed",
            "graph d: added");
    assertThat(after.changes(after)).isEmpty();
    assertThat(read("{name: x, graphs: [{metric: b}, {metric: a}, {metric: c}]}").changes(before))
        .containsExactly("graphs: in another order");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fleet", "host", "hub"})
  void those_that_come_with_the_hub_can_be_read(String name) {
    assertThat(requireNonNull(BuiltIn.all().get(name)).graphs()).isNotEmpty();
  }
}
