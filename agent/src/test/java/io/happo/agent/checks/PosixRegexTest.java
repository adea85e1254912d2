package io.happo.agent.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PosixRegexTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "^a+b$ aab true",
        "^a+b$ aabc false",
        "(a|b){2} xab true",
        "a{,2}c c true",
        "^a{2,}$ a false",
        "a{x a{x true",
        "a{2 a{2 true",
        "^{2}x$ {2}x true",
        "a|{2}x {2}x true",
        "[[:digit:]]{3} ab123 true",
        "[[:digit:]]{3} ab12 false",
        "^[^[:alpha:]_-]+$ 12+ true",
        "^[^[:alpha:]_-]+$ 1-2 false",
        "[]x]+$ a] true",
        "[a-c&&d]+$ & true",
        "[\\d]$ d true",
        "[\\d]$ 1 false",
        "\\<sda\\> sda1 false",
        "\\<sda\\> /dev/sda: true",
        "a+?b b true",
        "^(ab*+)*$ abbab true",
        "^a*+a$ aaa true",
        "*a *a true",
        "(.)\\1 xyyz true",
        "a.c a/c true",
        "\\. x false",
        "a) a) true",
        "[[.-.]] - true",
        "x-y+z$ x-yyz true",
        "#\\{ #{ true",
      })
  void extended_expression_is_read_as_regcomp_reads_it(String text, String in, boolean is)
      throws Exception {
    assertThat(Interruptible.finds(PosixRegex.extended(text, false), in)).isEqualTo(is);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "a+ a+ true",
        "a\\+$ xaa true",
        "\\(a\\|b\\)\\{2\\}$ xab true",
        "(a|b) (a|b) true",
        "(a|b) a false",
        "a^b a^b true",
        "a$b a$b true",
        "\\(^a\\) ba false",
        "a|^b xa|^b true",
        "x\\|^b ab false",
        "a\\{2\\} aa true",
        "*x a*x true",
        "a?b a?b true",
      })
  void basic_expression_is_read_as_grep_reads_it(String text, String in, boolean is)
      throws Exception {
    assertThat(Interruptible.finds(PosixRegex.basic(text, false), in)).isEqualTo(is);
  }

  @Test
  void case_may_not_count() throws Exception {
    assertThat(Interruptible.finds(PosixRegex.basic("ÄRGER[[:upper:]]", true), "ärgerx")).isTrue();
  }

  @Test
  void what_is_no_expression_is_told() {
    for (var text : new String[] {"(", "[a", "a\\", "[[:nothing:]]", "[z-a]", "[[:", "(a"}) {
      assertThatThrownBy(() -> PosixRegex.extended(text, false))
          .as(text)
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("expression");
    }
    assertThatThrownBy(() -> PosixRegex.perl("(?<", false)).isInstanceOf(UsageException.class);
  }

  @Test
  void expression_that_would_search_for_hours_ends_when_its_thread_is_interrupted()
      throws Exception {
    var end = new AtomicReference<Throwable>();
    var begun = new CountDownLatch(1);
    var thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  begun.countDown();
                  try {
                    Interruptible.finds(Pattern.compile("(x+x+)+y"), "x".repeat(60));
                  } catch (Throwable e) {
                    end.set(e);
                  }
                });
    begun.await();
    thread.interrupt();
    thread.join();
    assertThat(end.get()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void expression_that_is_too_deep_for_a_text_is_told() {
    var deep = Pattern.compile("^(a|b)*c$");
    assertThatThrownBy(() -> Interruptible.finds(deep, "ab".repeat(1 << 20)))
        .isInstanceOf(CheckException.class)
        .hasMessageContaining("too deep");
  }
}
