package io.happo.hub.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Agents that are asked and do not come by themselves, as they were added; and their keys. */
public final class ClassicHosts {
  /**
   * One that was added.
   *
   * @param group {@code GROUP} or {@code GROUP!SUBGROUP}
   * @param ip where the last of the proxies finds it; of an Auto Scaling group its name
   * @param hostname what people call it; may be empty
   * @param proxies the way there, {@code host[:port]} each, the first one asked by the hub
   * @param hostPrefix of the aliases of an Auto Scaling group; empty for a host
   * @param aliases how many it has; 0 for a host
   */
  public record Host(
      String group,
      String ip,
      int port,
      String hostname,
      List<String> proxies,
      String hostPrefix,
      int aliases) {
    private static final int MAX_ALIASES = 1_000;
    private static final int MAX_PROXIES = 10;
    private static final int MAX_TEXT = 255;
    private static final int MAX_WAY = 600;
    private static final Pattern SERVER =
        Pattern.compile("([A-Za-z0-9_][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+]):[1-9][0-9]{0,4}");

    public Host {
      proxies = List.copyOf(proxies);
    }

    /**
     * To be asked before it is added.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    public void check() {
      require(proxies.size() <= MAX_PROXIES, "proxies: at most " + MAX_PROXIES);
      for (var proxy : proxies) {
        require(!server(proxy, 1).isEmpty(), "proxies: '" + proxy + "' is no name or address");
      }
      require(
          String.join(" > ", proxies).length() <= MAX_WAY,
          "proxies: together at most " + MAX_WAY + " characters");
      require(
          aliases > 0 || (!server(ip, 1).isEmpty() && !hasPort(ip)),
          "ip: '" + ip + "' is no name or address");
      require(!ip.isEmpty() && ip.length() <= MAX_TEXT, "ip is empty or too long");
      require(
          aliases == 0 || !proxies.isEmpty(),
          "proxies is empty: aliases are known to the bastion of their group");
      require(port >= 1 && port <= 65_535, "port is " + port + ", expected 1 to 65535");
      require(
          aliases >= 0 && aliases <= MAX_ALIASES,
          "autoscaling_count is " + aliases + ", expected 1 to " + MAX_ALIASES);
      require(!group.isEmpty(), "group_name is empty");
      for (var text : List.of(group, ip, hostname, hostPrefix)) {
        require(
            text.length() <= MAX_TEXT && text.chars().noneMatch(Character::isISOControl),
            "a name has at most " + MAX_TEXT + " characters, and none that controls");
      }
    }

    private static void require(boolean good, String otherwise) {
      if (!good) {
        throw new IllegalArgumentException(otherwise);
      }
    }

    private static boolean isBareIpv6(String text) {
      return !text.startsWith("[") && text.indexOf(':') != text.lastIndexOf(':');
    }

    private static boolean hasPort(String text) {
      return !isBareIpv6(text) && text.lastIndexOf(':') > text.lastIndexOf(']');
    }

    /**
     * A server as an address of the web names it, {@code host:port}.
     *
     * @param text a name or an address, with or without a port; one of IPv6 with or without
     *     brackets
     * @return empty when it is none
     */
    public static String server(String text, int port) {
      var host = isBareIpv6(text) ? "[" + text + "]" : text;
      var server = hasPort(text) ? host : host + ":" + port;
      return text.length() <= MAX_TEXT && SERVER.matcher(server).matches() ? server : "";
    }
  }

  private static final String COLUMNS =
      "SELECT group_name, ip, port, hostname, proxies, host_prefix, aliases FROM classic_hosts";

  private final Store store;

  public ClassicHosts(Store store) {
    this.store = store;
  }

  /** All of them, in the order they were added. */
  public List<Host> all() {
    return store.read(
        h ->
            h.createQuery(COLUMNS + " ORDER BY added_at, group_name, ip, port")
                .map((rows, _) -> host(rows))
                .list());
  }

