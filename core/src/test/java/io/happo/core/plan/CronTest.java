package io.happo.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          * * * * *           | 2026-03-01T10:00:00 | 2026-03-01T10:01
          * * * * *           | 2026-03-01T10:00:30 | 2026-03-01T10:01
          */15 * * * *        | 2026-03-01T10:01    | 2026-03-01T10:15
          5-59/15 * * * *     | 2026-03-01T10:06    | 2026-03-01T10:20
          0,30 9-17 * * *     | 2026-03-01T17:30    | 2026-03-02T09:00
          0 0 * * *           | 2026-12-31T23:59    | 2027-01-01T00:00
          0 4 * * MON         | 2026-03-01T10:00    | 2026-03-02T04:00
          0 4 * * mon-fri     | 2026-03-06T10:00    | 2026-03-09T04:00
          0 4 * * 7           | 2026-03-02T10:00    | 2026-03-08T04:00
          0 4 * * 0           | 2026-03-02T10:00    | 2026-03-08T04:00
          0 4 * * FRI-SUN     | 2026-03-07T10:00    | 2026-03-08T04:00
          0 4 * * 5-7         | 2026-03-07T10:00    | 2026-03-08T04:00
          0 4 * * */3         | 2026-03-01T10:00    | 2026-03-04T04:00
          0 4 13 * FRI        | 2026-03-07T10:00    | 2026-03-13T04:00
          0 4 1 * FRI         | 2026-03-02T10:00    | 2026-03-06T04:00
          0 4 */10 * FRI      | 2026-03-02T10:00    | 2026-05-01T04:00
          0 4 31 * *          | 2026-04-01T10:00    | 2026-05-31T04:00
          0 0 29 FEB *        | 2026-03-01T10:00    | 2028-02-29T00:00
          0 0 29 2 *          | 2096-03-01T10:00    | 2104-02-29T00:00
          0 0 1 jan,JUL *     | 2026-03-01T10:00    | 2026-07-01T00:00
          @hourly             | 2026-03-01T10:00    | 2026-03-01T11:00
          @daily              | 2026-03-01T10:00    | 2026-03-02T00:00
          @midnight           | 2026-03-01T10:00    | 2026-03-02T00:00
          @weekly             | 2026-03-02T10:00    | 2026-03-08T00:00
          @monthly            | 2026-03-02T10:00    | 2026-04-01T00:00
          @yearly             | 2026-03-02T10:00    | 2027-01-01T00:00
          @annually           | 2026-03-02T10:00    | 2027-01-01T00:00
          """)
  void next_time_of_an_expression(String expression, LocalDateTime after, LocalDateTime next) {
    assertThat(Cron.parse(expression).next(utc(after), ZoneId.of("UTC"))).isEqualTo(utc(next));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          * * * *           | has 4 fields
          0 0 * * * *       | has 6 fields
          ''                | has 0 fields
          60 * * * *        | minute '60' is not possible: 0 to 59
          * 24 * * *        | hour '24' is not possible: 0 to 23
          * * 0 * *         | day of the month '0' is not possible: 1 to 31
          * * * 13 *        | month '13' is not possible: 1 to 12 or one of JAN FEB
          * * * MAY-FEB *   | ends before it begins
          * * * * 8         | 0 to 7 or one of SUN MON TUE WED THU FRI SAT are
          * * * * WEN       | day of the week 'WEN'
          5/10 * * * *      | write 5-59/n
          */0 * * * *       | a step is a number from 1 on
          */x * * * *       | a step is a number from 1 on
          1, * * * *        | minute ''
          -5 * * * *        | minute ''
          * * L * *         | day of the month 'L'
          * * ? * *         | day of the month '?'
          0 0 30 2 *        | never comes
          0 0 31 4,6,9,11 * | never comes
          @reboot           | @hourly, @daily
          """)
  void what_is_no_expression_says_what_is_wrong(String expression, String message) {
    assertThatThrownBy(() -> Cron.parse(expression))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  /** Berlin: 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          30 2 * * *       | Europe/Berlin       | 2026-03-28T12:00Z | 2026-03-29T01:00Z 2026-03-30T00:30Z
          10,40 2 * * *    | Europe/Berlin       | 2026-03-28T12:00Z | 2026-03-29T01:00Z 2026-03-30T00:10Z
          0 3 * * *        | Europe/Berlin       | 2026-03-28T12:00Z | 2026-03-29T01:00Z 2026-03-30T01:00Z
          0 2,3 * * *      | Europe/Berlin       | 2026-03-28T12:00Z | 2026-03-29T01:00Z 2026-03-30T00:00Z
          */30 * * * *     | Europe/Berlin       | 2026-03-29T00:30Z | 2026-03-29T01:00Z 2026-03-29T01:30Z
          30 2 * * *       | Europe/Berlin       | 2026-10-24T12:00Z | 2026-10-25T00:30Z 2026-10-26T01:30Z
          30 2 * * *       | Europe/Berlin       | 2026-10-25T01:00Z | 2026-10-26T01:30Z 2026-10-27T01:30Z
          */20 2 * * *     | Europe/Berlin       | 2026-10-25T00:20Z | 2026-10-25T00:40Z 2026-10-26T01:00Z
          30 * * * *       | Europe/Berlin       | 2026-10-25T00:00Z | 2026-10-25T00:30Z 2026-10-25T01:30Z
          0 0-23 * * *     | Europe/Berlin       | 2026-10-24T23:30Z | 2026-10-25T00:00Z 2026-10-25T01:00Z
          45 1 * * *       | Australia/Lord_Howe | 2026-04-04T00:00Z | 2026-04-04T14:45Z 2026-04-05T15:15Z
          15 2 * * *       | Australia/Lord_Howe | 2026-10-03T00:00Z | 2026-10-03T15:30Z 2026-10-04T15:15Z
          0 12 30 12 *     | Pacific/Apia        | 2011-12-01T00:00Z | 2011-12-30T10:00Z 2012-12-29T22:00Z
          0 0 4 11 *       | America/Sao_Paulo   | 2018-11-01T00:00Z | 2018-11-04T03:00Z 2019-11-04T03:00Z
          """)
  void left_out_times_come_after_the_gap_and_repeated_ones_once(
      String expression, String zone, String after, String times) {
    var found = new ArrayList<String>();
    var cron = Cron.parse(expression);
    var at = Instant.parse(after.replace("Z", ":00Z"));
    for (int i = 0; i < 2; i++) {
      at = cron.next(at, ZoneId.of(zone));
      found.add(at.toString().replace(":00Z", "Z"));
    }
    assertThat(String.join(" ", found)).isEqualTo(times);
  }

  private static Instant utc(LocalDateTime time) {
    return time.atZone(ZoneId.of("UTC")).toInstant();
  }
}
