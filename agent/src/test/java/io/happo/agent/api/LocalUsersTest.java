package io.happo.agent.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables as a little-endian machine writes them, and sockets of this very process. */
@Timeout(60)
class LocalUsersTest {
  private static final String HEAD =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout"
          + " inode\n";

  /** 127.0.0.1 and ::1 port 40000, and the first as a socket of both families has it. */
  private static final String IPV4 = "0100007F:9C40";

  private static final String IPV6 = "00000000000000000000000001000000:9C40";
  private static final String MAPPED = "0000000000000000FFFF00000100007F:9C40";

  /** The users who may: root, and two others. */
  private static final Set<Long> USERS = Set.of(0L, 1000L, 1001L);

  @TempDir Path tables;

  @ParameterizedTest
  @CsvSource({
    "01, 1000, 4711, true",
    "01,    0, 4711, true",
    "01,   33, 4711, false",
    "01, 1000,    0, false",
    "01,    0,    0, false",
    "02, 1000, 4711, false",
    "04,    0,    0, false",
    "05, 1000, 4711, false",
    "06,    0,    0, false",
    "08, 1000, 4711, false",
    "0A, 1000, 4711, false",
  })
  void a_socket_counts_that_is_established_and_somebodys(
      String state, long user, long inode, boolean allowed) throws IOException {
    table("tcp", line(IPV4, state, user, inode));
    table("tcp6");
    assertThat(admits("127.0.0.1")).isEqualTo(allowed);
    table("tcp");
    table("tcp6", line(MAPPED, state, user, inode));
    assertThat(admits("127.0.0.1")).isEqualTo(allowed);
    table("tcp6", line(IPV6, state, user, inode));
    assertThat(admits("::1")).isEqualTo(allowed);
  }

  @Test
  void every_owner_of_the_address_must_be_allowed() throws IOException {
    table("tcp", line(IPV4, "01", 1000, 1), line(IPV4, "01", 1001, 2));
    table("tcp6");
    assertThat(admits("127.0.0.1")).isTrue();
    table("tcp", line(IPV4, "01", 1000, 1), line(IPV4, "01", 33, 2));
    assertThat(admits("127.0.0.1")).isFalse();
    table("tcp", line(IPV4, "01", 33, 2), line(IPV4, "01", 1000, 1));
    assertThat(admits("127.0.0.1")).isFalse();
    table("tcp", line(IPV4, "01", 1000, 1));
    table("tcp6", line(MAPPED, "01", 33, 2));
    assertThat(admits("127.0.0.1")).isFalse();
  }

  @Test
  void a_socket_that_is_closed_adds_nobody_and_bars_nobody() throws IOException {
    table("tcp", line(IPV4, "06", 33, 0), line(IPV4, "01", 1000, 1), line(IPV4, "01", 33, 0));
    table("tcp6");
    assertThat(admits("127.0.0.1")).isTrue();
  }

  @Test
  void a_peer_without_a_line_of_its_own_is_a_stranger() throws IOException {
    table(
        "tcp",
        line("0100007F:9C41", "01", 0, 1), // another port
        line("0200007F:9C40", "01", 0, 2), // another address
        line("0100007F:1A79", IPV4, "01", 0, 3), // the agent's own end
        "   1: " + IPV4); // cut short
    table("tcp6", line(IPV6, "01", 0, 4));
    assertThat(admits("127.0.0.1")).isFalse();
    table("tcp", line(IPV4, "01", 0, 1));
    table("tcp6");
    assertThat(admits("::1")).isFalse();
  }

  @Test
  void without_a_table_nobody_is_let_in() {
    assertThat(admits("127.0.0.1")).isFalse();
    assertThat(admits("::1")).isFalse();
  }

  @Test
  void a_kernel_without_ipv6_has_one_table_only() throws IOException {
    table("tcp", line(IPV4, "01", 1000, 1));
    assertThat(admits("127.0.0.1")).isTrue();
    table("tcp", line(IPV4, "01", 33, 1));
    assertThat(admits("127.0.0.1")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "mapped", "::1"})
  void this_process_is_let_in_as_itself_and_not_once_it_has_closed(String address)
      throws IOException {
    var literal = InetAddress.ofLiteral(address.equals("mapped") ? "127.0.0.1" : address);
    var family =
        address.equals("127.0.0.1") ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    var own = ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
    var everybodyElse = new LocalUsers(Set.of(own + 1), Path.of("/proc/net"));
    var users = LocalUsers.of(List.of());
    var listens =
        literal instanceof Inet6Address
            ? StandardProtocolFamily.INET6
            : StandardProtocolFamily.INET;
    try (var listening = ServerSocketChannel.open(listens)) {
      listening.bind(new InetSocketAddress(literal, 0));
      var client = SocketChannel.open(family);
      client.connect(listening.getLocalAddress());
      try (var accepted = listening.accept()) {
        var peer = (InetSocketAddress) accepted.getRemoteAddress();
        try (client) {
          assertThat(users.test(peer)).isTrue();
          assertThat(everybodyElse.test(peer)).isFalse();
        }
        // The kernel now shows it as root's, who may.
        assertThat(users.test(peer)).isFalse();
      }
    }
  }

  private boolean admits(String address) {
    return new LocalUsers(USERS, tables)
        .test(new InetSocketAddress(InetAddress.ofLiteral(address), 40_000));
  }

  private void table(String name, String... lines) throws IOException {
    Files.writeString(tables.resolve(name), HEAD + String.join("\n", lines) + "\n");
  }

  private static String line(String local, String state, long user, long inode) {
    return line(local, "0100007F:1A79", state, user, inode);
  }

  private static String line(String local, String remote, String state, long user, long inode) {
    return "   1: %s %s %s 00000000:00000000 00:00000000 00000000 %5d        0 %d 1 0 100"
        .formatted(local, remote, state, user, inode);
  }
}
