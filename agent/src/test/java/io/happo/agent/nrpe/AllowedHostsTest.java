package io.happo.agent.nrpe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {
  private final Map<String, List<InetAddress>> names = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();
  private long now = Long.MAX_VALUE - 5;

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.8, 192.0.2.7, false",
    "192.0.2.255, 192.0.2.0/24, true",
    "192.0.3.0, 192.0.2.0/24, false",
    "192.0.2.8, 192.0.2.7;192.0.2.8, true",
    "10.1.2.3, 0.0.0.0/0, true",
    "2001:db8::1, 0.0.0.0/0, false",
    "2001:db8::1, 2001:db8::1, true",
    "2001:db8:1::1, 2001:db8::/32, true",
    "2001:db8:1::1, 2001:db8::7/32, true",
    "2001:db9::1, 2001:db8::/32, false",
    "::1, 127.0.0.1, false",
    "127.0.0.1, '', false",
  })
  void addresses_and_networks_let_in(String peer, String entries, boolean allowed) {
    var list = entries.isEmpty() ? List.<String>of() : List.of(entries.split(";"));

    assertThat(hosts(list).allows(InetAddress.ofLiteral(peer))).isEqualTo(allowed);
  }

  @Test
  void without_a_list_everyone_is_let_in() {
    assertThat(
            new AllowedHosts(Optional.empty(), this::resolve, () -> now, complaints::add)
                .allows(InetAddress.ofLiteral("192.0.2.7")))
        .isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.0.2.7/24",
        "192.0.2.0/33",
        "192.0.2.0/",
        "192.0.2.0/x",
        "10.0.0",
        "999.1.1.1",
        "*.example",
        "192.0.2.*",
        "host_name",
        "-host",
        "host-",
        "host.",
        ".host",
        "a..b",
        "fe80::1%eth0",
        "::1/129",
        "caf\u00e9.example",
        "a b",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      })
  void what_is_neither_address_nor_network_nor_name_is_named(String entry) {
    assertThatThrownBy(() -> hosts(List.of(entry)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + entry + "' lets nobody in");
    assertThat(AllowedHosts.problem(entry)).isPresent();
  }

  @Test
  void a_name_is_looked_up_at_every_peer_that_addresses_do_not_let_in() {
    var hosts = hosts(List.of("nagios.example", "192.0.2.1"));
    names.put("nagios.example", List.of(InetAddress.ofLiteral("192.0.2.7")));

    assertThat(hosts.allows(InetAddress.ofLiteral("192.0.2.1"))).isTrue();
    assertThat(asked).isEmpty();
    assertThat(hosts.allows(InetAddress.ofLiteral("192.0.2.7"))).isTrue();
    names.put("nagios.example", List.of(InetAddress.ofLiteral("2001:db8::7")));
    assertThat(hosts.allows(InetAddress.ofLiteral("192.0.2.7"))).isFalse();
    assertThat(hosts.allows(InetAddress.ofLiteral("2001:db8::7"))).isTrue();
    assertThat(asked).hasSize(3);
  }

  @Test
  void a_name_that_cannot_be_looked_up_lets_nobody_in_and_is_told_once_a_minute() {
    var hosts = hosts(List.of("gone.example", "here.example"));
    names.put("here.example", List.of(InetAddress.ofLiteral("192.0.2.7")));

    assertThat(hosts.allows(InetAddress.ofLiteral("192.0.2.8"))).isFalse();
    assertThat(hosts.allows(InetAddress.ofLiteral("192.0.2.7"))).isTrue();
    assertThat(complaints).singleElement().asString().contains("gone.example");
    now += Duration.ofSeconds(59).toNanos();
    assertThat(hosts.allows(InetAddress.ofLiteral("192.0.2.8"))).isFalse();
    assertThat(complaints).hasSize(1);
    now += Duration.ofSeconds(1).toNanos();
    assertThat(hosts.allows(InetAddress.ofLiteral("192.0.2.8"))).isFalse();
    assertThat(complaints).hasSize(2);
  }

  @Test
  void the_systems_resolver_knows_localhost() {
    assertThat(
            AllowedHosts.of(Optional.of(List.of("localhost")))
                .allows(InetAddress.ofLiteral("127.0.0.1")))
        .isTrue();
  }

  private AllowedHosts hosts(List<String> entries) {
    return new AllowedHosts(Optional.of(entries), this::resolve, () -> now, complaints::add);
  }

  private List<InetAddress> resolve(String name) throws UnknownHostException {
    asked.add(name);
    var addresses = names.get(name);
    if (addresses == null) {
      throw new UnknownHostException(name);
    }
    return addresses;
  }
}
