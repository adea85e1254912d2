package io.happo.agent.uplink;

import io.happo.agent.buffer.Outbox;
import io.happo.agent.facts.Facts;
import io.happo.core.link.Item;
import io.happo.core.link.Join;
import io.happo.core.link.Link;
import io.happo.core.link.Refusal;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToHub;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.WebSocket;
import io.happo.net.WebSocketRefusedException;
import io.happo.net.WebSocketSettings;
import io.happo.program.keys.SigningKey;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the agent connected to its hub: joins when it was invited, connects, says what is in the
 * outbox, and comes back when the connection is lost. Does nothing, and needs nothing, as long as
 * the agent belongs to no hub and was not invited. Any thread.
 */
public final class Uplink implements AutoCloseable {
  /** How it stands with the hub. */
  public enum State {
    /** There is no hub. */
    ALONE,
    /** Not connected: trying, or waiting to try again. */
    AWAY,
    /** Connected, and waiting for someone to approve the agent. */
    PENDING,
    /** Connected. */
    CONNECTED
  }

  /**
   * What people may want to know.
   *
   * @param problem why it is not connected; empty otherwise, and before the first try
   * @param refusal the hub's word for why it does not take the agent; empty: it has not refused it
   */
  public record Status(State state, String problem, String refusal) {
    /** For people, on one line. */
    public String words() {
      return switch (state) {
        case ALONE -> "none";
        case AWAY -> problem.isEmpty() ? "connecting" : "not connected, " + problem;
        case PENDING -> "waits for someone to approve this agent";
        case CONNECTED -> "connected";
      };
    }
  }

  private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(10);
  private static final Duration LOOK_UP_DEADLINE = Duration.ofSeconds(5);
  private static final Duration BUNDLE_DEADLINE = Duration.ofMinutes(1);

  /** After a refusal that only a person can do something about. */
  private static final Duration REFUSED_WAIT = Duration.ofMinutes(5);

  /**
   * How soon an agent that did not find its hub by name looks whether it would now; some longer, so
   * that not all come at once.
   */
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(5);

  private static final Duration STOP_WAIT = Duration.ofSeconds(10);

  private static final WebSocketSettings WEB_SOCKET =
      new WebSocketSettings(Link.MAX_MESSAGE_BYTES, Link.PING_EVERY, Link.MISSED_PINGS);

  private static final Logger LOG = System.getLogger(Uplink.class.getName());

  /** What fetching from the hub takes. */
  private record Access(
      HttpsClient client, URI hub, Optional<InetSocketAddress> address, String bearer) {}

  private final UplinkSettings settings;
  private final Outbox outbox;
  private final PlanApplier applier;
  private final RunNow runs;
  private final InstantSource clock;
  private final HubAddresses addresses;
  private final Plans plans;
  private final Standing standing;
  private final UnaryOperator<Duration> pace;

  private @Nullable Thread thread; // Under this, as the next two.
  private @Nullable Session session;
  private @Nullable Access access;

  public Uplink(
      UplinkSettings settings,
      Outbox outbox,
      PlanApplier applier,
      RunNow runs,
      InstantSource clock) {
    this(
        settings,
        outbox,
        applier,
        runs,
        clock,
        new HubAddresses(InetAddress::getAllByName, LOOK_UP_DEADLINE),
        UnaryOperator.identity());
  }

  /**
   * @param pace what becomes of a wait between two tries, or looks
   */
  Uplink(
      UplinkSettings settings,
      Outbox outbox,
      PlanApplier applier,
      RunNow runs,
      InstantSource clock,
      HubAddresses addresses,
      UnaryOperator<Duration> pace) {
    this.settings = settings;
    this.outbox = outbox;
    this.applier = applier;
    this.runs = runs;
    this.clock = clock;
    this.addresses = addresses;
    plans = new Plans(applier);
    this.pace = pace;
    standing = new Standing(pace);
  }

  /**
   * Begins, when there is a hub; may be called again when there may be one now.
   *
   * @throws IOException one line, when the files about the hub cannot be used
   */
  public synchronized void start() throws IOException {
    if (thread != null) {
      return;
    }
    var membership = HubMembership.read(settings.membershipFile());
    if (membership.isEmpty() && settings.invitation().isEmpty()) {
      return;
    }
    var key = SigningKey.open(settings.keyFile());
    standing.away("");
    thread = Thread.ofVirtual().name("happo-uplink").start(() -> run(key, membership));
  }

  public Status status() {
    return standing.status();
  }

  /** What is wrong with the hub's name, as far as is known; empty: nothing. */
  public String nameTrouble() {
    return addresses.trouble();
  }

