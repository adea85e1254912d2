package io.happo.agent.nrpe;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Who may ask: the addresses, networks and host names of allowed_hosts; everyone when there is no
 * such list. Names are looked up whenever addresses and networks do not let the peer in already, so
 * {@link #allows} may block as long as the system's resolver does. A name that cannot be looked up
 * lets nobody in, and that is told once a minute. For any number of threads.
 */
public final class AllowedHosts {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.nrpe");
  private static final long SILENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** How long Java keeps what a name stands for, and that it stands for nothing. */
  private static final String KEPT_SECONDS = "3";

  /** Turns a name into addresses; may block. */
  interface Resolver {
    List<InetAddress> resolve(String name) throws UnknownHostException;
  }

  private final boolean everyone;
  private final List<HostEntry> entries;
  private final Resolver resolver;
  private final LongSupplier nanoTime;
  private final Consumer<String> complaints;
  private final Map<String, Long> complainedAt = new ConcurrentHashMap<>();

  /**
   * A list with its surroundings given.
   *
   * @param texts the entries; not given: everyone may ask
   * @param nanoTime a clock that never goes back
   * @param complaints told what could not be looked up
   * @throws IllegalArgumentException naming the first entry that is wrong
   */
  AllowedHosts(
      Optional<List<String>> texts,
      Resolver resolver,
      LongSupplier nanoTime,
      Consumer<String> complaints) {
    this.everyone = texts.isEmpty();
    this.entries = texts.orElse(List.of()).stream().map(HostEntry::parse).toList();
    this.resolver = resolver;
    this.nanoTime = nanoTime;
    this.complaints = complaints;
  }

  /** A list that asks the system's resolver and complains to the log. */
  static AllowedHosts of(Optional<List<String>> texts) {
    return new AllowedHosts(
        texts,
        name -> List.of(InetAddress.getAllByName(name)),
        System::nanoTime,
        text -> LOG.log(System.Logger.Level.WARNING, "{0}", text));
  }

  /**
   * Makes Java look names up again after {@value #KEPT_SECONDS} s instead of 30, so that a host
   * that moved is let in at once. Has no effect once the first name was looked up: to be called at
   * the start of the program.
   */
  public static void keepNamesBriefly() {
    Security.setProperty("networkaddress.cache.ttl", KEPT_SECONDS);
    Security.setProperty("networkaddress.cache.negative.ttl", KEPT_SECONDS);
  }

  /** What is wrong with an entry of a list of hosts, if something is. */
  public static Optional<String> problem(String entry) {
    try {
      HostEntry.parse(entry.strip());
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Whether a peer may ask. */
  boolean allows(InetAddress peer) {
    if (everyone) {
      return true;
    }
    var names = new ArrayList<String>();
    for (var entry : entries) {
      if (entry instanceof HostEntry.Name name) {
        names.add(name.name());
      } else if (((HostEntry.Addresses) entry).network().contains(peer)) {
        return true;
      }
    }
    return names.stream().anyMatch(name -> standsFor(name, peer));
  }

  private boolean standsFor(String name, InetAddress peer) {
    try {
      return resolver.resolve(name).contains(peer);
    } catch (UnknownHostException e) {
      complain(name);
      return false;
    }
  }

  private void complain(String name) {
    long now = nanoTime.getAsLong();
    var said = new boolean[1];
    complainedAt.compute(
        name,
        (_, before) -> {
          said[0] = before == null || now - before >= SILENCE_NANOS;
          return said[0] ? now : before;
        });
    if (said[0]) {
      complaints.accept(
          "allowed_hosts: the name "
              + name
              + " cannot be looked up and lets nobody in; write its address, or mend the name"
              + " service");
    }
  }
}
