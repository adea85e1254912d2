package io.happo.agent.collectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogTailTest {
  private final LogTail log = new LogTail();

  private void write(String text) {
    log.take(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void the_last_lines_are_kept_fit_for_the_output_of_a_check() {
    write("one\ntw");
    write("o | \u001b[1m2\r\n\nthree");
    assertThat(log.last(5)).containsExactly("one", "two ,  [1m2");
    log.end();
    assertThat(log.last(2)).containsExactly("two ,  [1m2", "three");
    log.note("ended");
    assertThat(log.last(1)).containsExactly("-- ended");
    assertThat(log.lastOfProgram()).isEqualTo("three");
  }

  @Test
  void neither_many_lines_nor_long_ones_are_kept_without_end() {
    for (int i = 0; i < 1_000; i++) {
      write(i + "\n");
    }
    assertThat(log.last(1_000)).hasSize(LogTail.MAX_LINES).endsWith("998", "999");
    for (int i = 0; i < 100; i++) {
      write("x".repeat(4_000) + "\n");
    }
    assertThat(String.join("", log.last(1_000))).hasSizeLessThanOrEqualTo(LogTail.MAX_CHARACTERS);
    write("x".repeat(10_000) + "\nshort\n");
    assertThat(log.last(2)).containsExactly("(a line of more than 4096 bytes)", "short");
  }
}
