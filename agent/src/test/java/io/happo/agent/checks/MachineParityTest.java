package io.happo.agent.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Built-in checks of this machine beside Debian's plugins. */
class MachineParityTest {
  private static final List<String> CHECKS =
      List.of(
          "check_file_age", "check_load", "check_log", "check_procs", "check_swap", "check_users");

  /** What is written to the log before each case. */
  private static final String LINES =
      """
      job 1 error: disk sda is full
      job 2 fine
      job 3 ERROR: disk sdb is full
      a bar | bar=1 in a line
      """;

  private static final int LOOKS = 3;

  @TempDir Path folder;
  private final List<Process> processes = new ArrayList<>();
  private Path log;

  @BeforeEach
  void make_what_is_looked_at() throws IOException {
    var link = folder.resolve("a-process-with-a-long-name");
    Files.createSymbolicLink(link, Path.of("/bin/sleep"));
    processes.add(new ProcessBuilder("sleep", "86399").start());
    processes.add(new ProcessBuilder(link.toString(), "86398").start());
    log = Files.createFile(folder.resolve("app.log"));
    file("young", 10, 0);
    file("middle", 1000, 300);
    file("old", 3, 1000);
    file("future", 3, -3600);
    file("a name's", 3, 1000);
    file("bar|bar=1", 3, 1000);
  }

  private void file(String name, int bytes, int seconds) throws IOException {
    var file = Files.write(folder.resolve(name), new byte[bytes]);
    var written = Instant.now().minus(Duration.ofSeconds(seconds));
    Files.setLastModifiedTime(file, FileTime.from(written));
  }

  @AfterEach
  void end_it() throws IOException {
    Files.delete(folder.resolve("a-process-with-a-long-name"));
    processes.forEach(Process::destroyForcibly);
  }

  @TestFactory
  Stream<DynamicTest> built_in_check_answers_as_the_plugin_does() throws IOException {
    var parity = new Parity(folder.resolve("state"));
    var places =
        Map.of(
            "dir", folder.toString(),
            "log", log.toString(),
            "pid", String.valueOf(ProcessHandle.current().pid()));
    var cases = Stream.<Parity.Case>builder();
    for (var check : CHECKS) {
      for (var one : Parity.cases(check, places)) {
        cases.add(one);
      }
    }
    return cases
        .build()
        .map(one -> DynamicTest.dynamicTest(one.toString(), () -> look(parity, one)));
  }

  private void look(Parity parity, Parity.Case one) throws Exception {
    assumeTrue(
        Parity.has(one.check()) || "required".equals(System.getProperty("happo.peers")),
        one.check() + " of monitoring-plugins is not there");
    Parity.Said theirs;
    Parity.Said ours;
    List<String> differences;
    int looks = 0;
    do { // Between the two looks the machine may have changed.
      Files.writeString(log, LINES, StandardOpenOption.APPEND);
      theirs = parity.theirs(one);
      ours = parity.ours(one);
      differences = Parity.differences(theirs, ours);
      looks++;
    } while (looks < LOOKS && differences.isEmpty() == one.difference().isPresent());
    if (one.difference().isPresent()) {
      assertThat(differences).as("differs no more: take the mark away").isNotEmpty();
    } else {
      assertThat(differences)
          .as("theirs:%n%s%nours:%n%s", theirs.output(), ours.output())
          .isEmpty();
    }
  }
}
