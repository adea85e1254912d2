package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginPathsTest {
  @TempDir Path folder;

  @Test
  void first_directory_that_has_the_file_wins() throws IOException {
    Path first = Files.createDirectory(folder.resolve("first"));
    Path second = Files.createDirectory(folder.resolve("second"));
    Files.createFile(second.resolve("check_a"));
    PluginPaths paths = new PluginPaths(List.of(folder.resolve("none"), first, second));

    assertThat(paths.find("check_a")).contains(second.resolve("check_a"));
    Files.createFile(first.resolve("check_a"));
    assertThat(paths.find("check_a")).contains(first.resolve("check_a"));
    assertThat(paths.find("check_b")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "/bin/sh", "../check", "..", ".", "-x", "a\0b", "a/"})
  void name_that_could_leave_the_directories_is_refused(String name) {
    assertThat(PluginPaths.refuse(name)).isPresent();
    assertThat(new PluginPaths(List.of(folder)).find(name)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"check_load", "check.sh", "a..b", "..a", "t space", "x-"})
  void usual_name_is_fine(String name) {
    assertThat(PluginPaths.refuse(name)).isEmpty();
  }
}
