package io.happo.hub.classic;

import io.happo.core.plan.AgentView;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.Member;
import io.happo.hub.store.Agents;
import io.happo.hub.store.ClassicHosts;
import io.happo.hub.store.ClassicHosts.Host;
import java.lang.System.Logger.Level;
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
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who was added to be asked. Each is a member of the fleet as those that join, and an Auto Scaling
 * group is one for each of its aliases. Any thread.
 */
public final class ClassicBook {
  /** Fact: how it is reached, as {@code a:6777 > b:6777}. */
  public static final String ADDRESS = "address";

  private static final System.Logger LOG = System.getLogger("io.happo.hub.classic");
  private static final int DEFAULT_PORT = 6777;

  /** Agents, each alias one. */
  private static final int MOST = 20_000;

  private final ClassicHosts hosts;
  private final Fleet fleet;
  private final InstantSource clock;
  private final Map<String, String> keys = new ConcurrentHashMap<>(); // By server.
  private volatile Map<String, Way> ways = Map.of(); // By the member's id; replaced under this.

  /** Reads all from the store. */
  public ClassicBook(ClassicHosts hosts, Fleet fleet, InstantSource clock) {
    this.hosts = hosts;
    this.fleet = fleet;
    this.clock = clock;
    for (var key : hosts.keys()) {
      keys.put(server(key.host(), key.port()), key.pin());
    }
    var known = new LinkedHashMap<String, Way>();
    for (var host : hosts.all()) {
      try {
        endpoints(host).forEach((id, one) -> known.put(id, one.way(member(id, one))));
      } catch (IllegalArgumentException e) {
        LOG.log(Level.ERROR, "{0} is not watched: {1}", host.ip(), e.getMessage());
      }
    }
    ways = known;
  }

  private static String server(String host, int port) {
    return host + " " + port;
  }

  /** A member to be. */
  private record Endpoint(
      String name,
      List<String> chain,
      Optional<String> group,
      boolean leads,
      Map<String, String> tags,
      Map<String, String> facts) {
    Way way(Member member) {
      return new Way(member, chain, group, leads);
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
    boolean forgotten = hosts.forgetKey(host, port);
    keys.remove(server(host, port));
    return forgotten;
  }

  /** Those that are to be asked now. */
  Collection<Way> ways() {
    return ways.values().stream()
        .filter(way -> way.member().agent().state() == Agents.State.JOINED)
        .toList();
  }

  public boolean isThere(String group, String ip, int port) {
    return hosts.find(group, ip, port).isPresent();
  }

  /**
   * Adds one. That it was there before and is not watched, as something failed half way, is mended.
   *
   * @return false when it was there
   * @throws IllegalArgumentException when it is wrong, or there is no room for it
   */
  public synchronized boolean add(Host host) {
    host.check();
    var endpoints = endpoints(host);
    if (ways.size() + endpoints.size() > MOST) {
      throw new IllegalArgumentException(
          "this hub asks " + ways.size() + " agents already, at most " + MOST + " are possible");
    }
    boolean isNew = hosts.add(host, clock.millis());
    var now = new LinkedHashMap<>(ways);
    hosts
        .find(host.group(), host.ip(), host.port())
        .ifPresent(
            kept ->
                endpoints(kept)
                    .forEach((id, one) -> now.computeIfAbsent(id, _ -> one.way(member(id, one)))));
    ways = now;
    return isNew;
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
    var host = hosts.find(group, ip, port);
    if (host.isEmpty()) {
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
    return hosts.remove(group, ip, port);
  }

  /** The key that a server has shown first, which is this one when it had shown none. */
  String key(String host, int port, String shown) {
    return keys.computeIfAbsent(
        server(host, port), _ -> hosts.key(host, port, shown, clock.millis()));
  }

  /** What a host is in the fleet, by the ids. */
  private static Map<String, Endpoint> endpoints(Host host) {
    var endpoints = new LinkedHashMap<String, Endpoint>();
    if (host.aliases() == 0) {
      var name = host.hostname().isEmpty() ? host.ip() : host.hostname();
      endpoints.put(id(host, ""), endpoint(host, name, host.ip(), true));
    }
    for (int n = 1; n <= host.aliases(); n++) {
      var alias = "%s-%s-%02d".formatted(host.ip(), host.hostPrefix(), n);
      endpoints.put(id(host, alias), endpoint(host, alias, alias, n == 1));
    }
    return endpoints;
  }

  private static Endpoint endpoint(Host host, String name, String address, boolean leads) {
    var chain = new ArrayList<String>();
    for (var proxy : host.proxies()) {
      chain.add(Host.server(proxy, DEFAULT_PORT));
    }
    chain.add(host.aliases() > 0 ? address + ":" + host.port() : Host.server(address, host.port()));
    if (chain.contains("")) {
      throw new IllegalArgumentException("it cannot be reached by " + host.proxies());
    }
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
        host.aliases() > 0 ? Optional.of(host.ip() + ":" + host.port()) : Optional.<String>empty();
    return new Endpoint(name, chain, group, leads, tags, facts);
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
