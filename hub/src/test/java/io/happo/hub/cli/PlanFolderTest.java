package io.happo.hub.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.Sha256;
import io.happo.core.plan.Archive;
import io.happo.program.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of a plan's folder. */
class PlanFolderTest {
  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    write("checks.yaml", "checks:\n  - {name: x, bundle: tools, plugin: check_x, every: 1m}\n");
  }

  private Path write(String path, String text) throws IOException {
    var file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private String problems() {
    var failure = catchThrowableOfType(Failure.class, () -> PlanFolder.read(folder));
    assertThat(failure).isNotNull();
    return String.valueOf(failure.getMessage()).replace(folder + "/", "");
  }

  @Test
  void a_folder_becomes_an_archive_that_is_the_same_each_time() throws Exception {
    write("plugins/tools/check_x", "#!/bin/sh\n");
    write("plugins/tools/lib/x.pm", "1;");
    write("plugins/tools/.swp", "left out");
    write("plugins/tools/.git/config", "left out");
    write("plugins/README.md", "left alone");
    var contents = PlanFolder.read(folder);
    var bytes = requireNonNull(contents.archives().get("tools"));
    assertThat(Archive.read(bytes).files()).containsExactly("check_x", "lib/x.pm");
    var root = (JsonObject) requireNonNull(contents.documents().get("plugins"));
    assertThat(((JsonObject) root.find("bundles").orElseThrow()).find("tools"))
        .contains(new JsonValue.Text(Sha256.of(bytes)));
    assertThat(contents.unused()).isEmpty();
    Files.setLastModifiedTime(folder.resolve("plugins/tools/check_x"), FileTime.fromMillis(0));
    assertThat(PlanFolder.read(folder).archives().get("tools")).isEqualTo(bytes);
  }

  @Test
  void a_zip_is_sent_as_it_is_and_one_that_nothing_names_is_told() throws Exception {
    write("plugins/tools/check_x", "#!/bin/sh\n");
    var bytes = Archive.pack(new TreeMap<>(Map.of("y", "1".getBytes(UTF_8))));
    Files.write(folder.resolve("plugins/others.zip"), bytes);
    var contents = PlanFolder.read(folder);
    assertThat(contents.archives().get("others")).isEqualTo(bytes);
    assertThat(contents.unused()).containsExactly("others");
  }

  @Test
  void all_that_cannot_be_packed_is_told_at_once() throws Exception {
    write("plugins/tools/check_x", "#!/bin/sh\n");
    Files.createSymbolicLink(folder.resolve("plugins/tools/link"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(folder.resolve("plugins/tools/up"), Path.of("/etc"));
    write("plugins/tools/a:b", "");
    Files.createDirectories(folder.resolve("plugins/empty"));
    write("plugins/two/x", "");
    Files.write(
        folder.resolve("plugins/two.zip"),
        Archive.pack(new TreeMap<>(Map.of("../y", new byte[1]))));
    write("plugins/text.zip", "text");
    write("plugins/bad name/x", "");
    write("broken.yaml", "a: [");
    assertThat(problems())
        .contains(
            "broken.yaml",
            "plugins/tools/link is a link",
            "plugins/tools/up is a link",
            "'a:b' is no path of a file in an archive",
            "plugins/empty holds no file",
            "plugins/two.zip: '../y' is no path",
            "plugins/two.zip: there is a folder and a ZIP of this name",
            "plugins/text.zip: is no ZIP",
            "plugins/bad name: 'bad name' is no name");
  }

  @Test
  void a_folder_of_empty_files_is_no_plan() throws Exception {
    write("checks.yaml", "");
    write("b.yaml", "# nothing\n");
    assertThat(problems()).contains("an empty plan is a file with 'checks: []'");
    write("b.yaml", "checks: []\n");
    assertThat(PlanFolder.read(folder).documents()).hasSize(2);
    assertThatThrownBy(() -> PlanFolder.read(folder.resolve("b.yaml")))
        .hasMessageContaining("b.yaml is a file: name the folder");
  }

  @Test
  void what_is_too_large_is_told_before_it_is_sent() throws Exception {
    var random = new byte[Archive.MAX_BYTES + 1];
    new java.util.Random(1).nextBytes(random);
    Files.createDirectories(folder.resolve("plugins/tools"));
    Files.write(folder.resolve("plugins/tools/x"), random);
    Files.write(folder.resolve("plugins/other.zip"), random);
    assertThat(problems())
        .contains("plugins/tools when packed has", "plugins/other.zip has 8388609 bytes; at most");
  }
}
