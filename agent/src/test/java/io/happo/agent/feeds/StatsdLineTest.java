package io.happo.agent.feeds;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.feeds.StatsdLine.Bad;
import io.happo.agent.feeds.StatsdLine.Count;
import io.happo.agent.feeds.StatsdLine.Gauge;
import io.happo.agent.feeds.StatsdLine.Member;
import io.happo.agent.feeds.StatsdLine.Timing;
import io.happo.core.MetricName;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StatsdLineTest {
  static Stream<Arguments> lines() {
    return Stream.of(
        Arguments.of("a.b:1|c", new Count("a.b", 1)),
        Arguments.of("a.b:-2.5|c", new Count("a.b", -2.5)),
        Arguments.of("a.b:1|c|@0.1", new Count("a.b", 10)),
        Arguments.of("a.b:1|c|@1", new Count("a.b", 1)),
        Arguments.of("a:333|g", new Gauge("a", 333, false)),
        Arguments.of("a:+4|g", new Gauge("a", 4, true)),
        Arguments.of("a:-10|g", new Gauge("a", -10, true)),
        Arguments.of("a:320|ms", new Timing("a", 320, 1)),
        Arguments.of("a:320|ms|@0.25", new Timing("a", 320, 4)),
        Arguments.of("a:1.5|h", new Timing("a", 1.5, 1)),
        Arguments.of("a:1.5|d", new Timing("a", 1.5, 1)),
        Arguments.of("a:user:7|s", new Member("a", "user:7")),
        Arguments.of("a:1|c|#role:db,dc:eu", new Count("a;dc=eu;role=db", 1)),
        Arguments.of("a:1|c|#role:db|@0.5", new Count("a;role=db", 2)),
        Arguments.of("a:1|c|@0.5|#url:http://x/|c:abc|T1700", new Count("a;url=http://x/", 2)),
        Arguments.of("a:1|c|#debug,,x:", new Count("a;debug=true;x=true", 1)),
        Arguments.of("a:1|c|#a b=!^:~x y;z", new Count("a;a_b___=_x_y_z", 1)),
        Arguments.of("a;dc=eu:1|c|#role:db", new Count("a;dc=eu;role=db", 1)),
        Arguments.of("my app/a  b.ü(c):1|c", new Count("my_app-a_b.c", 1)));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void lines_are_read(String line, StatsdLine expected) {
    assertThat(StatsdLine.read(line)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "hello! hello",
        "a:1! expected is: name:value|type",
        ":1|c! is no name",
        "(): 1|c! is no name",
        "a:x|c! x' is no number",
        "a:|c! is no number",
        "a:NaN|g! NaN' is no number",
        "a:1e999|g! is no number",
        "a:1|q! q' is no type",
        "a:1|! is no type",
        "a:1|c|@0! @0' is no rate",
        "a:1|c|@2! is no rate",
        "a:1|c|@x! is no rate",
        "_e{5,4}:title|text! is no number",
      })
  void what_is_no_line_says_why(String line, String why) {
    assertThat(StatsdLine.read(line))
        .isInstanceOfSatisfying(Bad.class, bad -> assertThat(bad.why()).contains(why));
  }

  @Test
  void name_that_would_be_too_long_with_what_is_added_is_none() {
    int most = MetricName.MAX_LENGTH - StatsdLine.LONGEST_SUFFIX;
    assertThat(StatsdLine.read("a".repeat(most) + ":1|c")).isInstanceOf(Count.class);
    assertThat(StatsdLine.read("a".repeat(most + 1) + ":1|c")).isInstanceOf(Bad.class);
  }

  @Test
  void whatever_was_done_to_a_line_its_name_is_one_that_graphite_takes() {
    var random = new Random(3);
    var parts = "ab.:|@#,;=~!^ \t\0-+019eE_/é".toCharArray();
    for (int round = 0; round < 200_000; round++) {
      var line = new StringBuilder("web.hits;a=b:12.5|ms|@0.5|#dc:eu,x");
      for (int i = random.nextInt(6); i >= 0; i--) {
        int at = random.nextInt(line.length());
        switch (random.nextInt(3)) {
          case 0 -> line.setCharAt(at, parts[random.nextInt(parts.length)]);
          case 1 -> line.insert(at, parts[random.nextInt(parts.length)]);
          default -> line.deleteCharAt(at);
        }
      }
      var name =
          switch (StatsdLine.read(line.toString())) {
            case Count count -> count.name();
            case Gauge gauge -> gauge.name();
            case Timing timing -> timing.name();
            case Member member -> member.name();
            case Bad bad -> bad.why().length() < 150 ? "fine" : "";
          };
      assertThat(MetricName.read(name).map(MetricName::toString)).as("%s", line).contains(name);
    }
  }
}
