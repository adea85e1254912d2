package io.happo.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PerfdataTest {
  /** Values as {@code label=value[unit]}, and their thresholds where there are any. */
  private static String found(String output) {
    return Perfdata.of(output.replace("\\n", "\n")).stream()
        .map(
            data -> {
              var limits =
                  String.join(";", data.warn(), data.crit(), data.min(), data.max())
                      .replaceFirst(";+$", "");
              return data.label()
                  + "="
                  + data.value()
                  + (data.unit().isEmpty() ? "" : "[" + data.unit() + "]")
                  + (limits.isEmpty() ? "" : ";" + limits);
            })
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "OK - load|load1=0.5;5;10;0; load5=0.25!load1=0.5;5;10;0 load5=0.25",
        "OK|a=1ms;10:20;@5:~;-1;+3!a=1.0[ms];10:20;@5:~;-1;+3",
        "OK|a=1;1,2,5:6;3!a=1.0;1,2,5:6;3",
        "OK|'a b'=1%!a b=1.0[%]",
        "OK|'it''s'=1!it's=1.0",
        "OK|/var=80MB;;;0;100!/var=80.0[MB];;;0;100",
        "OK|a=U;1;2 b=1!a=NaN;1;2 b=1.0",
        "OK|a=-.5e3c b=+5.E-1s c=1e!a=-500.0[c] b=0.5[s] c=1.0[e]",
        "OK|a=1e999 b=2!a=NaN b=2.0",
        "OK|a=1KiB b=2b c=3W d=4µs!a=1.0[KiB] b=2.0[b] c=3.0[W] d=4.0[µs]",
        "OK|a=1 a=2 b=3!a=2.0 b=3.0",
        "OK|a=1;2;3;4;5;6;7 b=2!a=1.0;2;3;4;5 b=2.0",
        "|a=1!a=1.0",
      })
  void values_are_read(String output, String values) {
    assertThat(found(output)).isEqualTo(values);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "OK|a=1,5 b=2!b=2.0",
        "OK|a= b=2!b=2.0",
        "OK|=1 b=2!b=2.0",
        "OK|''=1 b=2!b=2.0",
        "OK|a=1.2.3 b=2!b=2.0",
        "OK|a=Ux b=2!b=2.0",
        "OK|junk b=2 more!b=2.0",
        "OK|b=2 'open=1!b=2.0",
        "OK|a=- b=2!b=2.0",
      })
  void what_is_no_value_spoils_no_other(String output, String values) {
    assertThat(found(output.replace("OK|", "OK|first=0 "))).isEqualTo("first=0.0 " + values);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        // Nagios: behind the bar of the first line, and all behind the bar of the long text.
        "OK|a=1\\nlong text\\nmore|b=2\\nc=3 d=4!a=1.0 b=2.0 c=3.0 d=4.0",
        "OK|a=1\\nb=2!a=1.0",
        // Icinga: behind the bar of each line.
        "OK|a=1\\nlong|b=2\\nlong|c=3!a=1.0 b=2.0 c=3.0",
        // A bar that no value follows is text.
        "a|b, c|d = e!''",
        "OK a|b|c=1 d=2!c=1.0 d=2.0",
        "OK a|b\\nx|c=1!c=1.0",
        "OK!''",
        "a=1!''",
        "''!''",
      })
  void values_stand_behind_a_bar_of_any_line(String output, String values) {
    assertThat(found(output)).isEqualTo(values);
  }

  @Test
  void blanks_of_any_kind_separate_values() {
    assertThat(found("OK| \t a=1 \t b=2 \r\n")).isEqualTo("a=1.0 b=2.0");
  }

  @Test
  void a_plugin_of_check_multi_goes_before_the_labels_after_it() {
    assertThat(found("OK|'net::ping::rta'=1ms pl=0% 'load::load::load1'=2 load5=3"))
        .isEqualTo(
            "net::ping::rta=1.0[ms] net::ping::pl=0.0[%] load::load::load1=2.0 load::load::load5=3.0");
  }

  @Test
  void no_more_than_a_thousand_values_are_read() {
    var output = new StringBuilder("OK|");
    for (int i = 0; i < 2_000; i++) {
      output.append(" a").append(i).append("=1");
    }
    assertThat(Perfdata.of(output.toString())).hasSize(Perfdata.MOST);
  }
}
