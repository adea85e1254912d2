package io.happo.agent.probes;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DnsMessageTest {
  private static final int ID = 0xbeef;
  private static final int ANSWER = 0x8180;

  private static byte[] question(DnsType type) {
    return Objects.requireNonNull(DnsMessage.question(ID, "a.test", type));
  }

  /** An answer with one record, whose name is that of the question, by a pointer. */
  private static byte[] answer(DnsType type, int number, byte[] data) {
    var question = question(type);
    var answer = ByteBuffer.allocate(question.length + 12 + data.length);
    answer.put(question).putShort(2, (short) ANSWER).putShort(6, (short) 1);
    answer.putShort((short) 0xc00c).putShort((short) number).putShort((short) 1).putInt(60);
    return answer.putShort((short) data.length).put(data).array();
  }

  private static String read(DnsType type, int number, byte[] data) {
    var message = DnsMessage.answer(answer(type, number, data), question(type));
    return message == null ? "broken" : String.join(",", message.records());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void question_is_written_as_the_protocol_has_it() {
    assertThat(question(DnsType.A))
        .isEqualTo(bytes("\u00be\u00ef\1\0\0\1\0\0\0\0\0\0\1a\4test\0\0\1\0\1"));
    assertThat(DnsMessage.question(ID, "a.test.", DnsType.A)).isEqualTo(question(DnsType.A));
    assertThat(DnsMessage.question(ID, ".", DnsType.NS)).hasSize(17);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a..b", ".a", "a b", "grüße.test", "a\nb", ".."})
  void what_is_no_name_is_not_asked(String name) {
    assertThat(DnsMessage.question(ID, name, DnsType.A)).isNull();
  }

  @Test
  void name_and_label_have_a_limit() {
    var label = "x".repeat(63);
    assertThat(DnsMessage.question(ID, label, DnsType.A)).isNotNull();
    assertThat(DnsMessage.question(ID, label + "x", DnsType.A)).isNull();
    var longest = label + "." + label + "." + label + "." + "x".repeat(61);
    assertThat(DnsMessage.question(ID, longest, DnsType.A)).isNotNull();
    assertThat(DnsMessage.question(ID, longest + "x", DnsType.A)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "0:0:0:0:0:0:0:0, ::",
    "0:0:0:0:0:0:0:1, ::1",
    "1:0:0:0:0:0:0:0, 1::",
    "1:0:2:0:3:0:4:0, 1:0:2:0:3:0:4:0",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "1:0:0:2:0:0:0:3, 1:0:0:2::3"
  })
  void address_is_written_in_its_short_form(String address, String text) {
    assertThat(read(DnsType.AAAA, 28, InetAddress.ofLiteral(address).getAddress())).isEqualTo(text);
  }

  @Test
  void records_are_written_as_in_files_of_zones() {
    assertThat(read(DnsType.A, 1, bytes("\u00c0\0\2\1"))).isEqualTo("192.0.2.1");
    assertThat(read(DnsType.PTR, 12, bytes("\1b\u00c0\14"))).isEqualTo("b.a.test.");
    assertThat(read(DnsType.NS, 2, bytes("\0"))).isEqualTo(".");
    assertThat(read(DnsType.CNAME, 5, bytes("\5a.b|\n\0"))).isEqualTo("a\\.b|\\010.");
    assertThat(read(DnsType.MX, 15, bytes("\0\12\1m\0"))).isEqualTo("10 m.");
    assertThat(read(DnsType.SRV, 33, bytes("\0\1\0\2\0\120\1s\0"))).isEqualTo("1 2 80 s.");
    assertThat(read(DnsType.TXT, 16, bytes("\3one\0\3two"))).isEqualTo("\"one\" \"\" \"two\"");
    assertThat(
            read(
                DnsType.SOA,
                6,
                bytes("\1a\0\1b\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\377\377\377\377")))
        .isEqualTo("a. b. 1 2 3 4 4294967295");
    assertThat(read(DnsType.A, 5, bytes("\1b\0"))).isEmpty();
  }

  @Test
  void records_that_are_longer_or_shorter_than_they_say_are_not_believed() {
    assertThat(read(DnsType.A, 1, bytes("\1\2\3"))).isEqualTo("broken");
    assertThat(read(DnsType.PTR, 12, bytes("\1b\0x"))).isEqualTo("broken");
    assertThat(read(DnsType.TXT, 16, bytes("\5one"))).isEqualTo("broken");
    assertThat(read(DnsType.MX, 15, bytes("\0"))).isEqualTo("broken");
  }

  @Test
  void pointers_that_do_not_lead_back_are_not_followed() {
    int self = question(DnsType.PTR).length + 12;
    assertThat(read(DnsType.PTR, 12, new byte[] {(byte) 0xc0, (byte) self})).isEqualTo("broken");
    assertThat(read(DnsType.PTR, 12, new byte[] {(byte) 0xc0, (byte) (self + 1)}))
        .isEqualTo("broken");
    assertThat(read(DnsType.PTR, 12, new byte[] {1, 'x', (byte) 0xc0, (byte) self}))
        .isEqualTo("broken");
    assertThat(read(DnsType.PTR, 12, new byte[] {0x40, 'x', 0})).isEqualTo("broken");
  }

  @Test
  void answer_to_another_question_is_none() {
    var question = question(DnsType.A);
    var right = answer(DnsType.A, 1, bytes("\1\2\3\4"));
    assertThat(DnsMessage.answer(right, question)).isNotNull();
    for (int at : new int[] {0, 1, 2, 5, 13, 21, 23}) {
      var wrong = right.clone();
      wrong[at] ^= at == 2 ? (byte) 0x80 : 3;
      assertThat(DnsMessage.answer(wrong, question)).as("byte " + at).isNull();
    }
    assertThat(DnsMessage.answer(question, question)).isNull();
  }

  @Test
  void refusal_may_come_without_the_question() {
    var refusal = Arrays.copyOf(question(DnsType.A), 12);
    ByteBuffer.wrap(refusal).putShort(2, (short) 0x8185).putShort(4, (short) 0);
    var message = Objects.requireNonNull(DnsMessage.answer(refusal, question(DnsType.A)));
    assertThat(message.code()).isEqualTo(DnsMessage.REFUSED);
  }

  @Test
  void cut_or_changed_answers_do_no_harm() {
    var question = question(DnsType.MX);
    var right = answer(DnsType.MX, 15, bytes("\0\12\1m\u00c0\14"));
    for (int length = 0; length < right.length; length++) {
      assertThat(DnsMessage.answer(Arrays.copyOf(right, length), question)).isNull();
    }
    var random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      var wrong = right.clone();
      for (int j = random.nextInt(4); j >= 0; j--) {
        wrong[2 + random.nextInt(wrong.length - 2)] = (byte) random.nextInt();
      }
      var message = DnsMessage.answer(wrong, question);
      assertThat(message == null || message.records().size() < 2).isTrue();
    }
  }

  @Test
  void address_is_asked_for_by_its_parts_from_behind() {
    assertThat(DnsMessage.reverse(InetAddress.ofLiteral("192.0.2.1")))
        .isEqualTo("1.2.0.192.in-addr.arpa");
    assertThat(DnsMessage.reverse(InetAddress.ofLiteral("2001:db8::5")))
        .startsWith("5.0.0.0.")
        .endsWith(".8.b.d.0.1.0.0.2.ip6.arpa");
  }
}
