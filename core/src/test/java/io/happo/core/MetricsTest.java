package io.happo.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsTest {
  @ParameterizedTest
  @CsvSource({
    "1e21, 1e+21, 1e+21",
    "1e20, 100000000000000000000, 1e+20",
    "1000000, 1000000, 1e+06",
    "1e-6, 0.000001, 1e-06",
    "1e-7, 1e-7, 1e-07",
    "5e-324, 5e-324, 5e-324",
    "1.7976931348623157e308, 1.7976931348623157e+308, 1.7976931348623157e+308",
    "0.1, 0.1, 0.1",
    "-0.25, -0.25, -0.25",
    "-0.0, -0, -0",
    "9007199254740993, 9007199254740992, 9.007199254740992e+15",
    "100000, 100000, 100000",
    "123456789, 123456789, 1.23456789e+08",
    "0.0001, 0.0001, 0.0001",
    "1.25e-10, 1.25e-10, 1.25e-10",
  })
  void numbers_are_written_as_go_writes_them(double number, String json, String text) {
    assertThat(GoNumbers.json(number)).isEqualTo(json);
    assertThat(GoNumbers.text(number)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "1e3, 1000",
    "0x1p4, 16",
    "1_000, 1000",
    ".5, 0.5",
    "5., 5",
    "+2, 2",
    "Inf, Infinity",
    "-inf, -Infinity",
  })
  void numbers_are_read_as_go_reads_them(String text, double number) {
    assertThat(GoNumbers.parse(text)).hasValue(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "1,5", "1e", "_1", "1__0", "1_", "1e999", "0x10", "1f", "1d", " 1"})
  void what_go_does_not_read_is_no_number(String text) {
    assertThat(GoNumbers.parse(text)).isEmpty();
  }

  @Test
  void a_number_may_be_of_any_length() {
    assertThat(GoNumbers.parse("1_0" + "_0".repeat(100_000))).isEmpty(); // too large
    assertThat(GoNumbers.parse("0_0" + "_0".repeat(100_000) + ".5")).hasValue(0.5);
    assertThat(GoNumbers.parse("0.5" + "_0".repeat(100_000))).hasValue(0.5);
    assertThat(GoNumbers.parse(".5" + "_0".repeat(100_000))).hasValue(0.5);
    assertThat(GoNumbers.parse("0_0" + "_0".repeat(100_000) + "x")).isEmpty();
  }

  @Test
  void lines_of_another_shape_are_passed_over_and_the_newest_time_counts() {
    var lines =
        MetricLines.parse(
            "a.one\t1.5\t1500000005\na.two 2 1500000001\n\n# hello\na  b 1\na 3 1 extra\n");
    assertThat(lines.metrics()).containsExactly(entry("a.one", 1.5), entry("a.two", 2.0));
    assertThat(lines.newest()).hasValue(1500000005L);
    assertThat(lines.unparsable()).isEmpty();
  }

  @Test
  void a_value_or_time_that_is_no_number_is_told() {
    assertThat(MetricLines.parse("a x 1\nb 1 2\r\nc 1 2\n").unparsable())
        .containsExactly("a x 1", "b 1 2\r");
  }

  @Test
  void a_batch_is_read_and_written_with_its_names_in_order() throws JsonException {
    var text = "{\"hostname\":\"b\",\"timestamp\":2,\"metrics\":{\"M\":3,\"a\":2,\"z\":1}}";
    var batch =
        MetricBatch.read(
            parse("{\"Hostname\":\"b\",\"timestamp\":2,\"metrics\":{\"z\":1,\"a\":2,\"M\":3}}"));
    var json = new JsonWriter();
    batch.write(json);
    assertThat(json.toString()).isEqualTo(text);
  }

  @Test
  void a_batch_with_something_missing_or_wrong_is_told_with_its_place() {
    assertThatThrownBy(() -> MetricBatch.read(parse("{}")))
        .hasMessageStartingWith("metrics is missing");
    assertThatThrownBy(() -> MetricBatch.read(parse("{\"timestamp\":1,\"metrics\":{}}")))
        .hasMessageStartingWith("hostname is missing");
    assertThatThrownBy(
            () ->
                MetricBatch.read(
                    parse("{\"hostname\":\"\",\"timestamp\":1,\"metrics\":{\"a\":\"1\"}}")))
        .hasMessage("metrics.a is a string, expected a number");
    assertThatThrownBy(
            () ->
                MetricBatch.read(
                    parse("{\"hostname\":\"\",\"timestamp\":1,\"metrics\":{\"a\":1e999}}")))
        .hasMessageStartingWith("metrics.a is 1e999, too large");
  }

  @Test
  void a_batch_holds_finite_numbers_only() {
    var metrics = new TreeMap<String, Double>();
    metrics.put("a", Double.NaN);
    assertThatThrownBy(() -> new MetricBatch("h", 1, metrics))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "out,'',out",
    "'',err,'stdout=, stderr=err'",
    "out,err,'out, stderr=err'",
    "'','','stdout=, stderr='"
  })
  void a_message_is_made_of_both_outputs(String stdout, String stderr, String message) {
    assertThat(PluginOutput.message(stdout, stderr)).isEqualTo(message);
  }

  private static java.util.Map.Entry<String, Double> entry(String name, double value) {
    return java.util.Map.entry(name, value);
  }

  private static JsonObject parse(String json) throws JsonException {
    return Json.parseObject(json.getBytes(StandardCharsets.UTF_8));
  }
}
