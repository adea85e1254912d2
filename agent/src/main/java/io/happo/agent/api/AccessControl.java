package io.happo.agent.api;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which peers may ask: 127.0.0.1 and ::1 always (or, with a rule for local users, when that user
 * may), then every address and network of the list. The peer is the socket's other end; headers
 * change nothing.
 */
final class AccessControl {
  private static final List<InetAddress> LOOPBACK =
      List.of(literal("127.0.0.1").orElseThrow(), literal("::1").orElseThrow());

  private final List<Network> networks;
  private final Predicate<InetSocketAddress> loopbackRule;

  private record Network(byte[] address, int prefixBits) {
    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < prefixBits; bit++) {
        if (((address[bit / 8] ^ other[bit / 8]) & (0x80 >> bit % 8)) != 0) {
          return false;
        }
      }
      return true;
    }
  }

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
          network(entry.strip())
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
    byte[] bytes = address.getAddress();
    return networks.stream().anyMatch(network -> network.contains(bytes));
  }

  private static Optional<Network> network(String entry) {
    int slash = entry.indexOf('/');
    if (slash < 0) {
      return literal(entry)
          .map(address -> new Network(address.getAddress(), address.getAddress().length * 8));
    }
    var bits = entry.substring(slash + 1);
    if (bits.isEmpty() || bits.length() > 3 || !bits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    int prefix = Integer.parseInt(bits);
    return literal(entry.substring(0, slash))
        .filter(address -> prefix <= address.getAddress().length * 8)
        .map(address -> new Network(address.getAddress(), prefix));
  }

  /** An address written out; names are never looked up. */
  private static Optional<InetAddress> literal(String text) {
    boolean ipv4 = text.matches("\\d{1,3}(\\.\\d{1,3}){3}");
    boolean ipv6 = text.indexOf(':') >= 0 && text.matches("[0-9a-fA-F:.]+");
    if (!ipv4 && !ipv6) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
