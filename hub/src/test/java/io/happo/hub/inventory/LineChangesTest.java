package io.happo.hub.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LineChangesTest {
  @Test
  void lines_that_are_more_or_fewer_are_told_in_their_order() {
    var changes = LineChanges.between("a 1\nb 1\nb 1\nc 1\n", "d 1\na 2\nb 1\nc 1");
    assertThat(changes.added()).containsExactly("d 1", "a 2");
    assertThat(changes.removed()).containsExactly("a 1", "b 1");
  }

  @Test
  void another_order_is_no_change() {
    assertThat(LineChanges.between("a\nb\n", "b\r\na").isEmpty()).isTrue();
    assertThat(LineChanges.between("", "").isEmpty()).isTrue();
  }

  @Test
  void csv_quotes_what_it_must_and_defuses_formulas() {
    assertThat(Csv.line("a", "b,c", "say \"x\"", "=1+1", "-x\ny", ""))
        .isEqualTo("a,\"b,c\",\"say \"\"x\"\"\",'=1+1,\"'-x\ny\",\r\n");
  }
}
