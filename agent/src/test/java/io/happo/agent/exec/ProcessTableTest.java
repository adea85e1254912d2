package io.happo.agent.exec;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.exec.ProcessTable.Row;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ProcessTableTest {
  @Test
  void stat_line_is_read_whatever_the_name() {
    assertThat(parse("7 (a) Z (b c) S 3 4 5 0 -1 4194304 1 0 0 0 1 2 0 0 20 0 2 0 99 1000"))
        .isEqualTo(new Row(7, 3, 4, 5, 99, false));
  }

  @Test
  void zombie_is_dead_unless_other_threads_of_it_live() {
    assertThat(parse("7 (a) Z 3 4 5 0 -1 0 1 0 0 0 1 2 0 0 20 0 1 0 99 0").dead()).isTrue();
    assertThat(parse("7 (a) Z 3 4 5 0 -1 0 1 0 0 0 1 2 0 0 20 0 2 0 99 0").dead()).isFalse();
  }

  @Test
  void torn_line_is_no_process() {
    assertThat(parseOrNull("")).isNull();
    assertThat(parseOrNull("7 (sh")).isNull();
    assertThat(parseOrNull("7 (sh)")).isNull();
  }

  @Test
  void members_are_the_session_what_was_known_and_their_descendants_parents_first() {
    ProcessTable table =
        new ProcessTable(
            List.of(
                row(10, 1, 10, 1),
                row(12, 11, 10, 3),
                row(11, 10, 10, 2),
                row(13, 12, 13, 4),
                row(20, 1, 20, 5),
                row(21, 20, 20, 6),
                row(30, 1, 30, 7)));

    assertThat(table.members(10, List.of()))
        .extracting(Row::pid)
        .containsExactly(10L, 11L, 12L, 13L);
    assertThat(table.members(99, List.of(row(20, 13, 20, 5))))
        .extracting(Row::pid)
        .containsExactly(20L, 21L);
    assertThat(table.members(99, List.of(row(20, 13, 20, 4)))).as("another process").isEmpty();
  }

  @Test
  void table_knows_this_process() {
    long self = ProcessHandle.current().pid();
    Row row = Objects.requireNonNull(ProcessTable.read().get(self));

    assertThat(row.dead()).isFalse();
    assertThat(row.parent()).isEqualTo(ProcessHandle.current().parent().orElseThrow().pid());
  }

  private static Row row(long pid, long parent, long session, long start) {
    return new Row(pid, parent, session, session, start, false);
  }

  private static Row parse(String line) {
    return Objects.requireNonNull(parseOrNull(line));
  }

  private static @Nullable Row parseOrNull(String line) {
    return ProcessTable.parse(7, line.getBytes(US_ASCII), line.length());
  }
}
