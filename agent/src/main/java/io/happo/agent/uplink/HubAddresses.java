package io.happo.agent.uplink;

import io.happo.core.link.Item;
import io.happo.net.WebSocketRefusedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Where the hub may be, and what that says about the name service. Names are looked up anew for
 * each round, as far as the JDK does (it keeps what it found for 30 s, and that it found nothing
 * for 10 s: {@code networkaddress.cache.ttl}). For one thread.
 */
final class HubAddresses {
  /** The system's resolver, which may hang. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] lookUp(String host) throws UnknownHostException;
  }

  /** How an address was found, as the hello says it. */
  enum Via {
    DNS("dns"),
    LITERAL("literal"),
    REMEMBERED("remembered"),
    LEARNT("learnt");

    private final String word;

    Via(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /** One place to try. */
  record Candidate(InetSocketAddress address, Via via) {
    /** As {@link HubMembership#lastWorked} keeps it. */
    String hostPort() {
      var host = address.getAddress().getHostAddress();
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    /** For people. */
    @Override
    public String toString() {
      return hostPort() + " (" + via.word() + ")";
    }
  }

  /** A name and its port. */
  private record HostPort(String host, int port) {
    /** Of {@code host:port}; null when it is not that. */
    static @Nullable HostPort of(String text) {
      int colon = text.lastIndexOf(':');
      boolean hasPort = colon > text.lastIndexOf(']');
      var host = hasPort ? text.substring(0, colon) : text;
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      }
      try {
        int port = hasPort ? Integer.parseInt(text, colon + 1, text.length(), 10) : HTTPS_PORT;
        return host.isEmpty() || port < 1 || port > 65_535 ? null : new HostPort(host, port);
      } catch (NumberFormatException e) {
        return null;
      }
    }
  }

  /** Name of the event when the name service breaks, and when it works again. */
  static final String EVENT = "dns";

  private static final int HTTPS_PORT = 443;

  private final Resolver resolver;
  private final Duration deadline;
  private final Map<String, CompletableFuture<InetAddress[]>> asked = new TreeMap<>();
  private final Map<String, String> unknown = new TreeMap<>(); // and why, by name, in this round
  private String host = ""; // of the hub, in this round, as the next two
  private final Set<InetAddress> found = new HashSet<>(); // where its name leads
  private @Nullable String problem; // of its name
  private boolean unreachable; // where the name leads
  private boolean broken; // and told
  private volatile String trouble = ""; // as far as is known now

  /**
   * @param deadline for one look-up
   */
  HubAddresses(Resolver resolver, Duration deadline) {
    this.resolver = resolver;
    this.deadline = deadline;
  }

  /** Where to try now, in this order. */
  List<Candidate> round(HubMembership membership) {
    unknown.clear();
    var place = HostPort.of(authority(membership.hub()));
    host = place == null ? "" : place.host();
    found.clear();
    problem = null;
    unreachable = false;
    var candidates = new ArrayList<Candidate>();
    problem = add(candidates, authority(membership.hub()), Via.DNS);
    if (problem != null) {
      trouble = problem;
    }
    for (var candidate : candidates) {
      found.add(candidate.address().getAddress());
    }
    if (membership.lastWorked().isPresent()) {
      add(candidates, membership.lastWorked().get(), Via.REMEMBERED);
    }
    for (var learnt : membership.learnt()) {
      add(candidates, learnt, Via.LEARNT);
    }
    return candidates;
  }

  /**
   * Whether the hub's name leads elsewhere than in the last round, or somewhere at last: reason
   * enough for another one. Waits as long as a look-up may take.
   */
  boolean leadsElsewhere() {
    try {
      return !new HashSet<>(Arrays.asList(askResolver(host))).equals(found);
    } catch (IOException e) {
      return false;
    }
  }

  private static String authority(URI hub) {
    return String.valueOf(hub.getRawAuthority());
  }

  /** Adds the addresses of a place that are not there yet; returns why there are none, or null. */
  private @Nullable String add(List<Candidate> candidates, String hostPort, Via via) {
    var place = HostPort.of(hostPort);
    if (place == null) {
      return hostPort + " is no host and port";
    }
    InetAddress[] found;
    var how = via;
    try {
      found = new InetAddress[] {InetAddress.ofLiteral(place.host())};
      how = via == Via.DNS ? Via.LITERAL : via;
    } catch (IllegalArgumentException e) {
      try {
        found = lookUp(place.host());
      } catch (IOException failure) {
        return failure.getMessage();
      }
    }
    for (var address : found) {
      var candidate = new Candidate(new InetSocketAddress(address, place.port()), how);
      if (candidates.stream().noneMatch(c -> c.address().equals(candidate.address()))) {
        candidates.add(candidate);
      }
    }
    return null;
  }

  /** A name is not looked up twice in a round: that would only take longer. */
  private InetAddress[] lookUp(String host) throws IOException {
    var why = unknown.get(host);
    if (why != null) {
      throw new IOException(why);
    }
    try {
      return askResolver(host);
    } catch (IOException e) {
      unknown.put(host, String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /**
   * Waits for the resolver only so long. A look-up that hangs goes on, and is what the next one
   * waits for: it is not asked again meanwhile.
   */
  private InetAddress[] askResolver(String host) throws IOException {
    var answer = asked.get(host);
    if (answer == null) {
      var fresh = new CompletableFuture<InetAddress[]>();
      // No virtual thread: the resolver would keep one of the few real ones that carry them.
      Thread.ofPlatform()
          .daemon()
          .name("happo-resolver")
          .start(
              () -> {
                try {
                  fresh.complete(resolver.lookUp(host));
                } catch (UnknownHostException | RuntimeException e) {
                  fresh.completeExceptionally(e);
                }
              });
      asked.put(host, fresh);
      answer = fresh;
    }
    try {
      var found = answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      asked.remove(host);
      return found;
    } catch (TimeoutException e) {
      throw new IOException(
          "the name " + host + " was not looked up within " + deadline.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      asked.remove(host);
      throw new IOException("the name " + host + " is unknown", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** There is no hub there, or not this one. */
  void failed(Candidate candidate, IOException e) {
    if (candidate.via() != Via.DNS) {
      return;
    }
    if (e instanceof WebSocketRefusedException refused && isBusy(refused.response().status())) {
      return; // That is how the hub itself speaks.
    }
    if (e instanceof SSLException
        || e instanceof Session.AnotherHubException
        || e instanceof WebSocketRefusedException) {
      problem = "the name " + host + " leads to " + candidate.hostPort() + ", which is not the hub";
    } else {
      unreachable = true;
    }
  }

  private static boolean isBusy(int status) {
    return status == 429 || status == 503;
  }

  /** The hub is there: what that says about the name service, when it is news. */
  Optional<Item.Event> worked(Candidate candidate, HubMembership membership, long nowMillis) {
    var name = authority(membership.hub());
    return switch (candidate.via()) {
      case DNS, LITERAL -> {
        boolean news = broken;
        broken = false;
        trouble = "";
        yield news
            ? Optional.of(
                event(
                    nowMillis,
                    "DNS: the name " + host + " leads to the hub again",
                    "works",
                    name,
                    candidate))
            : Optional.empty();
      }
      case REMEMBERED, LEARNT -> {
        if (problem == null && unreachable && candidate.via() == Via.REMEMBERED) {
          problem = "the name " + host + " leads to where nobody answers";
        }
        boolean news = problem != null && !broken;
        broken |= news;
        trouble = problem == null ? "" : problem + "; the hub was found at " + candidate.hostPort();
        yield news
            ? Optional.of(
                event(
                    nowMillis,
                    "DNS: " + problem + "; the hub was found at " + candidate.hostPort(),
                    "broken",
                    name,
                    candidate))
            : Optional.empty();
      }
    };
  }

  /** What is wrong with the hub's name, as far as is known; empty: nothing. Any thread. */
  String trouble() {
    return trouble;
  }

  private static Item.Event event(
      long nowMillis, String text, String state, String name, Candidate candidate) {
    return new Item.Event(
        EVENT,
        nowMillis,
        text,
        new TreeMap<>(
            Map.of(
                "state",
                state,
                "name",
                name,
                "via",
                candidate.via().word(),
                "address",
                candidate.hostPort())));
  }
}
