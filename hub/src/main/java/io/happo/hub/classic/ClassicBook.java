package io.happo.hub.classic;

import io.happo.core.plan.AgentView;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.Member;
import io.happo.hub.store.Agents;
import io.happo.hub.store.ClassicHosts;
import io.happo.hub.store.ClassicHosts.Host;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Who was added to be asked. Each is a member of the fleet as those that join, and an Auto Scaling
 * group is one for each of its aliases. Any thread.
 */
public final class ClassicBook {
  /** Fact: how it is reached, as {@code a:6777 > b:6777}. */
  public static final String ADDRESS = "address";

  private static final int DEFAULT_PORT = 6777;

  private final ClassicHosts hosts;
  private final Fleet fleet;
  private final InstantSource clock;
  private volatile Map<String, Way> ways = Map.of(); // By the member's id; replaced under this.

  /** Reads all from the store. */
  public ClassicBook(ClassicHosts hosts, Fleet fleet, InstantSource clock) {
    this.hosts = hosts;
    this.fleet = fleet;
    this.clock = clock;
    var known = new LinkedHashMap<String, Way>();
    for (var host : hosts.all()) {
      endpoints(host).forEach((id, one) -> known.put(id, one.way(member(id, one))));
    }
    ways = known;
  }

  /** A member to be. */
  private record Endpoint(
      String name,
      List<String> chain,
      Optional<String> group,
      Map<String, String> tags,
      Map<String, String> facts) {
    Way way(Member member) {
      return new Way(member, chain, group);
    }
  }

  /** All that were added, in that order. */
  public List<Host> hosts() {
    return hosts.all();
  }

  /** The keys that are known of those that the hub asks itself. */
  public List<ClassicHosts.Key> keys() {
    return hosts.keys();
  }

  /** Forgets the key of one, which may show another one then; false when none is known. */
  public boolean forgetKey(String host, int port) {
    return hosts.forgetKey(host, port);
  }

  /** Those that are to be asked now. */
  Collection<Way> ways() {
    return ways.values().stream()
        .filter(way -> way.member().agent().state() == Agents.State.JOINED)
        .toList();
  }

  public boolean isThere(String group, String ip, int port) {
    return hosts.all().stream()
        .anyMatch(
            host -> host.group().equals(group) && host.ip().equals(ip) && host.port() == port);
  }

  /**
   * Adds one.
   *
   * @return false when it was there
   * @throws IllegalArgumentException when a text is too long
   */
  public synchronized boolean add(Host host) {
    var endpoints = endpoints(host);
    if (!hosts.add(host, clock.millis())) {
      return false;
    }
    var now = new LinkedHashMap<>(ways);
    endpoints.forEach((id, one) -> now.put(id, one.way(member(id, one))));
    ways = now;
    return true;
  }

  /** It may be there already, and one that an operator took out stays out. */
  private Member member(String id, Endpoint endpoint) {
    return fleet
        .byId(id)
        .filter(member -> member.agent().state() != Agents.State.LEFT)
        .orElseGet(() -> fleet.enter(id, endpoint.name(), endpoint.tags(), endpoint.facts()));
  }

  /** Takes one out; its history stays. False when it was not there. */
  public synchronized boolean remove(String group, String ip, int port) {
    var host =
        hosts.all().stream()
            .filter(one -> one.group().equals(group) && one.ip().equals(ip) && one.port() == port)
            .findFirst();
    if (host.isEmpty() || !hosts.remove(group, ip, port)) {
      return false;
    }
    var now = new LinkedHashMap<>(ways);
    for (var id : endpoints(host.get()).keySet()) {
      var way = now.remove(id);
      if (way != null) {
        fleet.left(way.member());
      }
    }
    ways = now;
    return true;
  }

  /** What a host is in the fleet, by the ids. */
  private static Map<String, Endpoint> endpoints(Host host) {
    var endpoints = new LinkedHashMap<String, Endpoint>();
    if (host.aliases() == 0) {
      var name = host.hostname().isEmpty() ? host.ip() : host.hostname();
      endpoints.put(id(host, ""), endpoint(host, name, host.ip()));
    }
    for (int n = 1; n <= host.aliases(); n++) {
      var alias = "%s-%s-%02d".formatted(host.ip(), host.hostPrefix(), n);
      endpoints.put(id(host, alias), endpoint(host, alias, alias));
    }
    return endpoints;
  }

  private static Endpoint endpoint(Host host, String name, String address) {
    var chain = new ArrayList<String>();
    for (var proxy : host.proxies()) {
      chain.add(withPort(proxy));
    }
    chain.add((address.contains(":") ? "[" + address + "]" : address) + ":" + host.port());
    var tags = new TreeMap<String, String>();
    var parts = host.group().split("!", 2);
    tags.put("group", parts[0]);
    if (parts.length > 1) {
      tags.put("subgroup", parts[1]);
    }
    var facts = new TreeMap<String, String>();
    facts.put(AgentView.CLASSIC, "happo-agent");
    facts.put("hostname", name);
    facts.put(ADDRESS, String.join(" > ", chain));
    if (host.aliases() > 0) {
      tags.put("autoscaling_group", host.ip());
    }
    var group =
        host.aliases() > 0
            ? Optional.of(host.ip() + ":" + host.port())
            : Optional.<String>empty();
    return new Endpoint(name, chain, group, tags, facts);
  }

  private static String withPort(String proxy) {
    boolean hasPort = proxy.lastIndexOf(':') > proxy.lastIndexOf(']');
    boolean isBareIpv6 = !proxy.contains("[") && proxy.indexOf(':') != proxy.lastIndexOf(':');
    return isBareIpv6
        ? "[" + proxy + "]:" + DEFAULT_PORT
        : hasPort ? proxy : proxy + ":" + DEFAULT_PORT;
  }

  private static String id(Host host, String alias) {
    var text = String.join("\0", "classic", host.group(), host.ip(), "" + host.port(), alias);
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
