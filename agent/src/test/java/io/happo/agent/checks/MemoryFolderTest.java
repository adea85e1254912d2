package io.happo.agent.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What checks keep is there when they run again, and does not grow without end. */
class MemoryFolderTest {
  @TempDir Path folder;

  @Test
  void what_is_kept_is_recalled_by_the_next_one_and_is_the_owners_alone() throws Exception {
    var kept = folder.resolve("checks");
    var memory = new MemoryFolder(kept);
    assertThat(memory.recall("a")).isEmpty();
    memory.keep("a", "one");
    memory.keep("a", "tw\u00f6");
    assertThat(new MemoryFolder(kept).recall("a")).contains("tw\u00f6");
    assertThat(memory.recall("b")).isEmpty();
    try (var files = Files.list(kept)) {
      assertThat(files)
          .singleElement()
          .satisfies(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void the_oldest_go_when_there_are_too_many() throws Exception {
    var memory = new MemoryFolder(folder);
    memory.keep("oldest", "1");
    try (var files = Files.list(folder)) {
      Files.setLastModifiedTime(files.findFirst().orElseThrow(), FileTime.fromMillis(1_000));
    }
    memory.keep("newer", "2");
    for (int i = 2; i < MemoryFolder.MOST; i++) {
      Files.createFile(folder.resolve("f" + i));
    }
    memory.keep("newer", "3");
    assertThat(memory.recall("oldest")).contains("1");
    memory.keep("another", "4");
    assertThat(memory.recall("oldest")).isEmpty();
    assertThat(memory.recall("newer")).contains("3");
    assertThat(memory.recall("another")).contains("4");
  }
}
