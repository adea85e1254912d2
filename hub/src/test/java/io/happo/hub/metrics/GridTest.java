package io.happo.hub.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GridTest {
  private static final long SECOND = 1_000;

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # from s, to s,    most,  first s, width s, parts
          0,        10,       300,   0,       1,       10
          0,        3600,     300,   0,       15,      240
          7,        3607,     300,   0,       15,      241
          0,        3600,     60,    0,       60,      60
          0,        3601,     60,    0,       120,     31
          0,        86400,    300,   0,       300,     288
          50,       86450,    300,   0,       300,     289
          0,        604800,   300,   0,       3600,    168
          0,        2678400,  300,   0,       10800,   248
          0,        31536000, 300,   0,       172800,  183
          0,        31536000, 11000, 0,       3600,    8760
          100,      101,      1,     100,     1,       1
          """)
  void a_width_that_people_count_in_is_taken(
      long from, long to, int most, long first, long width, int parts) {
    assertThat(Grid.inParts(from * SECOND, to * SECOND, most))
        .isEqualTo(new Grid(first * SECOND, width * SECOND, parts));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # from, to,   width, first, end
          0,      1000, 1000,  0,     1000
          1,      1000, 1000,  0,     1000
          999,    1001, 1000,  0,     2000
          7000,   7001, 1000,  7000,  8000
          """)
  void parts_begin_at_multiples_of_their_width_and_hold_all_of_the_time(
      long from, long to, long width, long first, long end) {
    var grid = Grid.ofWidth(from, to, width);
    assertThat(grid.from()).isEqualTo(first);
    assertThat(grid.to()).isEqualTo(end);
  }

  @ParameterizedTest
  @CsvSource({"60000, 5, 600000", "400000, 1, 500000", "1000, 300, 600000"})
  void as_many_parts_come_before_as_it_takes(long width, int before, long from) {
    var grid = new Grid(900_000, width, 10);
    assertThat(grid.since(300_000))
        .isEqualTo(new Grid(900_000 - before * width, width, 10 + before));
    assertThat(grid.since(300_000).from()).isEqualTo(from);
    assertThat(grid.since(300_000).to()).isEqualTo(grid.to());
  }
}