  /**
   * The bytes of a bundle, as the hub of the present session has them; not verified. At most {@link
   * HttpsClient#MAX_RESPONSE_BYTES}.
   *
   * @param digest SHA-256, hexadecimal
   * @throws IOException one line; also when there is no session
   */
  public byte[] fetchBundle(String digest) throws IOException {
    Access present;
    synchronized (this) {
      present = access;
    }
    if (present == null) {
      throw new IOException("bundle " + digest + ": there is no session with the hub now");
    }
    var answer =
        present.client.send(
            "GET",
            URI.create(present.hub + Link.BUNDLE_PATH + digest),
            present.address,
            Headers.of("Authorization", "Bearer " + present.bearer),
            new byte[0],
            BUNDLE_DEADLINE);
    if (answer.status() != 200) {
      throw new IOException("bundle " + digest + ": the hub answered " + answer.status());
    }
    return answer.body();
  }

  private void run(SigningKey key, Optional<HubMembership> known) {
    try {
      var membership = known.orElse(null);
      if (membership == null) {
        membership = join(key, settings.invitation().orElseThrow());
      }
      if (membership != null) {
        try (var client = new HttpsClient(membership.trust(), Optional.empty())) {
          new Connecting(key, client, membership).stayConnected();
        }
      }
    } catch (RuntimeException e) {
      standing.away("failed: " + e);
      LOG.log(Level.ERROR, "the link to the hub failed", e);
    }
  }

  /** Joins, however long that takes; null when this is stopped before. */
  private @Nullable HubMembership join(SigningKey key, UplinkSettings.Invitation invitation) {
    var backoff = Backoff.NONE;
    while (!standing.isStopping()) {
      backoff = backoff.after(Duration.ZERO);
      try {
        var outcome =
            Joining.join(
                invitation.hub(),
                invitation.token(),
                key,
                Facts.gather(),
                settings.tags(),
                settings.membershipFile());
        if (outcome instanceof Joining.Outcome.Joined joined) {
          LOG.log(Level.INFO, "hub={0} joined", invitation.hub());
          return joined.membership();
        } else if (outcome instanceof Joining.Outcome.Refused(Join.Refused refusal)) {
          standing.away(
              "does not take this agent (" + refusal.reason().word() + "): " + refusal.message(),
              refusal.reason().word());
          standing.pause(REFUSED_WAIT);
        } else if (outcome instanceof Joining.Outcome.Later later) {
          standing.away("has too much to do");
          standing.pause(backoff.delay(random(), later.after()));
        }
      } catch (IOException e) {
        standing.away(String.valueOf(e.getMessage()));
        standing.pause(backoff.delay(random(), Duration.ZERO));
      }
    }
    return null;
  }

  private static double random() {
    return ThreadLocalRandom.current().nextDouble();
  }

  /** One session after the other. For the uplink's thread. */
  private final class Connecting {
    private final SigningKey key;
    private final HttpsClient client;
    private HubMembership membership;
    private long answeredNanos; // When the hub took the agent, or let it wait; 0 before.

    Connecting(SigningKey key, HttpsClient client, HubMembership membership) {
      this.key = key;
      this.client = client;
      this.membership = membership;
    }

    void stayConnected() {
      var backoff = Backoff.NONE;
      boolean cameAgain = false;
      while (!standing.isStopping()) {
        answeredNanos = 0;
        var end = tried();
        synchronized (Uplink.this) {
          session = null;
          access = null;
        }
        standing.away(end.why(), end.refusal().map(Refusal::word).orElse(""));
        backoff =
            backoff.after(
                answeredNanos == 0
                    ? Duration.ZERO
                    : Duration.ofNanos(System.nanoTime() - answeredNanos));
        boolean comeAgain = end.ending() == Session.Ending.COME_AGAIN;
        if (comeAgain && !cameAgain) {
          standing.pause(Backoff.NONE.delay(random(), Duration.ZERO));
        } else if (end.isForPeople() && end.atLeast().isZero()) {
          standing.pause(REFUSED_WAIT);
        } else {
          standing.pause(backoff.delay(random(), end.atLeast()));
        }
        cameAgain = comeAgain;
      }
    }

    private Session.End tried() {
      try {
        return connect();
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "the link to the hub failed; it is tried again", e);
        return Session.End.lost("the agent failed: " + e);
      }
    }

