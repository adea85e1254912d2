package io.happo.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.program.cli.Parsed;
import io.happo.program.cli.Parser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HubPagesTest {
  @Test
  void reference_page_is_what_the_table_says() throws Exception {
    var page = Path.of(System.getProperty("happo.root"), "docs", "reference", "happo-hub.md");
    assertThat(Files.readString(page))
        .as("run GenerateDocs reference docs/reference")
        .isEqualTo(GenerateDocs.reference().get("happo-hub.md"));
  }

  @Test
  void a_package_has_pages_completion_and_a_sample() {
    assertThat(GenerateDocs.packaged())
        .containsKeys(
            "man/man8/happo-hub.8",
            "man/man1/happo-hub.1",
            "bash-completion/happo-hub",
            "happo-hub.env");
  }

  @Test
  void two_words_name_a_command_and_the_first_alone_is_helped() {
    assertThat(parse("token", "create", "--approve"))
        .isInstanceOfSatisfying(
            Parsed.Run.class, run -> assertThat(run.command().name()).isEqualTo("token create"));
    assertThat(parse("token", "--help"))
        .isInstanceOfSatisfying(
            Parsed.Print.class,
            print -> assertThat(print.text()).contains("token revoke").doesNotContain("plan show"));
    assertThat(parse("token"))
        .isInstanceOfSatisfying(
            Parsed.Misuse.class,
            misuse -> assertThat(misuse.problems()).singleElement().asString().contains("revoke"));
    assertThat(parse("history", "web-01"))
        .isInstanceOfSatisfying(
            Parsed.Misuse.class,
            misuse -> assertThat(misuse.problems()).contains("CHECK is missing"));
    assertThat(parse("inventory", "openssl"))
        .isInstanceOfSatisfying(
            Parsed.Run.class,
            run -> {
              assertThat(run.command().name()).isEqualTo("inventory");
              assertThat(run.arguments().operands()).containsExactly("openssl");
            });
    assertThat(parse("metrics", "query", "load1"))
        .isInstanceOfSatisfying(
            Parsed.Run.class, run -> assertThat(run.command().name()).isEqualTo("metrics query"));
    assertThat(parse("plan", "apply", "a", "b")).isInstanceOf(Parsed.Misuse.class);
  }

  private static Parsed parse(String... words) {
    return Parser.parse(HubTable.PROGRAM, words, Map.of());
  }
}
