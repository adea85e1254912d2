package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What this Java had when a test began; {@link #assertNone} waits until it has no more than that:
 * child processes (found by a mark in their environment, wherever they moved), descriptors,
 * threads.
 */
final class Leftovers {
  private static final String MARK = "HAPPO_TEST_MARK";

  private final String mark = Long.toString(System.nanoTime());
  private final long descriptors = pipesAndPolls();
  private final List<String> threads = threads();

  /** An environment that makes processes known as this test's. */
  Map<String, String> environment() {
    return Map.of("PATH", "/usr/bin:/bin", MARK, mark);
  }

  List<Long> processes() {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> contains(read(Path.of("/proc/" + pid + "/environ")), MARK + "=" + mark))
        .toList();
  }

  void assertNone() {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              assertThat(processes()).as("processes").isEmpty();
              assertThat(zombies()).as("zombies").isEmpty();
              assertThat(pipesAndPolls()).as("descriptors").isLessThanOrEqualTo(descriptors);
              assertThat(threads()).as("threads").isSubsetOf(threads);
            });
  }

  /** Kills what a broken {@link Exec} left, so that no test harms the next one. */
  void killAll() {
    for (int round = 0; round < 50 && !processes().isEmpty(); round++) {
      processes().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
  }

  private static List<Long> zombies() {
    return ProcessHandle.current()
        .children()
        .map(ProcessHandle::pid)
        .filter(pid -> contains(read(Path.of("/proc/" + pid + "/stat")), ") Z "))
        .toList();
  }

  /** Only these: class loading and the test's own files come and go. */
  private static long pipesAndPolls() {
    try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
      return links.map(Leftovers::target).filter(t -> t.matches("(pipe|anon_inode).*")).count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The JDK keeps threads that wait for processes or carry virtual ones, to use them again. */
  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(
            name ->
                !name.matches(
                    "process reaper|Common-Cleaner|awaitility.*|junit.*|ForkJoinPool.*|.*Poller.*"
                        + "|VirtualThread-unblocker"))
        .toList();
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  private static boolean contains(byte[] text, String wanted) {
    return new String(text, StandardCharsets.ISO_8859_1).contains(wanted);
  }
}
