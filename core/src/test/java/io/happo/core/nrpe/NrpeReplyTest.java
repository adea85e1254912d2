package io.happo.core.nrpe;

import static io.happo.core.nrpe.HandMadePackets.latin1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NrpeReplyTest {
  private static final String NO_OUTPUT = "NRPE: Unable to read output";

  /** Of nrpe 4.1.0, on the wire. */
  @Test
  void the_version_is_told_to_the_byte_as_nrpe_tells_it() {
    var reply = NrpeReply.version(NrpeReply.COMPATIBLE_VERSION);
    assertThat(hex(reply.encode(NrpeVersion.V4)))
        .isEqualTo("000400020daad24500000000" + "0000000c" + "4e5250452076342e312e3000");
  }

  /** Packets that check_nrpe 4.1.0 took with {@code -3}, {@code -2} and without. */
  @Test
  void replies_are_to_the_byte_what_check_nrpe_took() {
    var reply = new NrpeReply(1, "OK - fine");
    assertThat(hex(reply.encode(NrpeVersion.V3)))
        .isEqualTo("00030002a5d48cda0001" + "00000000000a" + "4f4b202d2066696e6500" + "000000");
    assertThat(hex(reply.encode(NrpeVersion.V4)))
        .isEqualTo("00040002b59709800001" + "00000000000a" + "4f4b202d2066696e6500");
    assertThat(hex(reply.encode(NrpeVersion.V2)))
        .isEqualTo("00020002142838cb0001" + "4f4b202d2066696e65" + "00".repeat(1017));
  }

  @ParameterizedTest
  @EnumSource
  void an_independent_reader_reads_what_was_written(NrpeVersion version) {
    for (int status = 0; status <= 3; status++) {
      for (var text : new String[] {"", "x", "two\nlines", "\u00ff\u0001", "y".repeat(1023)}) {
        assertThat(HandMadePackets.read(new NrpeReply(status, text).encode(version)))
            .isEqualTo(
                new HandMadePackets.Reply(
                    version.number(),
                    2,
                    true,
                    status,
                    version == NrpeVersion.V2 ? 1024 : text.length() + 1,
                    text));
      }
    }
  }

  @Test
  void long_text_is_cut_for_version_2_alone() {
    var reply = new NrpeReply(0, "a".repeat(1022) + "bcd" + "e".repeat(64_510));
    assertThat(reply.text()).hasSize(NrpeReply.MAX_TEXT_BYTES);
    assertThat(HandMadePackets.read(reply.encode(NrpeVersion.V2)).text())
        .isEqualTo("a".repeat(1022) + "b");
    assertThat(HandMadePackets.read(reply.encode(NrpeVersion.V3)).text()).isEqualTo(reply.text());
    assertThat(HandMadePackets.read(reply.encode(NrpeVersion.V4)).text()).isEqualTo(reply.text());
    assertThat(reply.encode(NrpeVersion.V2)).hasSize(1036);
    assertThat(reply.encode(NrpeVersion.V3)).hasSize(16 + 65_536 + 3);
    assertThat(reply.encode(NrpeVersion.V4)).hasSize(16 + 65_536);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1,1", "2,2", "3,3", "4,3", "127,3", "137,3", "255,3", "-1,3", "256,3"})
  void exit_codes_above_3_are_unknown(int exitStatus, int status) {
    assertThat(NrpeReply.exited(latin1("text\n"), exitStatus))
        .isEqualTo(new NrpeReply(status, "text"));
  }

  @Test
  void one_newline_at_the_end_goes_and_nothing_else() {
    assertThat(NrpeReply.exited(latin1("a\n\n"), 0).text()).isEqualTo("a\n");
    assertThat(NrpeReply.exited(latin1("a\r\n"), 0).text()).isEqualTo("a\r");
    assertThat(NrpeReply.exited(latin1(" a "), 0).text()).isEqualTo(" a ");
    assertThat(NrpeReply.exited(latin1("a\nb"), 0).text()).isEqualTo("a\nb");
    assertThat(NrpeReply.exited(latin1("a\n\0"), 0).text()).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 127, 137})
  void a_plugin_without_output_is_unknown(int exitStatus) {
    assertThat(NrpeReply.exited(new byte[0], exitStatus)).isEqualTo(new NrpeReply(3, NO_OUTPUT));
    assertThat(NrpeReply.exited(latin1("\0abc"), exitStatus))
        .isEqualTo(new NrpeReply(3, NO_OUTPUT));
  }

  @Test
  void a_single_newline_is_output_that_is_empty() {
    assertThat(NrpeReply.exited(latin1("\n"), 1)).isEqualTo(new NrpeReply(1, ""));
    assertThat(hex(new NrpeReply(1, "").encode(NrpeVersion.V4))).endsWith("0000000100");
  }

  @Test
  void output_is_cut_at_the_first_nul() {
    assertThat(NrpeReply.exited(latin1("before\0after\n"), 0).text()).isEqualTo("before");
  }

  @Test
  void output_is_cut_at_65535_bytes_before_its_newline_goes() {
    var text = "a".repeat(65_534);
    assertThat(NrpeReply.exited(latin1(text + "bc"), 2)).isEqualTo(new NrpeReply(2, text + "b"));
    assertThat(NrpeReply.exited(latin1(text + "\nc"), 2)).isEqualTo(new NrpeReply(2, text));
    assertThat(NrpeReply.exited(latin1(text + "b\n"), 2)).isEqualTo(new NrpeReply(2, text + "b"));
  }

  @Test
  void what_was_not_run_is_told_in_the_words_of_nrpe() {
    assertThat(NrpeReply.notDefined("no_such"))
        .isEqualTo(new NrpeReply(3, "NRPE: Command 'no_such' not defined"));
    assertThat(NrpeReply.timedOut(60))
        .isEqualTo(new NrpeReply(3, "NRPE: Command timed out after 60 seconds"));
    assertThat(NrpeReply.notStarted()).isEqualTo(new NrpeReply(3, "NRPE: Call to fork() failed"));
  }

  @Test
  void a_name_goes_back_byte_for_byte_and_is_cut_at_2047_bytes_of_text() {
    assertThat(NrpeReply.notDefined("%n\u00ff\u001b").text())
        .isEqualTo("NRPE: Command '%n\u00ff\u001b' not defined");
    assertThat(NrpeReply.notDefined("A".repeat(3000)).text())
        .isEqualTo("NRPE: Command '" + "A".repeat(2032));
  }

  @Test
  void a_reply_holds_what_a_packet_can_hold() {
    assertThatThrownBy(() -> new NrpeReply(4, "")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new NrpeReply(-1, "")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new NrpeReply(0, "a\0b")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new NrpeReply(0, "a".repeat(65_536)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
