package io.happo.agent.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where {@link Spawner} starts programs; on older systems a helper tells no more than 127. */
class InterpreterTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "'#!/bin/bahs\\n', its interpreter /bin/bahs is not there",
    "'#! /bin/bahs -e\\n', its interpreter /bin/bahs is not there",
    "'#!/bin/sh\\r\\n', its first line ends as on Windows (CR LF); save it with line feeds alone",
    "'#!/bin/sh/\\n', not a directory",
  })
  void script_whose_interpreter_is_missing_is_not_started(String text, String reason)
      throws IOException {
    Path file = Files.writeString(folder.resolve("x"), text.translateEscapes());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));

    try (var exec = new Exec(new ExecSettings(1, 1_024, Duration.ofSeconds(1), Map.of()))) {
      assertThat(
              exec.run(
                  Command.direct(List.of(file.toString())),
                  Duration.ofSeconds(30),
                  Function.identity()))
          .isEqualTo(new Outcome.NotStarted(reason));
    }
  }
}
