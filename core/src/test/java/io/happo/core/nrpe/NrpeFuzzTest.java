package io.happo.core.nrpe;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;

class NrpeFuzzTest {
  @DictionaryEntries({"_NRPE_CHECK", "!", "$(", "$ARG1$", "$$", "\\n"})
  @FuzzTest(maxExecutions = 200_000, maxDuration = "")
  void no_packet_breaks_the_codec(byte[] input) {
    PacketWalk.of(input);
  }
}
