package io.happo.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrometheusTextTest {
  private static List<String> read(String text) {
    var read = new ArrayList<String>();
    PrometheusText.read(
        text,
        new PrometheusText.Reader() {
          @Override
          public void value(String name, double value, long time) {
            read.add(name + " " + value + (time < 0 ? "" : " " + time));
          }

          @Override
          public void unknown() {
            read.add("unknown");
          }

          @Override
          public void bad(String why) {
            read.add("bad: " + why);
          }
        });
    return read;
  }

  @Test
  void the_example_of_the_specification_is_read() {
    assertThat(
            read(
                """
                # HELP http_requests_total The total number of HTTP requests.
                # TYPE http_requests_total counter
                http_requests_total{method="post",code="200"} 1027 1395066363000
                http_requests_total{method="post",code="400"}    3 1395066363000

                # Escaping in label values:
                msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

                # Minimalistic line:
                metric_without_timestamp_and_labels 12.47

                # A weird metric from before the epoch:
                something_weird{problem="division by zero"} +Inf -3982045

                # A histogram, which has a pretty complex representation in the text format:
                # TYPE http_request_duration_seconds histogram
                http_request_duration_seconds_bucket{le="0.05"} 24054
                http_request_duration_seconds_bucket{le="+Inf"} 144320
                http_request_duration_seconds_sum 53423
                http_request_duration_seconds_count 144320

                # TYPE rpc_duration_seconds summary
                rpc_duration_seconds{quantile="0.01"} 3102
                rpc_duration_seconds_sum 1.7560473e+07
                """))
        .containsExactly(
            "http_requests_total;code=200;method=post 1027.0 1395066363000",
            "http_requests_total;code=400;method=post 3.0 1395066363000",
            "msdos_file_access_time_seconds;error=Cannot_find_file:_\"FILE.TXT\";path=C:\\DIR\\FILE.TXT"
                + " 1.458255915E9",
            "metric_without_timestamp_and_labels 12.47",
            "bad: no time in milliseconds: something_weird{problem=\"division by zer…",
            "http_request_duration_seconds_bucket;le=0.05 24054.0",
            "http_request_duration_seconds_bucket;le=+Inf 144320.0",
            "http_request_duration_seconds_sum 53423.0",
            "http_request_duration_seconds_count 144320.0",
            "rpc_duration_seconds;quantile=0.01 3102.0",
            "rpc_duration_seconds_sum 1.7560473E7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a:b_1 1 | a:b_1 1.0",
        "a{} 1 | a 1.0",
        "a{b=\"\",} 1 | a 1.0",
        "a { b = \"c\" , d = \"~;\" } 1 | a;b=c;d=__ 1.0",
        "a{b=\"}\"}1 | a;b=} 1.0",
        "a{b=\"x~\\q\"} 1 | a;b=x~\\q 1.0",
        "a NaN | unknown",
        "a -Inf | unknown",
        "a 1e999 | unknown",
        "a 0x10 | bad: no number: a 0x10",
        "a 1 2 3 | bad: more than a value and a time: a 1 2 3",
        "a 1 x | bad: no time in milliseconds: a 1 x",
        "a | bad: no value: a",
        "1a 1 | bad: no name: 1a 1",
        "{a=\"b\"} 1 | bad: no name: {a=\"b\"} 1",
        "a{b} 1 | bad: labels that are none: a{b} 1",
        "a{b=c} 1 | bad: a label without quotes: a{b=c} 1",
        "a{b=\"c} 1 | bad: a label whose quote does not end: a{b=\"c} 1",
        "a{b=\"c\" d=\"e\"} 1 | bad: labels that are none: a{b=\"c\" d=\"e\"} 1"
      })
  void a_line_is_read_or_it_is_told_what_is_wrong(String line, String read) {
    assertThat(read(line)).containsExactly(read);
    assertThat(read("x 1\r\n  " + line + " \r\ny 2")).hasSize(3).contains("x 1.0", "y 2.0");
  }

  @Test
  void a_name_that_is_longer_than_any_that_is_kept_is_told() {
    assertThat(read("a{b=\"" + "x".repeat(300) + "\"} 1").getFirst())
        .startsWith("bad: a name with more than 300 characters");
  }

  @Test
  void every_name_that_is_read_is_one_that_is_kept_whatever_its_labels_hold() {
    var random = new Random(9);
    var letters = "ab\\\"n;=~{}!^ \t\u0001é";
    for (int i = 0; i < 20_000; i++) {
      var label = new StringBuilder();
      for (int n = random.nextInt(8); n >= 0; n--) {
        label.append(letters.charAt(random.nextInt(letters.length())));
      }
      for (var line : read("m{l=\"" + label + "\"} 1")) {
        if (!line.startsWith("bad: ")) {
          var name = line.substring(0, line.length() - " 1.0".length());
          assertThat(MetricName.read(name)).as(label.toString()).isPresent();
        }
      }
    }
  }
}
