package io.happo.agent.buffer;

import static io.happo.agent.buffer.Samples.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotStoreTest {
  @TempDir Path temporary;
  private final Samples.Clock clock = new Samples.Clock();
  private Path directory = Path.of("");
  private SnapshotStore store = new SnapshotStore(directory, Duration.ZERO, clock);

  @BeforeEach
  void open() {
    directory = temporary.resolve("states");
    store = new SnapshotStore(directory, Duration.ofHours(1), clock);
  }

  @Test
  void snapshots_come_back_under_keys_sorted_by_time() throws IOException {
    assertThat(store.keys()).isEmpty();
    store.save(NOW, "zwei é\n");
    store.save(NOW - 5, "eins");
    store.save(NOW + 5, "x".repeat(100_000));
    store.save(NOW, "zwei again é\n");

    assertThat(store.keys()).containsExactly("s-" + (NOW - 5), "s-" + NOW, "s-" + (NOW + 5));
    assertThat(store.find("s-" + NOW)).contains("zwei again é\n");
    assertThat(store.find("s-" + (NOW + 5))).contains("x".repeat(100_000));
    Path file = directory.resolve("s-" + (NOW + 5) + ".gz");
    assertThat(Files.size(file)).isLessThan(1000);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void whatever_is_no_key_finds_nothing() throws IOException {
    store.save(NOW, "text");
    Files.copy(directory.resolve("s-" + NOW + ".gz"), temporary.resolve("s-1.gz"));
    for (String key :
        new String[] {
          "",
          "s-",
          "s-1",
          "s-../s-1",
          "../s-1",
          "s-" + NOW + ".gz",
          "S-" + NOW,
          "s-0" + NOW,
          "s-+" + NOW,
          "s-99999999999999999999",
          "ag-web-01",
          "s-" + NOW + "\n",
          "s-١"
        }) {
      assertThat(store.find(key)).as(key).isEmpty();
    }
  }

  @Test
  void snapshots_beyond_their_lifetime_are_not_shown_and_go_with_the_next_save()
      throws IOException {
    store.save(NOW, "old");
    clock.advance(Duration.ofHours(1).plusSeconds(1));
    assertThat(store.keys()).isEmpty();
    assertThat(store.find("s-" + NOW)).isEmpty();
    store.save(NOW + 3601, "new");
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void damaged_snapshot_is_named_and_other_files_are_ignored() throws IOException {
    store.save(NOW, "text");
    Files.writeString(directory.resolve("notes.txt"), "mine");
    Files.writeString(directory.resolve("s-" + (NOW + 1) + ".gz"), "no gzip");
    assertThat(store.keys()).hasSize(2);
    assertThatThrownBy(() -> store.find("s-" + (NOW + 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("s-" + (NOW + 1));
  }

  @Test
  void place_that_cannot_be_written_is_named() throws IOException {
    Files.writeString(directory, "a file");
    assertThatThrownBy(() -> store.save(NOW, "text"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(directory.toString());
  }
}
