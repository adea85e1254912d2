package io.happo.hub.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RemoteWriteTest {
  private final RemoteWrite writing = new RemoteWrite(new PrometheusNames(Map.of(), List.of()));

  /** By hand, of remote.proto and types.proto. */
  @Test
  void a_request_is_written_as_the_specification_has_it() {
    var body = writing.body(List.of(new Point(Series.ofHub("up"), 1_000, 1.5)));
    assertThat(HexFormat.of().formatHex(body.bytes()))
        .isEqualTo(
            "0a2a" // timeseries
                + "0a0e" // a label
                + "0a085f5f6e616d655f5f" // name: __name__
                + "12027570" // value: up
                + "0a0a" // another
                + "0a0470617468" // name: path
                + "12027570" // value: up
                + "120c" // a sample
                + "09000000000000f83f" // value: 1.5
                + "10e807"); // timestamp: 1000
  }

  /** Snappy's block format: the length, then one literal, as short texts are. */
  @Test
  void it_is_compressed_in_blocks_of_snappy() {
    var body = writing.body(List.of(new Point(Series.ofHub("up"), 1_000, 1.5)));
    assertThat(body.compressed()[0]).isEqualTo((byte) body.bytes().length);
    assertThat(Received.uncompressed(body.compressed())).isEqualTo(body.bytes());
  }

  @Test
  void values_of_a_series_stand_together_in_the_order_of_time() throws Exception {
    var load = Fixtures.perfdata("load", "load1", "");
    var body =
        writing.body(
            List.of(
                new Point(load, 3_000, 3),
                new Point(Series.ofHub("up"), 1, 1),
                new Point(load, 1_000, -0.5)));
    assertThat(Received.remoteWrite(body.compressed()))
        .containsExactly(
            "happo_perfdata{agent=web-01,agent_id="
                + Fixtures.ID
                + ",check=load,label=load1}"
                + " -0.5@1000",
            "happo_perfdata{agent=web-01,agent_id="
                + Fixtures.ID
                + ",check=load,label=load1}"
                + " 3.0@3000",
            "up{path=up} 1.0@1");
  }

  @ParameterizedTest
  @CsvSource({
    "400, out of order sample, true",
    "409, '', true",
    "413, '', true",
    "422, '', true",
    "500, too old sample, true",
    "500, '', false",
    "401, '', false",
    "404, '', false",
    "429, '', false",
    "503, '', false"
  })
  void some_answers_are_about_what_was_sent(int status, String answer, boolean isAboutContent) {
    assertThat(writing.isAboutContent(status, answer)).isEqualTo(isAboutContent);
  }
}
