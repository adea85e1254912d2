package io.happo.agent.buffer;

import static io.happo.agent.buffer.Samples.NOW;
import static io.happo.agent.buffer.Samples.ROOMY;
import static io.happo.agent.buffer.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queue and the real file system around it. */
class DirectoryTest {
  @TempDir Path directory;
  private final Samples.Clock clock = new Samples.Clock();

  @Test
  void second_queue_on_a_directory_is_kept_out_in_this_process_and_in_another() throws Exception {
    try (DurableQueue queue = DurableQueue.open(directory, ROOMY, clock)) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> DurableQueue.open(directory, ROOMY, clock))
            .isInstanceOf(IOException.class)
            .hasMessageContaining(directory.toRealPath().toString())
            .hasMessageContaining("another agent uses it")
            .hasMessageEndingWith("name another place with --dbfile");
      }
      Process other = QueueProcess.start(List.of(), "open", directory.toString());
      assertThat(new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .contains("another agent uses it");
      assertThat(other.waitFor()).isEqualTo(1);
      queue.append(NOW, text("r"));
    }
    DurableQueue.open(directory, ROOMY, clock).close();
  }

  @Test
  void plain_file_where_the_directory_should_be_is_named() throws IOException {
    Path file = Files.writeString(directory.resolve("happo-agent.db"), "x");
    assertThatThrownBy(() -> DurableQueue.open(file, ROOMY, clock))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("is not a directory");
    assertThatThrownBy(() -> DurableQueue.open(file.resolve("below"), ROOMY, clock))
        .hasMessageContaining("is not a directory");
    assertThat(file).hasContent("x");
  }

  @Test
  void directory_without_permission_is_named() throws IOException {
    Path closed = Files.createDirectory(directory.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));
    assumeTrue(!Files.isWritable(closed), "root may write everywhere");
    assertThatThrownBy(() -> DurableQueue.open(closed, ROOMY, clock))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no permission")
        .hasMessageContaining(closed.toString());
  }

  @Test
  void really_full_file_system_is_survived() throws Exception {
    Process probe = new ProcessBuilder("unshare", "-m", "true").redirectErrorStream(true).start();
    probe.getInputStream().readAllBytes();
    assumeTrue(probe.waitFor() == 0, "a small file system can be mounted by root only");
    List<String> onSmallDisk =
        List.of(
            "unshare",
            "-m",
            "sh",
            "-c",
            "mount -t tmpfs -o size=256k none \"$0\" && exec \"$@\"",
            directory.toString());
    Process child = QueueProcess.start(onSmallDisk, "fill", directory.toString());
    assertThat(new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("no space left on device")
        .contains("all there")
        .contains("appends again");
    assertThat(child.waitFor()).isZero();
  }
}
