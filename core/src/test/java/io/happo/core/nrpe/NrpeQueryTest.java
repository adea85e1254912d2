package io.happo.core.nrpe;

import static io.happo.core.nrpe.HandMadePackets.latin1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.happo.core.nrpe.RefusedQueryException.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NrpeQueryTest {
  /**
   * Packets of check_nrpe 4.1.0 asked for {@code -c check_disk -a 80 90}, as they were on the wire:
   * head and text, then zeros up to 1,036 bytes. Version 2 has noise as result, and noise in its
   * last two bytes, which the checksum counts.
   */
  static Stream<Arguments> captured() {
    var text = "636865636b5f6469736b2138302139300000";
    return Stream.of(
        arguments(NrpeVersion.V2, 1036, captured("000200010f748e70" + "3c34" + text, "6952")),
        arguments(
            NrpeVersion.V3, 1033, captured("00030001b696313c" + "00000000000003f9" + text, "")),
        arguments(
            NrpeVersion.V4, 1036, captured("00040001fda4738d" + "00000000000003fc" + text, "")));
  }

  private static byte[] captured(String head, String tail) {
    var bytes =
        HexFormat.of().parseHex(head + "00".repeat(1036 - (head + tail).length() / 2) + tail);
    assertThat(bytes).hasSize(1036);
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("captured")
  void what_check_nrpe_sends_is_understood(NrpeVersion version, int length, byte[] packet)
      throws RefusedQueryException {
    assertThat(NrpeQuery.length(packet, packet.length)).isEqualTo(length);
    assertThat(NrpeQuery.decode(packet)).isEqualTo(new NrpeQuery(version, "check_disk!80!90"));
    assertThat(NrpeQuery.decode(Arrays.copyOf(packet, length)))
        .isEqualTo(new NrpeQuery(version, "check_disk!80!90"));
  }

  @ParameterizedTest
  @MethodSource("captured")
  void one_byte_at_a_time_the_length_shows_once_and_stays(
      NrpeVersion version, int length, byte[] packet) throws RefusedQueryException {
    int known = version == NrpeVersion.V2 ? 4 : 16;
    for (int count = 0; count <= packet.length; count++) {
      var arrived = Arrays.copyOf(packet, count);
      assertThat(NrpeQuery.length(arrived, count)).isEqualTo(count < known ? 0 : length);
    }
  }

  @ParameterizedTest
  @MethodSource("captured")
  void bytes_that_have_not_arrived_are_not_looked_at(NrpeVersion version, int length, byte[] packet)
      throws RefusedQueryException {
    var buffer = new byte[2000];
    Arrays.fill(buffer, (byte) 0x7F);
    for (int count = 0; count < 20; count++) {
      System.arraycopy(packet, 0, buffer, 0, count);
      assertThat(NrpeQuery.length(buffer, count))
          .isEqualTo(NrpeQuery.length(Arrays.copyOf(packet, count), count));
    }
  }

  @ParameterizedTest
  @MethodSource("captured")
  void a_packet_that_ends_early_is_incomplete(NrpeVersion version, int length, byte[] packet) {
    for (int count = 0; count < length; count++) {
      assertRefused(
          Reason.INCOMPLETE, "the connection ended after " + count, Arrays.copyOf(packet, count));
    }
  }

  @ParameterizedTest
  @MethodSource("captured")
  void every_changed_bit_is_refused_except_those_that_mean_nothing(
      NrpeVersion version, int length, byte[] packet) {
    for (int at = 0; at < length; at++) {
      boolean alignment = version != NrpeVersion.V2 && (at == 10 || at == 11);
      for (int bit = 0; bit < 8; bit++) {
        var changed = packet.clone();
        changed[at] ^= (byte) (1 << bit);
        var refused =
            catchThrowableOfType(RefusedQueryException.class, () -> NrpeQuery.decode(changed));
        assertThat(refused == null).as("byte %d bit %d", at, bit).isEqualTo(alignment);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2", "3", "4"})
  void a_query_without_padding_is_understood(int version) throws RefusedQueryException {
    var packet = HandMadePackets.query(version, "check_load");
    assertThat(NrpeQuery.length(packet, packet.length)).isEqualTo(version == 2 ? 1036 : 27);
    assertThat(NrpeQuery.decode(packet).text()).isEqualTo("check_load");
    assertThat(
            NrpeQuery.decode(HandMadePackets.paddedQuery(version == 2 ? 4 : version, "a")).text())
        .isEqualTo("a");
  }

  @Test
  void the_three_bytes_behind_version_3_count_as_zeros_whatever_they_are()
      throws RefusedQueryException {
    var packet = HandMadePackets.query(3, "check_load");
    packet[packet.length - 1] = 7;
    packet[packet.length - 2] = 8;
    assertThat(NrpeQuery.decode(packet).text()).isEqualTo("check_load");
  }

  @Test
  void version_4_does_not_count_three_more_bytes() {
    var packet = HandMadePackets.query(3, "check_load");
    packet[1] = 4;
    // The checksum that version 3 would have: right for version 4 only with three zeros more.
    assertRefused(Reason.CHECKSUM, "the packet's checksum is ", HandMadePackets.sealed(packet));
  }

  @Test
  void text_needs_no_nul_and_ends_at_the_first() throws RefusedQueryException {
    var open = HandMadePackets.sealed(HandMadePackets.v3Or4(4, 1, latin1("_NRPE_CHECK")));
    assertThat(NrpeQuery.decode(open).text()).isEqualTo("_NRPE_CHECK");
    var early = HandMadePackets.sealed(HandMadePackets.v3Or4(4, 1, latin1("one\0two\0")));
    assertThat(NrpeQuery.decode(early).text()).isEqualTo("one");
    var full = HandMadePackets.sealed(HandMadePackets.v2(1, 0, latin1("A".repeat(1024))));
    assertThat(NrpeQuery.decode(full).text()).isEqualTo("A".repeat(1023));
  }

  @Test
  void every_byte_of_the_text_is_kept() throws RefusedQueryException {
    var all = new StringBuilder();
    for (char c = 1; c < 256; c++) {
      all.append(c);
    }
    for (int version = 2; version <= 4; version++) {
      assertThat(NrpeQuery.decode(HandMadePackets.query(version, all.toString())).text())
          .isEqualTo(all.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 1020, 65_535, 65_536})
  void lengths_up_to_64_kib_are_taken(int length) throws RefusedQueryException {
    var packet = HandMadePackets.sealed(HandMadePackets.v3Or4(4, 1, latin1("a".repeat(length))));
    assertThat(NrpeQuery.length(packet, 16)).isEqualTo(16 + length);
    assertThat(NrpeQuery.decode(packet).text()).hasSize(length);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65_537, 1 << 24, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void other_lengths_are_refused_with_the_head(int length) {
    for (int version = 3; version <= 4; version++) {
      var packet = HandMadePackets.query(version, "check_load");
      ByteBuffer.wrap(packet).putInt(12, length);
      assertRefused(Reason.LENGTH, "the packet says that its text has " + length, packet);
      assertRefused(Reason.LENGTH, "the packet says", Arrays.copyOf(packet, 16));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 99, 32_767, -1})
  void other_versions_are_refused_with_their_two_bytes(int version) {
    var packet = ByteBuffer.allocate(2).putShort((short) version).array();
    assertRefused(Reason.VERSION, "packet version " + version, packet);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, -1})
  void other_types_are_refused_with_their_two_bytes(int type) {
    for (int version = 2; version <= 4; version++) {
      var packet = HandMadePackets.query(version, "check_load");
      ByteBuffer.wrap(packet).putShort(2, (short) type);
      assertRefused(Reason.TYPE, "packet type " + type, Arrays.copyOf(packet, 4));
    }
  }

  @Test
  void a_client_that_speaks_tls_is_told_apart() {
    assertRefused(Reason.VERSION, "the client speaks TLS", HexFormat.of().parseHex("1603010200"));
  }

  @Test
  void an_empty_query_is_refused() {
    for (int version = 2; version <= 4; version++) {
      assertRefused(Reason.EMPTY, "the query is empty", HandMadePackets.query(version, ""));
    }
  }

  @Test
  void the_largest_packet_is_what_it_says() throws RefusedQueryException {
    var packet = HandMadePackets.v3Or4(4, 1, new byte[65_536]);
    assertThat(NrpeQuery.length(packet, 16)).isEqualTo(NrpeQuery.MAX_PACKET_BYTES);
  }

  @Test
  void a_query_holds_what_a_packet_can_hold() {
    for (var text : new String[] {"", "a\0b", "a".repeat(65_537)}) {
      assertThatThrownBy(() -> new NrpeQuery(NrpeVersion.V4, text))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static void assertRefused(Reason reason, String message, byte[] packet) {
    assertThatThrownBy(() -> NrpeQuery.decode(packet))
        .isInstanceOfSatisfying(
            RefusedQueryException.class, refused -> assertThat(refused.reason()).isEqualTo(reason))
        .hasMessageStartingWith(message);
  }
}
