package io.happo.hub.link;

import io.happo.core.JsonException;
import io.happo.core.link.Link;
import io.happo.core.link.LinkMessage;
import io.happo.core.link.Refusal;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToEither;
import io.happo.core.link.ToHub;
import io.happo.hub.fleet.Member;
import io.happo.hub.fleet.Presence;
import io.happo.hub.store.Agents;
import io.happo.hub.store.StoreException;
import io.happo.net.WebSocket;
import io.happo.net.WebSocketClosedException;
import io.happo.net.WebSocketUpgrade;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The conversation with one agent, from its challenge to its end: who it is, then what it says.
 * Runs on the connection's threads, one after the other; others send through it.
 */
final class AgentSession {
  private static final System.Logger LOG = System.getLogger(AgentSession.class.getName());
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SECRET_BYTES = 24;

  /** Close code of RFC 6455's registry. */
  private static final int TRY_LATER = 1_013;

  /** Messages of one session that were not understood. */
  private static final int MAX_MISTAKES = 20;

  private static final int UNKNOWN_RETRY_SECONDS = 300;
  private static final Duration FOR_EVER = Duration.ofDays(1);

  /** How long after an agent could not apply its plan it is offered again. */
  private static final Duration OFFER_AGAIN = Duration.ofMinutes(10);

  private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

  private final Sessions sessions;
  private final String hubId;
  private final List<String> addresses;
  private final WebSocket socket;
  private final Outgoing outgoing;
  private volatile String bootId = ""; // Of its hello.
  private volatile @Nullable Member member;
  private volatile boolean welcomed;
  private final Object offering = new Object();
  private volatile String planHash = "";
  private volatile boolean refused; // Its last plan, by the agent.
  private long refusedNanos; // Of the thread that talks.
  private long lookedNanos = System.nanoTime();
  private volatile String bearer = "";
  private volatile long contested; // When another one first came with this key; 0: none has.
  private volatile boolean revoked;
  private int mistakes;

  AgentSession(Sessions sessions, String hubId, List<String> addresses, WebSocket socket) {
    this.sessions = sessions;
    this.hubId = hubId;
    this.addresses = addresses;
    this.socket = socket;
    this.outgoing = new Outgoing(socket);
  }

