package io.happo.hub.graphite;

import io.happo.net.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the port is told at its start.
 *
 * @param address where it listens, with TCP and UDP; port 0 lets the system choose
 * @param allowed who may send
 * @param limits of what senders may take
 */
public record GraphiteSettings(InetSocketAddress address, List<Network> allowed, Limits limits) {
  /**
   * Numbers of the port.
   *
   * @param connections at once
   * @param mayBeSilent after such a silence a connection may be closed for another one
   * @param linesPerMinute of one address
   * @param batch values of a sender that are delivered at once
   * @param gather how long the first of them waits for others
   * @param waiting values of all senders that are not stored yet
   */
  public record Limits(
      int connections,
      Duration mayBeSilent,
      int linesPerMinute,
      int batch,
      Duration gather,
      int waiting) {
    public static final Limits DEFAULT =
        new Limits(1_000, Duration.ofMinutes(1), 100_000, 1_000, Duration.ofSeconds(1), 100_000);
  }

  private static final List<String> LOOPBACK = List.of("127.0.0.0/8", "::1");

  /**
   * Reads the list of those who may send beside the programs of this machine.
   *
   * @throws IllegalArgumentException naming the first entry that is no address and no network
   */
  public static List<Network> networks(List<String> entries) {
    return Stream.concat(LOOPBACK.stream(), entries.stream())
        .map(GraphiteSettings::network)
        .toList();
  }

  private static Network network(String entry) {
    return Network.parse(entry.strip())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'" + entry + "' is no IP address or network such as 192.0.2.0/24"));
  }

  boolean allows(InetAddress peer) {
    return allowed.stream().anyMatch(network -> network.contains(peer));
  }
}
