package io.happo.hub.store;

import java.util.List;
import java.util.Optional;

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
    public Host {
      proxies = List.copyOf(proxies);
    }
  }

  private final Store store;

  public ClassicHosts(Store store) {
    this.store = store;
  }

  /** All of them, in the order they were added. */
  public List<Host> all() {
    return store.read(
        h ->
            h.createQuery(
                    "SELECT group_name, ip, port, hostname, proxies, host_prefix, aliases"
                        + " FROM classic_hosts ORDER BY added_at, group_name, ip, port")
                .map(
                    (rows, _) ->
                        new Host(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getInt(3),
                            rows.getString(4),
                            JsonTexts.list(rows.getString(5)),
                            rows.getString(6),
                            rows.getInt(7)))
                .list());
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