  private static String secret() {
    var bytes = new byte[SECRET_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Finds out who it is, and what it has to be told.
   *
   * @return what goes on for as long as the agent is there; empty when the session is over
   */
  Optional<WebSocketUpgrade.Session> begin() throws IOException {
    var nonce = secret();
    send(new ToAgent.Challenge(hubId, nonce));
    var text = socket.receive(Link.HELLO_DEADLINE);
    LinkMessage first;
    try {
      first = text == null ? null : LinkMessage.readToHub(text);
    } catch (JsonException e) {
      end(Link.PROTOCOL_ERROR, "the hello cannot be read");
      return Optional.empty();
    }
    if (!(first instanceof ToHub.Hello said)) {
      end(Link.PROTOCOL_ERROR, "expected a hello within " + Link.HELLO_DEADLINE.toSeconds() + " s");
      return Optional.empty();
    }
    bootId = said.bootId();
    var known = sessions.fleet().byId(said.agentId()).orElse(null);
    if (known == null || known.agent().state() == Agents.State.LEFT) {
      refuse(Refusal.UNKNOWN_AGENT, "this hub does not know the agent: join again");
      return Optional.empty();
    }
    if (!sessions
        .fleet()
        .isSigned(known, Link.challenge(hubId, nonce, said.agentId()), said.signature())) {
      refuse(Refusal.BAD_SIGNATURE, "the signature is not that of the agent's key");
      return Optional.empty();
    }
    member = known;
    return switch (known.agent().state()) {
      case PENDING -> Optional.of(_ -> awaitApproval(known));
      case REVOKED -> {
        refuse(Refusal.REVOKED, "this agent was taken out of the fleet");
        yield Optional.empty();
      }
      case JOINED -> welcome(known, said) ? Optional.of(_ -> serve(known)) : Optional.empty();
      case LEFT -> throw new AssertionError("refused above");
    };
  }

  private void refuse(Refusal reason, String message) throws IOException {
    int seconds =
        reason == Refusal.BUSY
            ? ThreadLocalRandom.current().nextInt(5, 30)
            : reason == Refusal.DUPLICATE
                ? sessions.duplicateRetrySeconds()
                : UNKNOWN_RETRY_SECONDS;
    send(new ToAgent.Refused(reason, message, seconds));
    end(1008, reason.word());
  }

  /** Closes, and waits until the agent has heard that: who returns before closes without it. */
  private void end(int code, String reason) throws IOException {
    close(code, reason);
    awaitEnd();
  }

  private void awaitEnd() throws IOException {
    try {
      while (true) {
        socket.receive(FOR_EVER); // What it says is not listened to.
      }
    } catch (WebSocketClosedException e) {
      // By either side, or because it took too long.
    }
  }

  private void awaitApproval(Member waiting) throws IOException {
    sessions.awaitApproval(waiting, this);
    var why = Presence.Kind.LOST;
    try {
      if (waiting.agent().state() != Agents.State.PENDING) {
        close(Link.COME_AGAIN, "approved"); // Between the question and now.
      }
      send(new ToAgent.Pending());
      while (why == Presence.Kind.LOST) {
        var text = socket.receive(FOR_EVER);
        var goodbye = text == null ? null : goodbye(text);
        if (goodbye != null) {
          if (goodbye.leaving()) {
            keep(() -> sessions.fleet().left(waiting));
          }
          why = Presence.Kind.STOPPED;
        }
      }
    } catch (WebSocketClosedException e) {
      // By either side.
    } finally {
      sessions.awaitNoMore(waiting, this, why);
    }
  }

  /** All that one is heard to say that waits; null for anything else. */
  private static ToHub.@Nullable Goodbye goodbye(String text) {
    try {
      return LinkMessage.readToHub(text) instanceof ToHub.Goodbye goodbye ? goodbye : null;
    } catch (JsonException | IllegalArgumentException e) {
      return null;
    }
  }

  /** Lets it in; false when the session is over instead. */
  private boolean welcome(Member agent, ToHub.Hello said) throws IOException {
    if (sessions.isFull()) {
      refuse(Refusal.BUSY, "this hub has as many agents as it may: come again later");
      return false;
    }
    if (sessions.enter(agent, this) == Sessions.Entry.TAKEN) {
      refuse(
          Refusal.DUPLICATE,
          "another machine is connected with this key: give one of them a key of its own");
      return false;
    }
    boolean in = false;
    try {
      in = greet(agent, said);
    } catch (IllegalArgumentException e) {
      end(Link.PROTOCOL_ERROR, "the hello has too long texts");
    } catch (StoreException e) {
      LOG.log(Level.WARNING, "agent={0} is to come later: {1}", agent.name(), e.getMessage());
      refuse(Refusal.BUSY, "this hub cannot read its store now: come again later");
    } finally {
      if (!in) {
        sessions.leave(agent, this, Presence.Kind.LOST);
      }
    }
    return in;
  }

  private boolean greet(Member agent, ToHub.Hello said) throws IOException {
    if (agent.agent().state() != Agents.State.JOINED) {
      end(Link.COME_AGAIN, "not let in any more"); // Between the question and now.
      return false;
    }
    keep(() -> sessions.fleet().cameIn(agent, said));
    if (agent.agent().state() == Agents.State.REVOKED) {
      revoke(); // Between the question and now.
      awaitEnd();
      return false;
    }
    planHash = said.planHash();
    refused = !agent.agent().planProblems().isEmpty(); // In an earlier session.
    bearer = agent.number() + "." + secret();
    send(
        new ToAgent.Welcome(
            sessions.stored(agent.number(), said.epoch()),
            sessions.clock().millis(),
            addresses,
            Link.MAX_BATCHES,
            bearer));
    welcomed = true;
    offerPlan();
    sessions.moveRolloutOn();
    return true;
  }

  private void serve(Member agent) throws IOException {
    var why = Presence.Kind.LOST;
    try {
      why = listen(agent);
    } finally {
      sessions.leave(agent, this, why);
    }
  }

  /** What cannot be written now is said again at the next hello: no reason to lose the agent. */
  private static void keep(Runnable writing) {
    try {
      writing.run();
    } catch (StoreException e) {
      LOG.log(Level.WARNING, "not written down: {0}", e.getMessage());
    }
  }

  /** Returns how the agent went. */
  private Presence.Kind listen(Member agent) throws IOException {
    while (true) {
      String text;
      try {
        text = socket.receive(LOOK_EVERY);
      } catch (WebSocketClosedException e) {
        return Presence.Kind.LOST;
      }
      lookAtPlan(agent);
      if (text != null && !revoked) {
        try {
          if (handle(agent, LinkMessage.readToHub(text))) {
            return Presence.Kind.STOPPED;
          }
        } catch (JsonException | IllegalArgumentException e) {
          if (++mistakes > MAX_MISTAKES) {
            end(Link.PROTOCOL_ERROR, "too many messages were not understood");
            return Presence.Kind.LOST;
          }
          send(new ToEither.Problem(String.valueOf(e.getMessage())));
        }
      }
    }
  }

  /** Does what a message says; true when the agent goes. */
  private boolean handle(Member agent, LinkMessage message) {
    switch (message) {
      case ToHub.Results results -> store(agent, results);
      case ToHub.PlanStatus status -> planStatus(agent, status);
      case ToHub.RunOutput output -> sessions.runs().output(agent.number(), output);
      case ToHub.RunEnd end -> sessions.runs().ended(agent.number(), end);
      case ToHub.Goodbye goodbye -> {
        if (goodbye.leaving()) {
          keep(() -> sessions.fleet().left(agent));
        }
        return true;
      }
      case ToHub.Hello _ ->
          throw new IllegalArgumentException("a second hello: the session is open already");
      case ToEither.Problem problem ->
          LOG.log(Level.WARNING, "agent={0} says: {1}", agent.name(), problem.message());
      case ToAgent _ -> throw new AssertionError("the reader gives what goes to a hub");
    }
    return false;
  }

  /**
   * Waits while too much waits to be stored: then the agent is not read, and has to come again when
   * that takes too long. A batch that no store would take is acknowledged as well, or the agent
   * would send it for ever; intake has logged it.
   */
  private void store(Member agent, ToHub.Results results) {
    try {
      var _ =
          sessions
              .intake()
              .submit(agent.number(), results)
              .whenComplete(
                  (_, failure) -> {
                    if (failure == null || isForEver(failure)) {
                      send(new ToAgent.Ack(results.epoch(), results.first(), results.last()));
                    } else {
                      // The agent keeps it, and sends it again when it comes again.
                      close(TRY_LATER, "the hub cannot store results now");
                    }
                  });
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts a connection", e);
    }
  }

  private static boolean isForEver(Throwable failure) {
    return failure instanceof StoreException store && store.reason() == StoreException.Reason.FAULT;
  }

  private void planStatus(Member agent, ToHub.PlanStatus status) {
    if (status.applied()) {
      planHash = status.hash();
      refused = false;
    } else {
      refusedNanos = System.nanoTime();
      refused = true;
    }
    keep(
        () -> {
          if (sessions.plans().reported(agent, status)) {
            sessions.offerPlans();
          }
        });
  }

  /** Whether the agent has the plan that it is to run is looked at now and then, too. */
  private void lookAtPlan(Member agent) {
    long now = System.nanoTime();
    if (now - lookedNanos < LOOK_EVERY.toNanos()) {
      return;
    }
    lookedNanos = now;
    // What kept it from applying one may be over: a full disk, a hub that was busy.
    boolean again = refused && now - refusedNanos > OFFER_AGAIN.toNanos();
    if (again || !sessions.plans().isOffered(agent)) {
      refused = false;
      offerPlan();
    }
    sessions.moveRolloutOn(); // Who was waited for may have gone.
  }

  /**
   * Offers the agent its plan, unless that is the one it has. One offer after the other, so that
   * what was made of an older version of the plan does not follow what was made of a newer one. Not
   * before its welcome, which has what it fetches bundles with; then it is offered anyway.
   */
  void offerPlan() {
    var to = member;
    if (to == null || !welcomed) {
      return;
    }
    try {
      offerPlan(to);
    } catch (StoreException e) {
      LOG.log(Level.WARNING, "agent={0} has to wait for its plan: {1}", to.name(), e.getMessage());
    }
  }

  private void offerPlan(Member to) {
    boolean untold;
    synchronized (offering) {
      var wanted = sessions.plans().wanted(to);
      wanted
          // Offered what it runs, it knows that what it refused is not wanted any more.
          .filter(document -> refused || !document.hash().equals(planHash))
          .ifPresent(document -> send(new ToAgent.PlanOffer(document.hash(), document.text())));
      untold = wanted.isPresent() && wanted.get().hash().equals(planHash) && !to.runs(planHash);
    }
    if (untold) {
      // It said so in an earlier session, and that was lost.
      keep(() -> sessions.fleet().reported(to, new ToHub.PlanStatus(planHash, true, List.of())));
    }
  }

  void send(ToAgent message) {
    outgoing.send(message);
  }

  private void send(ToEither message) {
    outgoing.send(message);
  }

  void close(int code, String reason) {
    outgoing.close(code, reason);
  }

  /** Ends it at once, whether or not the agent reads: nothing more is taken of it. */
  void revoke() {
    revoked = true;
    outgoing.cut(Link.REVOKED, "revoked");
  }

  String bootId() {
    return bootId;
  }

  /** How long nothing has arrived of it. */
  Duration silence() {
    return socket.silence();
  }

  /**
   * Another one has come with this key.
   *
   * @return whether this one has shown life since another one came before
   */
  boolean contest() {
    var before = contested;
    long now = System.nanoTime();
    if (before == 0) {
      contested = now;
    }
    return before != 0 && now - before > silence().toNanos();
  }

  boolean isBearer(String text) {
    var wanted = bearer.getBytes(StandardCharsets.UTF_8);
    return wanted.length > 0
        && MessageDigest.isEqual(wanted, text.getBytes(StandardCharsets.UTF_8));
  }
}
