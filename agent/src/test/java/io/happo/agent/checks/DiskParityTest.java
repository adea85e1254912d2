package io.happo.agent.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * check_disk beside the plugin, in a process of its own with a mount namespace of its own, so that
 * there are file systems of known sizes and the machine's mounts stay as they are.
 */
class DiskParityTest {
  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> check_disk_answers_as_the_plugin_does() throws Exception {
    assumeTrue(
        Parity.has("check_disk") || "required".equals(System.getProperty("happo.peers")),
        "check_disk of monitoring-plugins is not there");
    var namespace = namespace();
    assumeTrue(!namespace.isEmpty(), "this user may not make mounts, not even in a namespace");
    var found = folder.resolve("found");
    var log = folder.resolve("log");
    var command = new ArrayList<>(namespace);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.library.path=" + System.getProperty("java.library.path"),
            "-cp",
            System.getProperty("java.class.path"),
            DiskMounts.class.getName(),
            Files.createDirectory(folder.resolve("m")).toString(),
            folder.resolve("state").toString(),
            found.toString()));
    var process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(process.waitFor()).as(() -> text(log)).isZero();
    return Files.readAllLines(found).stream()
        .map(line -> line.split("\t", -1))
        .map(
            parts ->
                DynamicTest.dynamicTest(
                    "check_disk " + parts[0], () -> assertThat(List.of(parts)).hasSize(1)));
  }

  /** What gives a command a mount namespace; empty when nothing does. */
  private static List<String> namespace() throws InterruptedException {
    var root = List.of("unshare", "--mount", "--propagation", "private");
    var user = List.of("unshare", "--user", "--map-root-user", "--mount");
    for (var command : List.of(root, user)) {
      var attempt = new ArrayList<>(command);
      attempt.add("true");
      try {
        if (new ProcessBuilder(attempt).start().waitFor() == 0) {
          return command;
        }
      } catch (IOException e) {
        return List.of();
      }
    }
    return List.of();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
