package io.happo.agent.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckLogTest {
  private static final String NONE = "0: Log check ok - 0 pattern matches found";

  @TempDir Path folder;
  private Path log;
  private MadeMachine machine;

  @BeforeEach
  void begin() throws IOException {
    machine = new MadeMachine(folder);
    log = folder.resolve("app.log");
    append("before error\n");
    assertThat(look()).isEqualTo("0: Log check data initialized...");
  }

  private void append(String text) throws IOException {
    Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private String look() {
    return look("-q error");
  }

  private String look(String options) {
    return machine.says("check_log -F " + log + " " + options);
  }

  @Test
  void only_new_lines_count_and_each_once() throws IOException {
    assertThat(look()).isEqualTo(NONE);
    append("one error\nfine\ntwo errors\n");
    assertThat(look()).isEqualTo("2: (2) < two errors");
    assertThat(look()).isEqualTo(NONE);
  }

  @Test
  void agent_that_began_anew_goes_on_where_the_last_one_was() throws IOException {
    append("one error\n");
    machine = new MadeMachine(folder);
    assertThat(look()).isEqualTo("2: (1) < one error");
  }

  @Test
  void runs_that_look_for_something_else_have_their_own_position() throws IOException {
    append("one error\n");
    assertThat(look("-q fine")).isEqualTo("0: Log check data initialized...");
    assertThat(look()).isEqualTo("2: (1) < one error");
  }

  @Test
  void line_without_an_end_is_left_until_it_has_one_or_does_not_grow() throws IOException {
    append("half an er");
    assertThat(look()).isEqualTo(NONE);
    append("ror\nthe end is an error");
    assertThat(look()).isEqualTo("2: (1) < half an error");
    assertThat(look()).isEqualTo("2: (1) < the end is an error");
    assertThat(look()).isEqualTo(NONE);
  }

  @Test
  void log_that_was_renamed_is_read_to_its_end_first() throws IOException {
    append("last error of the old\n");
    Files.move(log, folder.resolve("app.log.1"));
    append("first error of the new\n");
    assertThat(look()).isEqualTo("2: (2) < first error of the new");
    assertThat(look()).isEqualTo(NONE);
  }

  @Test
  void log_that_was_renamed_several_times_is_read_with_all_between() throws IOException {
    append("error 1\n");
    Files.move(log, folder.resolve("app.log.2"));
    written("app.log.2", 1);
    append("error 2\n");
    Files.move(log, folder.resolve("app.log.1"));
    written("app.log.1", 2);
    Files.writeString(folder.resolve("app.log.err"), "error of another log\n");
    append("error 3\n");
    assertThat(look()).isEqualTo("2: (3) < error 3");
  }

  private void written(String name, long second) throws IOException {
    Files.setLastModifiedTime(
        folder.resolve(name), FileTime.from(Instant.ofEpochSecond(2_000_000_000 + second)));
  }

  @Test
  void log_that_was_copied_and_emptied_is_read_in_the_copy_first() throws IOException {
    append("last error of the old\n");
    Files.copy(log, folder.resolve("app.log-20260102"), StandardCopyOption.COPY_ATTRIBUTES);
    try (var file = FileChannel.open(log, StandardOpenOption.WRITE)) {
      file.truncate(0);
    }
    append("first error of the new\n");
    assertThat(look()).isEqualTo("2: (2) < first error of the new");
  }

  @Test
  void log_that_was_emptied_and_grew_beyond_the_position_is_read_from_its_beginning()
      throws IOException {
    Files.writeString(log, "another error, in a line longer than all there was before\n");
    assertThat(look())
        .isEqualTo(
            "2: (1) < another error, in a line longer than all there was before\n"
                + "The log has been rotated, and the earlier file is not beside it; its last lines"
                + " were not read.");
    assertThat(look()).isEqualTo(NONE);
  }

  @Test
  void log_that_was_removed_is_told_and_read_when_it_is_back() throws IOException {
    Files.delete(log);
    assertThat(look()).isEqualTo("3: Log check error: Log file " + log + " does not exist!");
    append("new error\n");
    assertThat(look()).startsWith("2: (1) < new error");
  }

  @Test
  void position_is_kept_in_the_file_that_is_given_and_no_other_file_is_overwritten()
      throws IOException {
    var position = folder.resolve("position");
    assertThat(look("-q error -O " + position)).startsWith("0: Log check data");
    append("one error\n");
    assertThat(look("-q error -O " + position)).isEqualTo("2: (1) < one error");
    assertThat(Files.readString(position)).startsWith("check_log of happo-agent, position 1: ");

    for (var text : new String[] {"", "precious\n"}) {
      var other = Files.writeString(folder.resolve("other"), text);
      assertThat(look("-q error -O " + other)).startsWith("3: UNKNOWN - " + other + " is no file");
      assertThat(Files.readString(other)).isEqualTo(text);
    }
    assertThat(look("-q error -O " + folder)).startsWith("3: UNKNOWN - " + folder + " is no file");
    assertThat(look("-q error -O " + folder + "/none/x"))
        .startsWith("3: UNKNOWN - how far the log was read cannot be kept: ");
  }

  @Test
  void numbers_of_lines_have_thresholds() throws IOException {
    var options = "-q error --exclude harmless -i -w 1 -c 3";
    look(options);
    append("ERROR 1\nerror 2\nharmless error\n");
    assertThat(look(options)).isEqualTo("1: (2) < error 2 | matches=2;1;3;0 lines=3;;;0");
    assertThat(look(options))
        .isEqualTo("0: Log check ok - 0 pattern matches found | matches=0;1;3;0 lines=0;;;0");
    look("-q done -c 1:");
    assertThat(look("-q done -c 1:"))
        .isEqualTo("2: Log check CRITICAL - 0 pattern matches found | matches=0;;1:;0 lines=0;;;0");
  }

  @Test
  void lines_of_any_kind_do_not_spoil_the_output() throws IOException {
    assertThat(look("-q error -a")).startsWith("0: Log check data");
    append("an error | x=1\r\nerror \u0001\tand " + "x".repeat(100_000) + " here\n");
    assertThat(look("-q error -a"))
        .isEqualTo("2: (2) < an error , x=1 \n< error   and " + "x".repeat(988) + "...");
    Files.write(log, new byte[] {'e', (byte) 0xff, 0, '.', '\n'}, StandardOpenOption.APPEND);
    look("-p -q 'e.'");
    Files.write(log, new byte[] {'e', (byte) 0xff, 0, '.', '\n'}, StandardOpenOption.APPEND);
    assertThat(look("-p -q 'e.'")).isEqualTo("2: (1) < e\ufffd .");
  }

  @Test
  void mistakes_are_told() {
    assertThat(look("-q '['")).startsWith("3: check_log: in the regular expression '['");
    assertThat(look("-q e -e -p")).startsWith("3: check_log: -e (--extended-regex) and -p");
    assertThat(machine.says("check_log -q e -F " + folder))
        .isEqualTo("3: UNKNOWN - " + folder + " is no file; give that of a log with -F");
  }
}
