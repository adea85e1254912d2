package io.happo.core.nrpe;

import static io.happo.core.nrpe.HandMadePackets.latin1;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A short run of the fuzzer in every build: first {@link #seeds}, one of each kind and whatever
 * once was a find, then new inputs, chosen by the branches they reach. The build sets {@code
 * JAZZER_FUZZ=1}; without it, as in an editor, the seeds alone are tried. The long run is {@code
 * tools/fuzz-nrpe.sh}; docs/fuzzing.md says how, and what to do with a find.
 */
class NrpeFuzzTest {
  /** Inputs of {@link PacketWalk}: shape, pieces, rules, exit status, length of the text, text. */
  static Stream<byte[]> seeds() {
    return Stream.of(
        packet(0, 0x01, "_NRPE_CHECK"),
        packet(1, 0x11, "check_disk!80!90"),
        packet(2, 0x31, "a!!c"),
        packet(2, 0x73, "check!$(id)"),
        packet(2, 0xA9, "$ARG1$ $$ $HOME"),
        packet(2, 0x05, "a!b\\n\\z"),
        packet(0x40, 0x00, "unterminated"),
        packet(0x22, 0x00, "large\n\377"),
        packet(0x06, 0x00, "type\0\2"),
        packet(0x12, 0x00, "length\377\377\377\377"),
        packet(0x0A, 0x00, "checksum\0\0\0\0"),
        packet(0x82, 0x00, "cut\200"),
        packet(3, 0x00, "\0\4\0\1\0\0\0\0\0\0\0\0\0\0\0\1x"));
  }

  private static byte[] packet(int shape, int rules, String text) {
    return latin1("" + (char) shape + '\3' + (char) rules + '\0' + (char) text.length() + text);
  }

  @MethodSource("seeds")
  @DictionaryEntries({"_NRPE_CHECK", "!", "$(", "$ARG1$", "$$", "\\n"})
  @FuzzTest(maxExecutions = 20_000, maxDuration = "")
  void no_packet_breaks_the_codec(byte[] input) {
    PacketWalk.of(input);
  }
}
