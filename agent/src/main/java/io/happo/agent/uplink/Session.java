package io.happo.agent.uplink;

import io.happo.agent.buffer.Outbox;
import io.happo.agent.buffer.Sending;
import io.happo.core.JsonException;
import io.happo.core.link.Link;
import io.happo.core.link.LinkMessage;
import io.happo.core.link.Refusal;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToEither;
import io.happo.core.link.ToHub;
import io.happo.net.WebSocket;
import io.happo.net.WebSocketClosedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One conversation with the hub, from its challenge to its end. The thread that talks receives all
 * there is; results, plans and runs have threads of their own. A message that is not understood is
 * answered, and the session goes on; {@link #MAX_PROBLEMS} of them end it.
 */
final class Session {
  /** Messages that are not understood. */
  static final int MAX_PROBLEMS = 20;

  /** What the hub may have running at once. */
  static final int MAX_RUNS = 16;

  /** A hub that acknowledges nothing for so long is not one to wait for. */
  private static final Duration ACK_DEADLINE = Duration.ofMinutes(1);

  /** From the hello until the hub says whether it takes the agent. */
  private static final Duration ANSWER_DEADLINE = Duration.ofMinutes(1);

  private static final Duration LOOK_EVERY = Duration.ofSeconds(15);
  private static final int NORMAL = 1_000;
  private static final int CHUNK_CHARS = 64 * 1_024;

  private static final Logger LOG = System.getLogger(Session.class.getName());

  /** How a session went. */
  enum Ending {
    /** The connection went, or this side ended it. */
    LOST,
    /** The hub wants the agent to come again at once. */
    COME_AGAIN,
    /** The hub does not take the agent. */
    REFUSED
  }

  /**
   * The end of a session.
   *
   * @param atLeast the hub does not want to be asked again before
   */
  record End(Ending ending, String why, Optional<Refusal> refusal, Duration atLeast) {
    static End lost(String why) {
      return new End(Ending.LOST, why, Optional.empty(), Duration.ZERO);
    }

    End notBefore(Duration after) {
      return new End(ending, why, refusal, after);
    }

    /** Whether it will stay so until a person does something about it. */
    boolean isForPeople() {
      return refusal.isPresent() && refusal.get() != Refusal.BUSY;
    }
  }

  /** Who answers is a hub, but not the one that the agent belongs to. */
  static final class AnotherHubException extends IOException {
    AnotherHubException(String message) {
      super(message);
    }
  }

  /** Whom a session tells. */
  interface Listener {
    /** The hub has taken the agent. */
    void welcomed(ToAgent.Welcome welcome);

    /** The agent waits for its approval. */
    void pending();

    /** Whether the agent would find the hub better if it came again; may take some seconds. */
    boolean isToComeAgain();

    /** The hub wants a plan applied; its status is to be sent by {@link #send}. */
    void offered(ToAgent.PlanOffer offer, Session from);
  }

  private final WebSocket socket;
  private final Outbox outbox;
  private final RunNow runs;
  private final Listener listener;
  private final Set<String> running = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Sending sending;
  private volatile boolean over;
  private volatile boolean answered; // The hello: the hub has taken the agent, or lets it wait.
  private volatile String epoch = ""; // That of the hello.
  private @Nullable Thread sender; // Of the thread that talks, as the next.
  private int problems;

  Session(WebSocket socket, Outbox outbox, RunNow runs, Listener listener) {
    this.socket = socket;
    this.outbox = outbox;
    this.runs = runs;
    this.listener = listener;
  }

  /**
   * Waits for the hub's challenge.
   *
   * @throws IOException when there is none in time; {@link AnotherHubException} when it is of
   *     another hub
   */
  ToAgent.Challenge challenge(String hubId) throws IOException {
    var text = socket.receive(Link.HELLO_DEADLINE);
    if (text == null) {
      throw new IOException(
          "the hub said nothing within " + Link.HELLO_DEADLINE.toSeconds() + " s");
    }
    try {
      if (LinkMessage.readToAgent(text) instanceof ToAgent.Challenge challenge) {
        if (!challenge.hubId().equals(hubId)) {
          throw new AnotherHubException(
              "there is another hub: " + challenge.hubId() + ", not " + hubId);
        }
        return challenge;
      }
    } catch (JsonException e) {
      throw new AnotherHubException("who answers is no hub: " + e.getMessage());
    }
    throw new AnotherHubException("who answers did not begin as a hub does");
  }

  /** Says who is here and talks until it is over. */
  End talk(ToHub.Hello hello) {
    epoch = hello.epoch();
    try {
      send(hello);
      long begin = System.nanoTime();
      while (true) {
        var text = socket.receive(LOOK_EVERY);
        refuseSilence(System.nanoTime() - begin);
        var end = text == null ? null : heard(read(text));
        if (end == null && running.isEmpty() && listener.isToComeAgain()) {
          socket.close(NORMAL, "coming again");
          end =
              new End(
                  Ending.COME_AGAIN,
                  "its name leads elsewhere than before: trying that",
                  Optional.empty(),
                  Duration.ZERO);
        }
        if (end != null) {
          return end;
        }
      }
    } catch (WebSocketClosedException e) {
      return closed(e);
    } catch (IOException e) {
      return End.lost(String.valueOf(e.getMessage()));
    } finally {
      end();
    }
  }

  /**
   * Does what a message wants; returns the end of the session if it is one. No switch over types:
   * the JVM would load 150 classes for it.
   */
  private @Nullable End heard(@Nullable LinkMessage message) throws IOException {
    if (message instanceof ToAgent.Ack ack) {
      acknowledged(ack);
    } else if (message instanceof ToAgent.PlanOffer offer) {
      listener.offered(offer, this);
    } else if (message instanceof ToAgent.Run run) {
      begin(run);
    } else if (message instanceof ToAgent.Cancel cancel) {
      runs.cancel(cancel.id());
    } else if (message instanceof ToAgent.Welcome welcome && sender == null) {
      answered = true;
      listener.welcomed(welcome);
      sender = Thread.ofVirtual().name("happo-uplink-sender").start(() -> sendAll(welcome));
    } else if (message instanceof ToAgent.Pending) {
      answered = true;
      listener.pending();
    } else if (message instanceof ToAgent.Refused refused) {
      return new End(
          Ending.REFUSED,
          refused.message(),
          Optional.of(refused.reason()),
          Duration.ofSeconds(refused.retryAfterSeconds()));
    } else if (message instanceof ToEither.Problem told) {
      LOG.log(Level.WARNING, "hub did not understand: {0}", told.message());
    } else if (message != null) {
      problem(message.type() + " is not expected here");
    }
    return null;
  }

  private static End closed(WebSocketClosedException e) {
    var why = String.valueOf(e.getMessage());
    return switch (e.code()) {
      case Link.COME_AGAIN -> new End(Ending.COME_AGAIN, why, Optional.empty(), Duration.ZERO);
      case Link.REVOKED ->
          new End(Ending.REFUSED, why, Optional.of(Refusal.REVOKED), Duration.ZERO);
      default -> End.lost(why);
    };
  }

  /** What was said; null when it was not understood, which has been answered. */
  private @Nullable LinkMessage read(String text) throws IOException {
    try {
      return LinkMessage.readToAgent(text);
    } catch (JsonException | IllegalArgumentException e) {
      problem(String.valueOf(e.getMessage()));
      return null;
    }
  }

  private void problem(String what) throws IOException {
    problems++;
    if (problems > MAX_PROBLEMS) {
      socket.close(Link.PROTOCOL_ERROR, "too much that is not understood");
      throw new IOException("the hub said too much that is not understood; at last: " + what);
    }
    LOG.log(Level.WARNING, "hub said what is not understood: {0}", what);
    send(new ToEither.Problem(what));
  }

  private void refuseSilence(long nanos) throws IOException {
    if (!answered && nanos > ANSWER_DEADLINE.toNanos()) {
      throw new IOException(
          "the hub has not answered the hello within " + ANSWER_DEADLINE.toSeconds() + " s");
    }
    var present = sending;
    if (present != null && present.silence().compareTo(ACK_DEADLINE) > 0) {
      throw new IOException(
          "the hub has acknowledged nothing for " + ACK_DEADLINE.toSeconds() + " s");
    }
  }

  /** Says something; any thread. */
  void send(LinkMessage message) throws IOException {
    socket.send(message.toJson());
  }

  private void sendAll(ToAgent.Welcome welcome) {
    try {
      var begun = outbox.begin(epoch, welcome.stored(), welcome.maxBatches());
      sending = begun;
      while (!over) {
        var batch = begun.next(LOOK_EVERY);
        if (batch != null) {
          socket.send(ToHub.Results.toJson(batch.epoch(), batch.first(), batch.items()));
        }
      }
    } catch (WebSocketClosedException e) {
      // Who receives knows.
    } catch (IOException e) {
      LOG.log(Level.WARNING, "results wait: {0}", e.getMessage());
      socket.close(NORMAL, "nothing can be read from the disk");
    } catch (RuntimeException e) {
      // A session that sends nothing would look like a good one.
      LOG.log(Level.ERROR, "results wait: the agent failed to send them", e);
      socket.close(NORMAL, "the agent failed");
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }

  private void acknowledged(ToAgent.Ack ack) throws IOException {
    var present = sending;
    if (present == null) {
      problem("ack of what was not sent");
    } else {
      present.acknowledged(ack.epoch(), ack.first(), ack.upTo());
    }
  }

  private void begin(ToAgent.Run run) throws IOException {
    if (running.size() >= MAX_RUNS) {
      send(
          new ToHub.RunEnd(
              run.id(), "refused", Optional.empty(), MAX_RUNS + " runs are under way already"));
    } else if (!running.add(run.id())) {
      problem("run " + run.id() + " is under way already");
    } else {
      runs.expect(run.id()); // The next message may cancel it.
      Thread.ofVirtual().name("happo-run-now").start(() -> run(run));
    }
  }

  private void run(ToAgent.Run run) {
    ToHub.RunEnd end;
    try {
      end = runs.run(run, text -> output(run.id(), text));
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a run of the hub failed", e);
      end = new ToHub.RunEnd(run.id(), "failed", Optional.empty(), String.valueOf(e.getMessage()));
    }
    running.remove(run.id());
    try {
      send(end);
    } catch (IOException e) {
      // Nobody is there to be told.
    }
  }

  private void output(String id, String text) {
    try {
      for (int from = 0; from < text.length(); ) {
        int to = Math.min(text.length(), from + CHUNK_CHARS);
        if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
          to--; // A character is not torn apart.
        }
        send(new ToHub.RunOutput(id, text.substring(from, to)));
        from = to;
      }
    } catch (IOException e) {
      // The run is cancelled by who receives.
    }
  }

  /**
   * Says goodbye and ends the session; any thread.
   *
   * @param leaving whether the agent will not come again
   * @return whether the hub was told, and knew whom it heard
   */
  boolean stop(boolean leaving) {
    boolean told = answered;
    try {
      send(new ToHub.Goodbye(leaving));
    } catch (IOException e) {
      told = false; // It is over already.
    }
    socket.close(NORMAL, "");
    return told;
  }

  private void end() {
    over = true;
    var present = sending;
    if (present != null) {
      present.end();
    }
    running.forEach(runs::cancel);
    socket.close(NORMAL, "");
    try {
      // Its session must not begin to send when the next one has.
      if (sender != null) {
        sender.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
