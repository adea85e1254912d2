package io.happo.program.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  private static final byte[] NEW = "new".getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory;

  @Test
  void new_file_is_private_and_nothing_else_is_left() throws IOException {
    Path file = directory.resolve("metrics.yaml");
    AtomicFile.write(file, NEW);
    assertThat(file).hasContent("new");
    assertThat(mode(file)).isEqualTo("rw-------");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void existing_file_keeps_mode_and_owner() throws IOException {
    Path file = Files.writeString(directory.resolve("metrics.yaml"), "old, and longer");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    boolean root = "root".equals(System.getProperty("user.name"));
    if (root) {
      Files.setAttribute(file, "unix:uid", 1234);
      Files.setAttribute(file, "unix:gid", 4321);
    }
    AtomicFile.write(file, NEW);
    assertThat(file).hasContent("new");
    assertThat(mode(file)).isEqualTo("rw-rw-r--");
    if (root) {
      assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(1234);
      assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(4321);
    }
  }

  @Test
  void links_stay_and_what_they_point_at_is_replaced() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path target = Files.writeString(elsewhere.resolve("real.yaml"), "old");
    Path relative =
        Files.createSymbolicLink(directory.resolve("a.yaml"), Path.of("elsewhere/real.yaml"));
    Path link = Files.createSymbolicLink(directory.resolve("b.yaml"), relative);
    AtomicFile.write(link, NEW);
    assertThat(link).isSymbolicLink();
    assertThat(relative).isSymbolicLink();
    assertThat(target).hasContent("new");

    Path dangling =
        Files.createSymbolicLink(directory.resolve("c.yaml"), Path.of("elsewhere/fresh.yaml"));
    AtomicFile.write(dangling, NEW);
    assertThat(dangling).isSymbolicLink();
    assertThat(elsewhere.resolve("fresh.yaml")).hasContent("new");

    Path circle = Files.createSymbolicLink(directory.resolve("d.yaml"), Path.of("d.yaml"));
    assertThatThrownBy(() -> AtomicFile.write(circle, NEW))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("circle");
  }

  @Test
  void directory_in_the_place_of_the_file_or_a_missing_one_above_it_is_an_error() {
    assertThatThrownBy(() -> AtomicFile.write(directory, NEW))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(directory.toString());
    assertThatThrownBy(() -> AtomicFile.write(directory.resolve("no/file"), NEW))
        .isInstanceOf(IOException.class);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
