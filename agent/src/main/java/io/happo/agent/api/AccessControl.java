package io.happo.agent.api;

import io.happo.net.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which peers may ask: 127.0.0.1 and ::1 always (or, with a rule for local users, when that user
 * may), then every address and network of the list. The peer is the socket's other end; headers
 * change nothing.
 */
final class AccessControl {
  private static final List<InetAddress> LOOPBACK =
      List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

  private final List<Network> networks;
  private final Predicate<InetSocketAddress> loopbackRule;

  private AccessControl(List<Network> networks, Predicate<InetSocketAddress> loopbackRule) {
    this.networks = networks;
    this.loopbackRule = loopbackRule;
  }

  /**
   * Reads a list of addresses and networks in CIDR notation, IPv4 or IPv6.
   *
   * @param loopbackRule asked for peers at 127.0.0.1 and ::1
   * @throws IllegalArgumentException naming the first entry that is neither
   */
  static AccessControl of(List<String> entries, Predicate<InetSocketAddress> loopbackRule) {
    var networks = new ArrayList<Network>();
    for (var entry : entries) {
      networks.add(
          Network.parse(entry.strip())
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "--allowed-hosts: '"
                              + entry
                              + "' is no IP address or network such as 192.0.2.0/24")));
    }
    return new AccessControl(networks, loopbackRule);
  }

  boolean allows(InetSocketAddress peer) {
    var address = peer.getAddress();
    if (LOOPBACK.contains(address) && loopbackRule.test(peer)) {
      return true;
    }
    return networks.stream().anyMatch(network -> network.contains(address));
  }
}
