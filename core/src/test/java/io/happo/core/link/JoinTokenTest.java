package io.happo.core.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JoinTokenTest {
  private static final String HUB = "00112233445566778899aabbccddeeff";
  private static final String PIN = "fe".repeat(32);
  private static final String SECRET = "abcdefghijKLMNOPQRST-_09";

  @Test
  void token_is_read_as_it_is_printed_with_and_without_a_pin() {
    for (var pin : new String[] {PIN, ""}) {
      var token = new JoinToken(HUB, pin.isEmpty() ? Optional.empty() : Optional.of(pin), SECRET);
      assertThat(token.print()).startsWith("happo1.").endsWith("." + SECRET).doesNotContain("=");
      assertThat(JoinToken.parse(" " + token.print() + "\n")).isEqualTo(token);
      assertThat(token.toString()).doesNotContain(SECRET);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "'', does not begin with happo1.",
    "hello, does not begin with happo1.",
    "happo2.x.y, does not know",
    "happo1, is cut off: it has 1 of 3",
    "happo1.ABCD, is cut off: it has 2 of 3",
    "happo1.a.b.c, has 4 parts",
    "happo1.!!!.abcdefghijklmnopqrstuvwxyz, not base64url",
    "happo1.ABCD.abcdefghijklmnopqrstuvwxyz, holds 3 bytes",
    "happo1.ABEiM0RVZneImaq7zN3u_w.abc, is cut off: the end",
    "happo1.ABEiM0RVZneImaq7zN3u_w., is cut off: the end",
    "happo1.ABEiM0RVZneImaq7zN3u_w.abcdefghijklmnopqrstuvwxyz!, third part is not base64url"
  })
  void what_is_wrong_with_a_token_is_told(String text, String expected) {
    assertThatThrownBy(() -> JoinToken.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(expected);
  }
}
