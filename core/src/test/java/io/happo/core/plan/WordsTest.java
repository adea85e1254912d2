package io.happo.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  /** The words are shown with an exclamation mark after each. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '§',
      textBlock =
          """
          check_load -w 5,4,3       → check_load!-w!5,4,3!
          § a   b  §                → a!b!
          check_x 'a b' "c d"       → check_x!a b!c d!
          check_x a'b c'd           → check_x!ab cd!
          check_x ''                → check_x!!
          check_x \\  a\\ b         → check_x! !a b!
          check_x '$HOME|;&`'       → check_x!$HOME|;&`!
          check_x "a\\"b\\$c\\d"    → check_x!a"b$c\\d!
          check_x -w @10:20 -c ~:5  → check_x!-w!@10:20!-c!~:5!
          check_http -u /a?b=c*[d]  → check_http!-u!/a?b=c*[d]!
          check_x {{tags.a}} b      → check_x!{{tags.a}}!b!
          check_x {{ tags.a | x y}} → check_x!{{ tags.a | x y}}!
          check_x '{{facts.a|'}}'   → check_x!{{facts.a|'}}!
          check_x "p{{tags.a|"$}}q" → check_x!p{{tags.a|"$}}q!
          check_x '{{.State}}'      → check_x!{{.State}}!
          """)
  void words_are_split_as_a_shell_does(String line, String words) {
    assertThat(String.join("!", Words.split(line)) + "!").isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '§',
      textBlock =
          """
          check_x | grep y  → holds |
          check_x; reboot   → holds ;
          check_x &         → holds &
          check_x > f       → holds >
          check_x < f       → holds <
          check_x $HOME     → holds $
          check_x `id`      → holds `
          check_x "$HOME"   → in double quotes
          check_x "`id`"    → in double quotes
          check_x 'a        → quote at character 9
          check_x "a        → quote at character 9
          """)
  void what_only_a_shell_understands_is_refused(String line, String message) {
    assertThatThrownBy(() -> Words.split(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void joined_words_are_split_into_the_same() {
    var random = new Random(7);
    var characters = "ab -'\"\\$|;&<>`{}.\t\n~*äé";
    for (int round = 0; round < 2_000; round++) {
      var words = new ArrayList<String>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        var word = new StringBuilder();
        for (int length = random.nextInt(8); length > 0; length--) {
          word.append(characters.charAt(random.nextInt(characters.length())));
        }
        words.add(word.toString());
      }
      var line = Words.join(words.getFirst(), words.subList(1, words.size()));
      assertThat(Words.split(line)).as(line).isEqualTo(words);
    }
  }
}
