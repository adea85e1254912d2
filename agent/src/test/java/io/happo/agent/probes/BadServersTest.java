package io.happo.agent.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.happo.agent.checks.FakeDns;
import io.happo.agent.checks.FakeTalk;
import io.happo.agent.checks.FakeUdp;
import io.happo.agent.checks.TestCertificates;
import io.happo.net.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are silent, say the wrong, too much or half, and what the checks make of it. */
class BadServersTest {
  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private Asked asked;

  @BeforeEach
  void begin() {
    asked = new Asked(folder);
  }

  @AfterEach
  void end() throws Exception {
    for (var one : open) {
      one.close();
    }
  }

  private FakeTalk talk(String script) throws Exception {
    var server = new FakeTalk(script, TestCertificates.server(Identity.selfSigned("self.test")));
    open.add(server);
    return server;
  }

  private String says(String check, int port, String options) {
    return asked.says(check + " -H 127.0.0.1 -p " + port + " " + options);
  }

  private String says(String check, String script, String options) throws Exception {
    return says(check, talk(script).port(), options);
  }

  private int udp(Function<byte[], List<byte[]>> answers) throws IOException {
    var server = new FakeUdp(answers);
    open.add(server);
    return server.port();
  }

  private static int closed() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return server.getLocalPort();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"check_ftp", "check_ssh", "check_smtp", "check_tcp -e x", "check_simap"})
  void silent_server_is_critical_when_the_time_is_over(String check) throws Exception {
    assertThat(says(check, "\\h", "-t 0.3"))
        .isEqualTo("2: CRITICAL - Socket timeout after 0.3 seconds");
    assertThat(says(check, "\\h", "-t 0.3:WARNING")).startsWith("1: WARNING - Socket timeout");
  }

  @ParameterizedTest
  @CsvSource({"check_ftp, 1", "check_ssh, 2", "check_smtp, 1", "check_tcp -e x, 1", "check_pop, 1"})
  void server_that_sends_without_an_end_is_not_heard_for_ever(String check, int status)
      throws Exception {
    var said = says(check, "\\f", "");
    assertThat(said).startsWith(status + ": ").doesNotContain("timeout");
    assertThat(said.length()).isLessThan(2_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"check_ftp", "check_ssh", "check_smtp", "check_tcp -e x", "check_nntps"})
  void server_that_closes_or_ends_its_half_is_not_waited_for(String check) throws Exception {
    for (var script : List.of("", "\\z\\h", "\\p\\x", "half a li\\z\\h")) {
      assertThat(says(check, script, "")).doesNotStartWith("0").doesNotContain("timeout");
    }
  }

  @Test
  void nothing_from_a_server_spoils_the_line_or_the_performance_data() throws Exception {
    var hostile = "220 a|b=1;2\\rx\u0007y\\n\\h";
    assertThat(says("check_ftp", hostile, ""))
        .startsWith("0: FTP OK - ")
        .contains("[220 a,b=1;2 x y]|time=")
        .hasLineCount(1);
    assertThat(says("check_ssh", "SSH-2.0-a|b\u001b[2Jc\\n\\<", ""))
        .startsWith("0: SSH OK - a,b [2Jc (protocol 2.0) | time=");
    assertThat(says("check_smtp", "500 a|b\\n\\<500 c|d\\n\\<", ""))
        .startsWith("1: Invalid SMTP response received from host on port ")
        .endsWith(": 500 a,b\n500 c,d");
  }

  @Test
  void what_is_expected_is_found_however_it_is_cut() throws Exception {
    assertThat(says("check_tcp", "hel\\plo wor\\pld\\h", "-e 'lo world'")).startsWith("0: TCP OK");
    assertThat(says("check_ftp", "2\\p20 hello\\r\\n\\h", "")).startsWith("0: FTP OK");
    assertThat(says("check_tcp", "a\\pb\\h", "-e a -e b -A")).startsWith("0: TCP OK");
  }

  @Test
  void server_is_taken_leave_of_as_its_protocol_wants_it() throws Exception {
    var imap = talk("* OK\\r\\n\\<* BYE\\r\\n");
    assertThat(says("check_imap", imap.port(), "")).startsWith("0: IMAP OK");
    var smtp = talk("220 x\\r\\n\\<250 y\\r\\n\\<221 z\\r\\n");
    assertThat(says("check_smtp", smtp.port(), "-F me.test")).startsWith("0: SMTP OK");
    assertThat(smtp.lines()).containsExactly("HELO me.test", "QUIT");
  }

  @Test
  void user_logs_in_and_sends_what_was_given() throws Exception {
    var smtp =
        talk(
            "220 x\\r\\n\\<250 y\\r\\n\\<250 z\\r\\n\\<334 \\r\\n\\<334 \\r\\n\\<235 \\r\\n\\<221\\r\\n");
    assertThat(says("check_smtp", smtp.port(), "-F me -f a@b -A LOGIN -U me -P 'pass word'"))
        .startsWith("0: SMTP OK");
    assertThat(smtp.lines())
        .containsExactly(
            "EHLO me", "MAIL FROM:<a@b>", "AUTH LOGIN", "bWU=", "cGFzcyB3b3Jk", "QUIT");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-C 'NOOP\nDATA'", "-f 'a\r\nDATA'", "-F 'x\ny'"})
  void command_is_one_line(String option) throws Exception {
    assertThat(says("check_smtp", "220 x\\r\\n\\h", option))
        .startsWith("3: check_smtp: --")
        .contains("a line feed would begin another command");
  }

  @Test
  void what_was_sent_in_the_clear_is_not_taken_for_what_comes_by_tls() throws Exception {
    var said =
        says(
            "check_smtp",
            "220 x\\r\\n\\<250 STARTTLS\\r\\n\\<220 go\\r\\n250 injected\\r\\n\\s\\h",
            "-S");
    assertThat(said)
        .startsWith("2: CRITICAL - Cannot make SSL connection.")
        .contains("more in plain text where TLS has to begin");
  }

  @Test
  void socket_of_a_path_that_is_none_is_told() {
    assertThat(asked.says("check_tcp -H /no/such/socket"))
        .startsWith("2: connect to file socket /no/such/socket: ");
    assertThat(asked.says("check_tcp -H /" + "x".repeat(200))).startsWith("2: connect to file");
  }

  @Test
  void time_server_that_answers_nonsense_has_not_answered() throws Exception {
    int garbage = udp(question -> List.of(new byte[] {1, 2, 3}, new byte[48], question));
    assertThat(says("check_ntp_time", garbage, "-t 2"))
        .matches("2: (NTP CRITICAL: No response|CRITICAL - Socket timeout).*");
    int other =
        udp(
            question -> {
              var answer = question.clone();
              answer[0] = 0x24;
              answer[1] = 1;
              return List.of(answer);
            });
    assertThat(says("check_ntp_time", other, "-t 2")).startsWith("2: ").doesNotContain("Offset");
    assertThat(says("check_ntp_time", closed(), "")).startsWith("2: NTP CRITICAL: No response");
  }

  private FakeDns dns() throws IOException {
    var server = new FakeDns("127.0.0.1", 0);
    open.add(server);
    return server;
  }

  private String lookUp(int port, String line) {
    return asked.says("check_dns -s 127.0.0.1 -p " + port + " " + line);
  }

  @Test
  void records_of_a_type_can_be_asked_for() throws Exception {
    int port = dns().port();
    assertThat(lookUp(port, "-H mx.test -q MX")).contains("mx.test returns 10 mail.test.|time=");
    assertThat(lookUp(port, "-H none.test -q TXT")).contains("returns \"nothing else\"|time=");
    assertThat(lookUp(port, "-H two.test -q AAAA -a 2001:DB8::5")).startsWith("0: DNS OK");
    assertThat(lookUp(port, "-H big.test -L -a 192.0.2.0/24")).startsWith("0: DNS OK");
  }

  @Test
  void reason_of_a_server_is_told() throws Exception {
    int port = dns().port();
    assertThat(lookUp(port, "-H fail.test")).isEqualTo("2: DNS failure for fail.test: SERVFAIL");
    assertThat(lookUp(port, "-H fail.test -n")).startsWith("2: DNS failure");
    assertThat(lookUp(closed(), "-H one.test")).isEqualTo("2: No response from DNS 127.0.0.1");
    assertThat(lookUp(port, "-H silent.test -t 0.3"))
        .isEqualTo("2: CRITICAL - Plugin timed out after 0.3 seconds");
  }

  @Test
  void answers_that_were_not_asked_for_are_passed_over() throws Exception {
    int port =
        udp(
            question -> {
              var wrongId = answer(question, 1, 2, 3, 4);
              wrongId[0] ^= 1;
              var wrongName = answer(question, 1, 2, 3, 4);
              wrongName[13] ^= 1;
              var cut = Arrays.copyOf(answer(question, 1, 2, 3, 4), 20);
              return List.of(
                  wrongId, wrongName, cut, new byte[0], question, answer(question, 5, 6, 7, 8));
            });
    assertThat(lookUp(port, "-H one.test -q A")).contains("one.test returns 5.6.7.8|");
  }

  private static byte[] answer(byte[] question, int... ip) {
    var answer = ByteBuffer.allocate(question.length + 16);
    answer.put(question).putShort(2, (short) 0x8580).putShort(6, (short) 1);
    answer.putShort((short) 0xc00c).putInt(1 << 16 | 1).putInt(60).putShort((short) 4);
    for (int part : ip) {
      answer.put((byte) part);
    }
    return answer.array();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\\p\\x", "garbage that is long enough\\h", "\0\4abcd\\h", "\0"})
  void answer_that_is_cut_and_cannot_be_had_by_tcp_is_told(String script) throws Exception {
    var tcp = talk(script);
    var address = InetAddress.ofLiteral("127.0.0.1");
    var udp =
        new FakeUdp(
            new InetSocketAddress(address, tcp.port()),
            question -> {
              var answer = question.clone();
              answer[2] = (byte) 0x83;
              return List.of(answer);
            });
    open.add(udp);
    assertThat(lookUp(tcp.port(), "-H one.test -t 3"))
        .startsWith("2: ")
        .containsAnyOf("No response from DNS 127.0.0.1: ", "timed out");
  }

  @Test
  void settings_of_the_system_name_servers_and_domains() throws Exception {
    int port = dns().port();
    var settings = Files.createDirectories(folder.resolve("etc")).resolve("resolv.conf");
    Files.writeString(
        settings,
        "# one\nnameserver 127.0.0.1\nnameserver\nsearch gone test\noptions rotate\n",
        StandardCharsets.UTF_8);
    assertThat(asked.says("check_dns one -p " + port)).contains(" one returns 192.0.2.1|");
    assertThat(asked.says("check_dns one.test -p " + port + " -A")).startsWith("0: ");
    assertThat(asked.says("check_dns na.test -p " + port + " -A"))
        .isEqualTo("2: DNS CRITICAL - server 127.0.0.1 is not authoritative for na.test");
    assertThat(asked.says("check_dns nowhere -p " + port))
        .startsWith("2: Domain 'nowhere' was not");
    Files.writeString(settings, "search test\n");
    assertThat(asked.says("check_dns one.test")).startsWith("3: UNKNOWN - /etc/resolv.conf names");
  }

  @Test
  void host_answers_a_connection_also_by_refusing_it() throws Exception {
    var options = "check_ping -H 127.0.0.1 -w 5000,10% -c 9000,20% -p 2 -t 1 --tcp ";
    assertThat(asked.says(options + closed()))
        .startsWith("0: PING OK - Packet loss = 0%, RTA = ")
        .contains(" (by TCP to port ")
        .endsWith(" pl=0%;10;20;0;");
    assertThat(asked.says(options + talk("\\h").port())).startsWith("0: PING OK");
  }

  @Test
  void ping_asks_one_host_with_thresholds_that_make_sense() {
    for (var line :
        List.of(
            "-H a -H b -w 1,1% -c 2,2%",
            "-H a b -w 1,1% -c 2,2%",
            "-H a -w 1,1 -c 2,2%",
            "-H a -w 1% -c 2,2%",
            "-H a -w ,1% -c 2,2%",
            "-H a -w 1,% -c 2,2%",
            "-H a -w 1,1.5% -c 2,2%",
            "-H a -w 1,1% -c 2,101%",
            "-H a -w -1,1% -c 2,2%",
            "-H a -w nan,1% -c 2,2%",
            "-H a -w 3,1% -c 2,2%",
            "-H a -w 1,3% -c 2,2%",
            "-H a -w 1,1% -c 2,2% -p 101")) {
      assertThat(asked.says("check_ping " + line)).as(line).startsWith("3: check_ping: ");
    }
    assertThat(asked.says("check_ping -H no.such.invalid -w 1,1% -c 2,2%"))
        .startsWith("3: UNKNOWN");
  }

  @Test
  void ping_by_icmp_answers_where_it_is_allowed() {
    var said = asked.says("check_ping -H 127.0.0.1 -w 5000,10% -c 9000,20% -p 3 -t 1");
    assumeTrue(!said.contains("by TCP"), "ICMP is not allowed here");
    assertThat(said)
        .matches(
            "0: PING OK - Packet loss = 0%, RTA = [0-9.]+ ms\\|rta=[0-9.]+ms;5000.000000;9000.000000"
                + ";0.000000 pl=0%;10;20;0;");
  }
}
