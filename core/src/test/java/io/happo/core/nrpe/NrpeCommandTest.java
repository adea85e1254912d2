package io.happo.core.nrpe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.core.nrpe.RefusedQueryException.Reason;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NrpeCommandTest {
  private static final QueryRules WITH_ARGUMENTS =
      new QueryRules(true, false, ForbiddenCharacters.DEFAULT);

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "check check",
        "check!a check,a",
        "a!!c a,c",
        "!!a!!b!! a,b",
        "check! check",
        "check!-w!5 check,-w,5",
        "a!\"b\"!$HOME!*!~!# a,\"b\",$HOME,*,~,#"
      })
  void a_query_is_split_at_runs_of_exclamation_marks(String query, String words)
      throws RefusedQueryException {
    var expected = List.of(words.split(","));
    assertThat(NrpeCommand.parse(query, WITH_ARGUMENTS))
        .isEqualTo(new NrpeCommand(expected.getFirst(), expected.subList(1, expected.size())));
  }

  @Test
  void blanks_and_empty_looking_arguments_stay() throws RefusedQueryException {
    assertThat(NrpeCommand.parse("a! !\t", WITH_ARGUMENTS).arguments()).containsExactly(" ", "\t");
  }

  @Test
  void the_seventeenth_argument_and_all_behind_are_ignored() throws RefusedQueryException {
    var numbers = IntStream.rangeClosed(1, 100).mapToObj(Integer::toString).toList();
    var query = "check!" + String.join("!", numbers) + "!$(id)";
    assertThat(NrpeCommand.parse(query, WITH_ARGUMENTS).arguments())
        .isEqualTo(numbers.subList(0, 16));
  }

  @ParameterizedTest
  @ValueSource(strings = {"!", "!!!!"})
  void a_query_of_separators_names_no_command(String query) {
    assertRefused(Reason.EMPTY, query, WITH_ARGUMENTS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"check!a", "check!", "!", "!check"})
  void a_separator_is_refused_while_arguments_are_off(String query) {
    assertRefused(Reason.ARGUMENTS_OFF, query, QueryRules.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"|", "`", "&", ">", "<", "'", "\\", "[", "]", "{", "}", ";", "\r", "\n"})
  void a_forbidden_character_is_refused_in_name_and_argument(String character) {
    assertRefused(Reason.FORBIDDEN_CHARACTER, "che" + character + "ck", QueryRules.DEFAULT);
    assertRefused(Reason.FORBIDDEN_CHARACTER, "check!a!" + character, WITH_ARGUMENTS);
    assertRefused(Reason.FORBIDDEN_CHARACTER, "c" + "!a".repeat(30) + character, WITH_ARGUMENTS);
  }

  @Test
  void every_other_character_is_taken() throws RefusedQueryException {
    for (char c = 1; c < 256; c++) {
      if ("|`&><'\\[]{};\r\n!".indexOf(c) < 0) {
        assertThat(NrpeCommand.parse("a" + c, QueryRules.DEFAULT).name()).isEqualTo("a" + c);
      }
    }
  }

  @Test
  void forbidden_characters_come_before_arguments_that_are_off() {
    assertRefused(Reason.FORBIDDEN_CHARACTER, "check!a;b", QueryRules.DEFAULT);
  }

  @Test
  void other_characters_can_be_forbidden() throws RefusedQueryException {
    var rules = new QueryRules(true, false, new ForbiddenCharacters("x\u00e9"));
    assertThat(NrpeCommand.parse("a;b!|", rules)).isEqualTo(new NrpeCommand("a;b", List.of("|")));
    assertRefused(Reason.FORBIDDEN_CHARACTER, "a!x", rules);
    assertRefused(Reason.FORBIDDEN_CHARACTER, "caf\u00e9", rules);
  }

  @Test
  void command_substitution_is_refused_in_arguments_unless_allowed() throws RefusedQueryException {
    assertRefused(Reason.COMMAND_SUBSTITUTION, "check!a!x$(id)", WITH_ARGUMENTS);
    assertThat(NrpeCommand.parse("$(id)", WITH_ARGUMENTS).name()).isEqualTo("$(id)");
    assertThat(NrpeCommand.parse("check!$!(", WITH_ARGUMENTS).arguments())
        .containsExactly("$", "(");
    var allowed = new QueryRules(true, true, ForbiddenCharacters.DEFAULT);
    assertThat(NrpeCommand.parse("check!$(id)", allowed).arguments()).containsExactly("$(id)");
  }

  @Test
  void what_a_peer_sent_cannot_do_harm_in_a_message() {
    assertThatThrownBy(
            () ->
                NrpeCommand.parse("\u001b[31m\\\u00e9" + "z".repeat(5000) + "!secret", bare(false)))
        .hasMessage(
            "the query for '\\x1b[31m\\x5c\\xe9"
                + "z".repeat(81 - 17)
                + "'... brings arguments, which are off; dont_blame_nrpe=1 takes them");
    assertThatThrownBy(() -> NrpeCommand.parse("a\nb", QueryRules.DEFAULT))
        .hasMessageContaining("the forbidden character '\\x0a'");
  }

  private static QueryRules bare(boolean arguments) {
    return new QueryRules(arguments, false, new ForbiddenCharacters(""));
  }

  /** As nrpe 4.1.0 was seen to take them; the value is the directive's, the result in Java. */
  @Test
  void escapes_of_the_directive_are_those_of_c() {
    assertThat(ForbiddenCharacters.ofDirective("\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"\\?").characters())
        .isEqualTo("\u0007\b\f\n\r\t\u000b\\'\"?");
    assertThat(ForbiddenCharacters.ofDirective("|`&><'\\\\[]{};\\r\\n"))
        .isEqualTo(ForbiddenCharacters.DEFAULT);
    assertThat(ForbiddenCharacters.ofDirective("\\qz").characters()).isEqualTo("\\z");
    assertThat(ForbiddenCharacters.ofDirective("z\\").characters()).isEqualTo("z\\");
    assertThat(ForbiddenCharacters.ofDirective("").characters()).isEmpty();
  }

  @Test
  void characters_that_are_no_bytes_cannot_be_forbidden() {
    assertThatThrownBy(() -> new ForbiddenCharacters("\u2713"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertRefused(Reason reason, String query, QueryRules rules) {
    assertThatThrownBy(() -> NrpeCommand.parse(query, rules))
        .isInstanceOfSatisfying(
            RefusedQueryException.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
  }
}
