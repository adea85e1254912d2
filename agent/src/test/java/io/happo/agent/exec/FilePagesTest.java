package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class FilePagesTest {
  private static final int PAGE_BYTES = 4_096;
  private static final Path STATUS = Path.of("/proc/self/status");

  private static long residentOfFilesKib() throws IOException {
    for (var line : Files.readAllLines(STATUS)) {
      if (line.startsWith("RssFile:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no RssFile in " + STATUS);
  }

  @Test
  void pages_of_a_mapped_file_leave_the_memory_and_come_back_as_they_were() throws IOException {
    assumeTrue(Files.exists(STATUS));
    var file = Path.of(System.getProperty("java.home"), "lib", "modules");
    try (var channel = FileChannel.open(file);
        var arena = Arena.ofShared()) {
      var all = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      long sum = sum(all);
      long before = residentOfFilesKib();
      FilePages.giveBack();
      assertThat(before - residentOfFilesKib()).isGreaterThan(all.byteSize() / 1_024 / 2);
      assertThat(sum(all)).isEqualTo(sum);
    }
  }

  @Test
  void how_much_is_in_memory_is_what_the_kernel_says() throws IOException {
    assumeTrue(Files.exists(STATUS));
    long resident = 0;
    for (var line : Files.readAllLines(STATUS)) {
      resident += line.startsWith("VmRSS:") ? Long.parseLong(line.replaceAll("\\D", "")) : 0;
    }
    assertThat(FilePages.residentBytes() / 1_024)
        .isCloseTo(resident, Percentage.withPercentage(20));
  }

  /** Of one byte of each page. */
  private static long sum(MemorySegment all) {
    long sum = 0;
    for (long at = 0; at < all.byteSize(); at += PAGE_BYTES) {
      sum += all.get(ValueLayout.JAVA_BYTE, at);
    }
    return sum;
  }
}