    /** Tries the hub's addresses until one of them is the hub, and talks. */
    private Session.End connect() {
      var link = URI.create("wss" + membership.hub().toString().substring(5) + Link.PATH);
      var end = Session.End.lost("its name is unknown, and no other address is known");
      for (var candidate : addresses.round(membership)) {
        if (standing.isStopping()) {
          break;
        }
        WebSocket socket = null;
        try {
          socket =
              client.openWebSocket(
                  link,
                  Optional.of(candidate.address()),
                  Headers.NONE,
                  List.of(Link.SUBPROTOCOL),
                  WEB_SOCKET,
                  CONNECT_DEADLINE);
          return talk(candidate, socket);
        } catch (WebSocketRefusedException e) {
          var headers = e.response().headers();
          var after =
              headers.first("Retry-After").isPresent()
                  ? Joining.retryAfter(headers)
                  : Duration.ZERO;
          addresses.failed(candidate, e);
          end = Session.End.lost(candidate + ": " + e.getMessage()).notBefore(after);
        } catch (IOException e) {
          addresses.failed(candidate, e);
          end = Session.End.lost(candidate + ": " + e.getMessage());
        }
        if (socket != null) {
          socket.close();
        }
      }
      return end;
    }

    /**
     * @throws IOException when who answers is not the hub
     */
    private Session.End talk(HubAddresses.Candidate candidate, WebSocket socket)
        throws IOException {
      var talking = new Session(socket, outbox, runs, new Heard(candidate));
      var challenge = talking.challenge(membership.hubId());
      addresses.worked(candidate, membership, clock.millis()).ifPresent(this::tell);
      synchronized (Uplink.this) {
        session = talking; // From here on, who stops this stops the session.
      }
      if (standing.isStopping()) {
        socket.close();
        return Session.End.lost("stopping");
      }
      var id = key.id();
      return talking.talk(
          new ToHub.Hello(
              id,
              key.sign(Link.challenge(challenge.hubId(), challenge.nonce(), id)),
              settings.version(),
              Facts.bootId(),
              outbox.epoch(),
              applier.hash(),
              applier.bundles(),
              candidate.via().word(),
              settings.tags(),
              Facts.gather()));
    }

    private void tell(Item.Event event) {
      LOG.log(Level.WARNING, "hub: {0}", event.text());
      try {
        outbox.append(event);
      } catch (IOException e) {
        LOG.log(Level.WARNING, "event={0} lost: {1}", event.name(), e.getMessage());
      }
    }

    /** What the messages of a session mean for the uplink. */
    private final class Heard implements Session.Listener {
      private final HubAddresses.Candidate candidate;
      private final long lookEveryNanos; // Whether the name leads to it; 0: it did.
      private long lookedNanos = System.nanoTime();

      Heard(HubAddresses.Candidate candidate) {
        this.candidate = candidate;
        boolean astray =
            candidate.via() == HubAddresses.Via.REMEMBERED
                || candidate.via() == HubAddresses.Via.LEARNT;
        lookEveryNanos = astray ? (long) (pace.apply(LOOK_AGAIN).toNanos() * (1 + random())) : 0;
      }

      @Override
      public void welcomed(ToAgent.Welcome welcome) {
        answeredNanos = System.nanoTime();
        standing.connected();
        LOG.log(Level.INFO, "hub={0} connected address={1}", membership.hub(), candidate);
        synchronized (Uplink.this) {
          access =
              new Access(
                  client, membership.hub(), Optional.of(candidate.address()), welcome.bearer());
        }
        var taught = membership.with(welcome.addresses(), candidate.hostPort());
        if (!taught.equals(membership)) {
          membership = taught;
          try {
            taught.write(settings.membershipFile());
          } catch (IOException e) {
            LOG.log(Level.WARNING, "the hub's addresses are not kept: {0}", e.getMessage());
          }
        }
      }

      @Override
      public void pending() {
        answeredNanos = System.nanoTime();
        standing.pending();
      }

      /** The hub takes an agent that did not come by name for one whose name service fails. */
      @Override
      public boolean isToComeAgain() {
        long now = System.nanoTime();
        if (lookEveryNanos == 0 || now - lookedNanos < lookEveryNanos) {
          return false;
        }
        lookedNanos = now;
        return addresses.leadsElsewhere();
      }

      @Override
      public void offered(ToAgent.PlanOffer offer, Session from) {
        plans.offer(offer, from::send);
      }
    }
  }

  /** Says goodbye to the hub, and ends for good. The outbox stays open. */
  @Override
  public void close() {
    var _ = close(false);
  }

  /**
   * As {@link #close()}.
   *
   * @param leaving whether the hub shall take the agent out of its fleet
   * @return whether the hub was told
   */
  public boolean close(boolean leaving) {
    standing.stop();
    boolean told = false;
    Session last;
    Thread waited;
    synchronized (this) {
      last = session;
      waited = thread;
    }
    if (last != null) {
      told = last.stop(leaving);
    } else if (waited != null) {
      waited.interrupt(); // Whatever it waits for is not wanted any more.
    }
    try {
      if (waited != null && !waited.join(STOP_WAIT)) {
        LOG.log(Level.WARNING, "the link to the hub has not ended within {0}", STOP_WAIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return told;
  }
}
