package io.happo.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessControlTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, '', true",
    "::1, '', true",
    "127.0.0.2, '', false",
    "127.0.0.5, 127.0.0.5, true",
    "127.0.1.77, 127.0.0.5;127.0.1.0/24, true",
    "127.0.2.1, 127.0.0.5;127.0.1.0/24, false",
    "10.1.2.3, 0.0.0.0/0, true",
    "2001:db8::1, 0.0.0.0/0, false",
    "2001:db8::1, 2001:db8::/32, true",
    "2001:db9::1, 2001:db8::/32, false",
    "::ffff:10.0.0.1, 10.0.0.1, true",
    "10.0.0.127, 10.0.0.0/25, true",
    "10.0.0.128, 10.0.0.0/25, false",
  })
  void peers_pass_by_loopback_address_or_network(String peer, String list, boolean allowed) {
    var entries = list.isEmpty() ? List.<String>of() : List.of(list.split(";"));
    assertThat(AccessControl.of(entries, any -> true).allows(peer(peer))).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not-an-ip",
        "10.0.0",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/x",
        "::1/129",
        "999.1.1.1",
        "",
        "localhost"
      })
  void a_malformed_entry_is_named(String entry) {
    assertThatThrownBy(() -> AccessControl.of(List.of("10.0.0.1", entry), any -> true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + entry + "'");
  }

  @Test
  void the_rule_for_local_users_is_asked_for_loopback_only_and_the_list_still_counts() {
    assertThat(AccessControl.of(List.of(), any -> false).allows(peer("127.0.0.1"))).isFalse();
    assertThat(AccessControl.of(List.of("127.0.0.1"), any -> false).allows(peer("127.0.0.1")))
        .isTrue();
    assertThat(AccessControl.of(List.of("10.0.0.1"), any -> false).allows(peer("10.0.0.1")))
        .isTrue();
  }

  private static InetSocketAddress peer(String address) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), 4711);
  }
}
