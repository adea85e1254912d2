package io.happo.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LineCutterTest {
  private static final String TOO_LONG = "(too long)";

  private final List<String> lines = new ArrayList<>();
  private final LineCutter cutter =
      new LineCutter(
          8,
          new LineCutter.Lines() {
            @Override
            public void line(String text) {
              lines.add(text);
            }

            @Override
            public void tooLong() {
              lines.add(TOO_LONG);
            }
          });

  private void take(String text) {
    cutter.take(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void lines_end_with_lf_or_crlf_and_empty_ones_are_passed_over() {
    take("one\ntwo\r\n\n\r\nfour");
    assertThat(lines).containsExactly("one", "two");
    assertThat(cutter.isWithinLine()).isTrue();
    cutter.end();
    cutter.end();
    assertThat(lines).containsExactly("one", "two", "four");
    assertThat(cutter.isWithinLine()).isFalse();
  }

  @Test
  void line_that_is_too_long_is_passed_over_whole_and_the_next_is_not() {
    take("12345678\n12345678\r\n123456789\n1234567890123\r\nnext\n");
    assertThat(lines).containsExactly("12345678", "12345678", TOO_LONG, TOO_LONG, "next");
  }

  @Test
  void where_the_bytes_are_parted_changes_nothing() {
    var random = new Random(5);
    for (int round = 0; round < 2_000; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(60); i > 0; i--) {
        text.append("ab\n\r\nü\n".charAt(random.nextInt(7)));
      }
      var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      lines.clear();
      cutter.take(ByteBuffer.wrap(bytes));
      cutter.end();
      var whole = List.copyOf(lines);
      lines.clear();
      for (int at = 0; at < bytes.length; ) {
        int length = Math.min(bytes.length - at, 1 + random.nextInt(5));
        cutter.take(ByteBuffer.wrap(bytes, at, length));
        at += length;
      }
      cutter.end();
      assertThat(lines).isEqualTo(whole);
    }
  }
}
