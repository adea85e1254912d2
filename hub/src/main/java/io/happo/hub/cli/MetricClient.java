package io.happo.hub.cli;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** The client commands about what is measured. */
final class MetricClient {
  private final Console console;
  private final Arguments arguments;
  private final HubClient hub;

  MetricClient(Console console, Arguments arguments, HubClient hub) {
    this.console = console;
    this.arguments = arguments;
    this.hub = hub;
  }

  int names() throws Failure, JsonException {
    var query = new ArrayList<String>();
    add(query, "search", arguments.operands());
    add(query, "agent");
    add(query, "check");
    add(query, "max");
    var answer = hub.get("/v1/metrics?" + String.join("&", query));
    var table = new TextTable("METRIC", "CHECK", "UNIT", "SERIES");
    for (var metric : answer.objects("metrics")) {
      table.row(
          metric.text("name"),
          metric.text("check"),
          metric.text("unit"),
          metric.requiredLong("series"));
    }
    return print(answer, table);
  }

  int query() throws Failure, JsonException {
    var query = new ArrayList<String>();
    add(query, "metric", arguments.operands());
    add(query, "agent", arguments.list("agent"));
    add(query, "tag", tags());
    add(query, "by", arguments.list("by"));
    for (var name : List.of("check", "host", "aggregate", "as", "max")) {
      add(query, name);
    }
    if (arguments.has("step")) {
      add(query, "step", List.of(Long.toString(seconds("step"))));
    }
    long to = System.currentTimeMillis();
    add(query, "from", List.of(Long.toString(to - seconds("last") * 1_000)));
    add(query, "to", List.of(Long.toString(to)));
    var answer = hub.get("/v1/metrics/query?" + String.join("&", query));
    var table =
        new TextTable(
            "AGENT", "CHECK", "HOST", "METRIC", "UNIT", "LEAST", "AVERAGE", "MOST", "LAST");
    for (var series : answer.objects("series")) {
      table.row(row(series));
    }
    if (answer.objects("series").isEmpty()) {
      console.complain(
          "note: nothing that suits was measured in this time; happo-hub metrics WORD finds names\n");
    }
    return print(answer, table);
  }

  private void add(List<String> query, String name) {
    if (arguments.has(name)) {
      add(query, name, List.of(arguments.text(name)));
    }
  }

  private static void add(List<String> query, String name, List<String> values) {
    values.forEach(value -> query.add(name + "=" + HubClient.encoded(value)));
  }

  private List<String> tags() throws Failure {
    var tags = new ArrayList<String>();
    for (var tag : arguments.list("tag")) {
      if (tag.indexOf('=') < 1) {
        throw new Failure("--tag: '" + tag + "' is not NAME=VALUE");
      }
      tags.add(tag.replaceFirst("=", ":"));
    }
    return tags;
  }

  private long seconds(String option) throws Failure {
    return AccessClient.seconds("--" + option, arguments.text(option));
  }

  /** What a line says altogether; of its average each part counts the same. */
  private static Object[] row(JsonObject series) throws JsonException {
    double least = Double.POSITIVE_INFINITY;
    double sum = 0;
    double most = Double.NEGATIVE_INFINITY;
    double last = Double.NaN;
    var rows = series.values("values");
    for (var row : rows) {
      least = Math.min(least, number(row, 1));
      last = number(row, 2);
      sum += last;
      most = Math.max(most, number(row, 3));
    }
    var name = new StringBuilder(series.text("name"));
    for (var tag : series.requiredObject("tags").members()) {
      name.append(';').append(tag.getKey()).append('=');
      name.append(tag.getValue() instanceof JsonValue.Text text ? text.value() : "");
    }
    return new Object[] {
      series.text("agent"),
      series.text("check"),
      series.text("host"),
      name,
      series.text("unit") + (series.text("as").equals("rate") ? "/s" : ""),
      text(least),
      text(sum / rows.size()),
      text(most),
      text(last)
    };
  }

  private static double number(JsonValue row, int column) throws JsonException {
    if (row instanceof JsonValue.Array numbers
        && numbers.values().size() > column
        && numbers.values().get(column) instanceof JsonValue.Numeral number) {
      return Double.parseDouble(number.text());
    }
    throw new JsonException("values hold " + row.kind() + ", expected four numbers each");
  }

  /** With five digits that say something, whole numbers with all of theirs. */
  private static String text(double number) {
    if (!Double.isFinite(number)) {
      return "-";
    }
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : new BigDecimal(number).round(new MathContext(5)).stripTrailingZeros().toString();
  }

  private int print(JsonObject answer, TextTable table) throws JsonException {
    Printing.print(console, arguments, answer, table);
    long more = answer.requiredLong("more");
    if (more > 0 && !arguments.flag("json")) {
      console.say(more + " more are not shown: ask for fewer, or give --max.\n");
    }
    return 0;
  }
}
