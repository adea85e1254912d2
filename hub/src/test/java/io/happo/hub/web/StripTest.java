package io.happo.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.hub.store.Results.Status;
import io.happo.hub.web.CheckPages.Stretch;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The strip of states on the page of a check: a result each minute, in a span of 1,000 minutes. */
class StripTest {
  private static final long MINUTE = 60_000;
  private static final long ALL = 1_000 * MINUTE;

  private static Status at(long minute, int status) {
    return new Status(minute * MINUTE, status);
  }

  private static List<String> strip(Status... statuses) {
    return CheckPages.strip(List.of(statuses), 0, ALL).stream()
        .map((Stretch one) -> one.x() + "+" + one.width() + " " + Words.status(one.status()))
        .toList();
  }

  @Test
  void equal_states_become_one_stretch_and_the_last_counts_for_a_while() {
    assertThat(strip(at(0, 0), at(1, 0), at(2, 0), at(3, 2), at(4, 2), at(5, 0)))
        .containsExactly("0+3 ok", "3+2 critical", "5+3 ok");
  }

  @Test
  void where_nothing_came_nothing_is_claimed() {
    assertThat(strip(at(0, 0), at(1, 0), at(2, 0), at(500, 0), at(501, 0)))
        .containsExactly("0+5 ok", "500+4 ok");
  }

  @Test
  void nothing_is_nothing_and_one_result_counts_to_the_end() {
    assertThat(strip()).isEmpty();
    assertThat(strip(at(990, 1))).containsExactly("990+10 warning");
  }
}