  public Optional<Host> find(String group, String ip, int port) {
    return store.read(
        h ->
            h.createQuery(COLUMNS + " WHERE group_name = :group AND ip = :ip AND port = :port")
                .bind("group", group)
                .bind("ip", ip)
                .bind("port", port)
                .map((rows, _) -> host(rows))
                .findOne());
  }

  private static Host host(ResultSet rows) throws SQLException {
    return new Host(
        rows.getString(1),
        rows.getString(2),
        rows.getInt(3),
        rows.getString(4),
        JsonTexts.list(rows.getString(5)),
        rows.getString(6),
        rows.getInt(7));
  }

  /** Whether it was not there yet, and is now. */
  public boolean add(Host host, long now) {
    return store.write(
        h ->
            h.createUpdate(
                        "INSERT INTO classic_hosts (group_name, ip, port, hostname, proxies,"
                            + " host_prefix, aliases, added_at) VALUES (:group, :ip, :port,"
                            + " :hostname, :proxies, :prefix, :aliases, :now)"
                            + " ON CONFLICT (group_name, ip, port) DO NOTHING")
                    .bind("group", host.group())
                    .bind("ip", host.ip())
                    .bind("port", host.port())
                    .bind("hostname", host.hostname())
                    .bind("proxies", JsonTexts.of(host.proxies()))
                    .bind("prefix", host.hostPrefix())
                    .bind("aliases", host.aliases())
                    .bind("now", now)
                    .execute()
                == 1);
  }

  /** Whether it was there, and is no more. */
  public boolean remove(String group, String ip, int port) {
    return store.write(
        h ->
            h.createUpdate(
                        "DELETE FROM classic_hosts WHERE group_name = :group AND ip = :ip AND port"
                            + " = :port")
                    .bind("group", group)
                    .bind("ip", ip)
                    .bind("port", port)
                    .execute()
                == 1);
  }

  /**
   * The key that a server has shown first; from now on this one when it had shown none.
   *
   * @param pin 64 hexadecimal digits
   */
  public String key(String host, int port, String pin, long now) {
    var known = key(host, port);
    return known.isPresent() ? known.get() : add(host, port, pin, now);
  }

  private String add(String host, int port, String pin, long now) {
    return store.write(
        h -> {
          h.createUpdate(
                  "INSERT INTO classic_keys (host, port, pin, seen_at) VALUES (:host, :port, :pin,"
                      + " :now) ON CONFLICT (host, port) DO NOTHING")
              .bind("host", host)
              .bind("port", port)
              .bind("pin", pin)
              .bind("now", now)
              .execute();
          return h.createQuery("SELECT pin FROM classic_keys WHERE host = :host AND port = :port")
              .bind("host", host)
              .bind("port", port)
              .mapTo(String.class)
              .one();
        });
  }

  /**
   * A key that a server has shown.
   *
   * @param pin SHA-256 of it, 64 hexadecimal digits
   * @param seenAt when it did so first, unix milliseconds
   */
  public record Key(String host, int port, String pin, long seenAt) {}

  /** All keys that are known, by host. */
  public List<Key> keys() {
    return store.read(
        h ->
            h.createQuery("SELECT host, port, pin, seen_at FROM classic_keys ORDER BY host, port")
                .map(
                    (rows, _) ->
                        new Key(
                            rows.getString(1), rows.getInt(2), rows.getString(3), rows.getLong(4)))
                .list());
  }

  /** The key that is known of a server. */
  public Optional<String> key(String host, int port) {
    return store.read(
        h ->
            h.createQuery("SELECT pin FROM classic_keys WHERE host = :host AND port = :port")
                .bind("host", host)
                .bind("port", port)
                .mapTo(String.class)
                .findOne());
  }

  /** Forgets the key of a server: the next one that it shows counts. */
  public boolean forgetKey(String host, int port) {
    return store.write(
        h ->
            h.createUpdate("DELETE FROM classic_keys WHERE host = :host AND port = :port")
                    .bind("host", host)
                    .bind("port", port)
                    .execute()
                == 1);
  }
}
