package io.happo.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClientHelloTest {
  private static final int[] SUITES = {0x0034, 0xc02b, 0x00ff};
  private static final String RANDOM = "aa".repeat(32);
  private static final String HELLO =
      "0303" + RANDOM + "02" + "bbbb" + "0006" + "0034" + "c02b" + "00ff" + "0100" + "0000";

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static byte[] message() {
    var body = hex(HELLO);
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {1, 0, 0, (byte) body.length});
    out.writeBytes(body);
    return out.toByteArray();
  }

  /** The greeting in records of so many bytes. */
  private static byte[] records(int size) {
    var message = message();
    var out = new ByteArrayOutputStream();
    for (int at = 0; at < message.length; at += size) {
      int length = Math.min(size, message.length - at);
      out.writeBytes(new byte[] {0x16, 3, 1, 0, (byte) length});
      out.write(message, at, length);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({"100", "7", "1"})
  void greeting_is_read_however_it_lies_in_records(int size) {
    var bytes = records(size);
    assertThat(ClientHello.read(bytes, bytes.length))
        .isEqualTo(new ClientHello.Offer(0x0303, SUITES));
  }

  @ParameterizedTest
  @CsvSource({"100", "7", "1"})
  void greeting_is_unfinished_until_the_last_suite_has_arrived(int size) {
    var bytes = records(size);
    int unfinished = 0;
    for (int count = 1; count < bytes.length; count++) {
      switch (ClientHello.read(bytes, count)) {
        case ClientHello.Unfinished() -> unfinished++;
        case ClientHello.Offer offer -> assertThat(offer.suites()).isEqualTo(SUITES);
        case ClientHello.NotTls() -> throw new AssertionError("not TLS after " + count);
        case ClientHello.Unreadable() -> throw new AssertionError("unreadable after " + count);
      }
    }
    // All but the compression methods and extensions behind the suites, and their headers.
    assertThat(unfinished).isGreaterThanOrEqualTo(bytes.length - 5 - 4 * (size == 1 ? 6 : 2));
  }

  @Test
  void greeting_in_the_form_of_ssl_2_is_read() {
    var bytes =
        hex(
            "8022"
                + "01"
                + "0301"
                + "0009"
                + "0000"
                + "0010"
                + "000034"
                + "0700c0"
                + "0000ff"
                + "cc".repeat(16));
    assertThat(ClientHello.read(bytes, bytes.length))
        .isEqualTo(new ClientHello.Offer(0x0301, new int[] {0x0034, -1, 0x00ff}));
    for (int count = 1; count < 20; count++) {
      assertThat(ClientHello.read(bytes, count)).isEqualTo(new ClientHello.Unfinished());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "00020001, NotTls",
    "474554202f, NotTls",
    "1601, NotTls",
    "80800980, NotTls",
    "ffffffffff, NotTls",
    "16, Unfinished",
    "80, Unfinished",
    "1603010000, Unreadable",
    "160301ffff, Unreadable",
    "160301000402, Unreadable",
    "16030100010117, Unfinished",
    "1603010001011700000000, Unreadable",
  })
  void what_is_no_greeting_is_told_apart(String bytes, String kind) {
    var read = ClientHello.read(hex(bytes), bytes.length() / 2);
    assertThat(read.getClass().getSimpleName()).isEqualTo(kind);
  }

  @Test
  void greeting_without_end_is_not_read_on() {
    var bytes = new byte[ClientHello.MOST_BYTES];
    for (int at = 0; at + 6 <= bytes.length; at += 6) {
      System.arraycopy(new byte[] {0x16, 3, 1, 0, 1, (byte) (at == 0 ? 1 : 0)}, 0, bytes, at, 6);
    }
    assertThat(ClientHello.read(bytes, bytes.length - 6)).isNotInstanceOf(ClientHello.NotTls.class);
    bytes[6 * 38 + 5] = (byte) 0xff; // A session of 255 bytes, then suites without an end.
    assertThat(ClientHello.read(bytes, bytes.length)).isEqualTo(new ClientHello.Unreadable());
  }
}
