package io.happo.agent.nrpe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NrpeCommandsFileTest {
  @TempDir Path folder;

  @Test
  void names_and_lines_are_read_in_their_order() throws IOException {
    assertThat(
            read(
                """
                # what may be asked for
                check_load: /usr/lib/nagios/plugins/check_load -w 5 -c 10
                'check disk': "df -h | tail -1"
                007: echo $ARG1$
                check_load: /bin/true
                """))
        .containsExactly(
            Map.entry("check_load", "/bin/true"),
            Map.entry("check disk", "df -h | tail -1"),
            Map.entry("007", "echo $ARG1$"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n", "null\n"})
  void an_empty_file_has_no_commands(String text) throws IOException {
    assertThat(read(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'a: x\nb:\n', ':2: b: has no command line'",
    "'a: x\nb: [x]\n', ':2: b: is no text; write its command line, in quotes if need be'",
    "'a: x\n\"\": y\n', ':2: a command has a text for its name'",
    "'- a\n', ':1: expected lines of NAME: COMMAND'",
    "'a: \"x\\0y\"\n', ':1: a: holds a NUL, as no command does'",
  })
  void what_is_wrong_is_told_with_its_line(String text, String expected) {
    assertThatThrownBy(() -> read(text)).hasMessage(folder.resolve("commands.yaml") + expected);
  }

  @Test
  void all_problems_are_told_at_once() {
    assertThatThrownBy(() -> read("a:\nb: []\n"))
        .hasMessageContaining(":1: a: ")
        .hasMessageContaining(":2: b: ");
  }

  @Test
  void bad_yaml_is_told_with_its_line() {
    assertThatThrownBy(() -> read("a: x\nb: 'y\n"))
        .hasMessageStartingWith(folder.resolve("commands.yaml") + ":");
  }

  @Test
  void a_line_is_at_most_2047_bytes_long() throws IOException {
    assertThat(read("a: " + "x".repeat(2047) + "\n")).hasSize(1);
    assertThatThrownBy(() -> read("a: " + "x".repeat(2048) + "\n"))
        .hasMessageContaining("longer than 2047 bytes");
  }

  @Test
  void a_file_that_cannot_be_read_is_told() throws IOException {
    assertThatThrownBy(() -> NrpeCommandsFile.read(folder.resolve("none")))
        .hasMessage("cannot read " + folder.resolve("none") + ": it or its folder does not exist");
    assertThatThrownBy(() -> NrpeCommandsFile.read(folder)).hasMessageContaining("is a folder");
    var latin = Files.write(folder.resolve("latin"), new byte[] {'a', ':', ' ', (byte) 0xe9});
    assertThatThrownBy(() -> NrpeCommandsFile.read(latin)).hasMessageContaining("not UTF-8");
    var large = Files.writeString(folder.resolve("large"), "#".repeat((2 << 20) + 1));
    assertThatThrownBy(() -> NrpeCommandsFile.read(large)).hasMessageContaining("more than");
  }

  private Map<String, String> read(String text) throws IOException {
    return NrpeCommandsFile.read(Files.writeString(folder.resolve("commands.yaml"), text));
  }
}
