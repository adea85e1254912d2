package io.happo.hub.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.Json;
import io.happo.core.plan.AlertRule.About.Metric;
import io.happo.core.plan.FleetPlan;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What values say, a row for each kind of limit: the values, a minute apart, and the troubles. */
class GaugeTest {
  private static final long MINUTE = 60_000;

  private static Gauge gauge(String limit) throws Exception {
    var plan = "{'alerts': [{'name': 'a', 'metric': 'm', 'tell': 'ops', " + limit + "}]}";
    var rule = FleetPlan.read(Json.parse(plan.replace('\'', '"'))).alerts().getFirst();
    return new Gauge(((Metric) rule.about()).limit());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'above': 90                          | 90 90.5 89                | 90.5",
        "'below': 5                           | 5 4 -7 6                  | 4 -7",
        "'outside': '10:20'                   | 10 20 9 21                | 9 21",
        "'outside': '@10:20'                  | 10 20 9 21                | 10 20",
        "'absent': '10m'                      | 1 0 1                     | ``",
        "'rises-by': 20, 'within': '30m'      | 50 60 70 69               | 70",
        "'rises-by': 20, 'within': '30m'      | 70 50 69 70 40 60         | 70 60",
        "'falls-by': 20, 'within': '30m'      | 50 70 51 50               | 50",
        "'rises-by': '50%', 'within': '30m'   | 10 14 15 20               | 15 20",
        "'falls-by': '50%', 'within': '30m'   | -10 -14 -15               | -15",
        "'rises-by': '50%', 'within': '30m'   | 0 5 8                     | ``",
        // What was longer ago does not count, but for up to a thirtieth of the time more.
        "'rises-by': 20, 'within': '2m'       | 50 55 60 70 75 90         | 90",
      })
  void a_value_is_a_trouble_beyond_its_limit(String limit, String values, String troubles)
      throws Exception {
    var gauge = gauge(limit);
    var found = new ArrayList<String>();
    long time = 1_800_000_000_000L;
    for (var value : values.split(" ", -1)) {
      if (gauge.read("m", time, Double.parseDouble(value)).trouble()) {
        found.add(value);
      }
      time += MINUTE;
    }
    assertThat(String.join(" ", found)).isEqualTo(troubles);
  }

  @Test
  void a_clock_that_was_ahead_does_not_keep_the_past() throws Exception {
    var gauge = gauge("'rises-by': 20, 'within': '30m'");
    gauge.read("m", 1_000 * MINUTE, 10);
    assertThat(gauge.read("m", 100 * MINUTE, 50).trouble()).isFalse();
    assertThat(gauge.read("m", 101 * MINUTE, 70).trouble()).isTrue();
  }

  @Test
  void a_trouble_says_its_limit() throws Exception {
    assertThat(gauge("'above': 90").read("disk.used", 0, 93.2).text())
        .isEqualTo("disk.used is 93.2, above 90");
    assertThat(gauge("'outside': '10:20'").read("temp", 0, 1.0 / 3).text())
        .isEqualTo("temp is 0.333333, outside 10:20");
    var gauge = gauge("'rises-by': '20%', 'within': '1h'");
    gauge.read("load", 0, 3);
    assertThat(gauge.read("load", MINUTE, 4).text())
        .isEqualTo("load is 4, risen by 33.3333% from 3, 20% or more within 1h");
    assertThat(gauge.read("load", MINUTE, 3).text()).isEqualTo("load is 3");
  }
}
