package io.happo.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
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
}
