package io.happo.bench;

import io.happo.core.JsonException;
import io.happo.core.link.Item;
import io.happo.core.link.Join;
import io.happo.core.link.JoinToken;
import io.happo.core.link.Link;
import io.happo.core.link.LinkMessage;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToHub;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.WebSocket;
import io.happo.net.WebSocketSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** One agent of the simulated fleet: a key, a session, and a queue that is a counter. */
final class SimulatedAgent {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final WebSocketSettings SETTINGS =
      new WebSocketSettings(Link.MAX_MESSAGE_BYTES, Link.PING_EVERY, Link.MISSED_PINGS);

  private static final List<String> WORDS = List.of("OK", "WARNING", "CRITICAL", "UNKNOWN");

  private final String name;
  private final URI hub;
  private final HttpsClient client;
  private final KeyPair keys;
  private final String id;
  private final String epoch;
  private final Map<Long, Long> waiting = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Long> latencies;
  private final Semaphore window = new Semaphore(Link.MAX_BATCHES);
  private volatile Optional<WebSocket> socket = Optional.empty();
  private volatile boolean welcome;
  private volatile int status;
  private long next = 1;

  /**
   * @param latencies gets the nanoseconds from each batch to its acknowledgement
   */
  SimulatedAgent(String name, URI hub, HttpsClient client, ConcurrentLinkedQueue<Long> latencies)
      throws GeneralSecurityException {
    this.name = name;
    this.hub = hub;
    this.client = client;
    this.latencies = latencies;
    this.keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    this.id =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(keys.getPublic().getEncoded()));
    this.epoch = HexFormat.of().toHexDigits(System.nanoTime()) + id.substring(0, 16);
  }

  void join(JoinToken token) throws IOException {
    var request =
        new Join.Request(
            token.secret(),
            Base64.getEncoder().encodeToString(keys.getPublic().getEncoded()),
            Map.of("hostname", name, "os", "linux"),
            Map.of());
    var answer =
        client.send(
            "POST",
            hub.resolve(Link.JOIN_PATH),
            Headers.of("Content-Type", "application/json"),
            request.toJson(),
            DEADLINE);
    if (answer.status() != 200) {
      throw new IOException(
          name + " cannot join: " + new String(answer.body(), StandardCharsets.UTF_8));
    }
  }

  /** Connects, and answers until the connection ends. */
  void live() throws IOException {
    try (var opened =
        client.openWebSocket(
            hub.resolve(Link.PATH), Headers.NONE, List.of(Link.SUBPROTOCOL), SETTINGS, DEADLINE)) {
      socket = Optional.of(opened);
      while (true) {
        var text = opened.receive(Duration.ofHours(1));
        if (text != null) {
          handle(opened, text);
        }
      }
    } finally {
      welcome = false;
      socket = Optional.empty();
    }
  }

  private void handle(WebSocket opened, String text) throws IOException {
    LinkMessage message;
    try {
      message = LinkMessage.readToAgent(text);
    } catch (JsonException e) {
      throw new IOException(name + ": " + e.getMessage(), e);
    }
    if (message instanceof ToAgent.Challenge challenge) {
      opened.send(hello(challenge).toJson());
    } else if (message instanceof ToAgent.Welcome) {
      welcome = true;
    } else if (message instanceof ToAgent.Ack ack) {
      var sent = waiting.remove(ack.first());
      if (sent != null) {
        latencies.add(System.nanoTime() - sent);
        window.release();
      }
    } else if (message instanceof ToAgent.Run run) {
      opened.send(new ToHub.RunOutput(run.id(), "OK - simulated\n").toJson());
      opened.send(new ToHub.RunEnd(run.id(), "exited", Optional.of(result()), "").toJson());
    }
  }

  private ToHub.Hello hello(ToAgent.Challenge challenge) throws IOException {
    try {
      var signature = Signature.getInstance("Ed25519");
      signature.initSign(keys.getPrivate());
      signature.update(
          Link.challenge(challenge.hubId(), challenge.nonce(), id)
              .getBytes(StandardCharsets.UTF_8));
      return new ToHub.Hello(
          id,
          Base64.getEncoder().encodeToString(signature.sign()),
          "simulated",
          "boot-" + name,
          epoch,
          "",
          List.of(),
          "literal",
          Map.of(),
          Map.of("hostname", name, "os", "linux"));
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  boolean isWelcome() {
    return welcome;
  }

  /** Batches that nobody has acknowledged yet. */
  int waiting() {
    return waiting.size();
  }

  /** From now on its check ends like this: 0 to 3. */
  void become(int status) {
    this.status = status;
  }

  private Item.CheckResult result() {
    int now = status;
    return new Item.CheckResult(
        "check_load",
        System.currentTimeMillis(),
        12,
        now,
        now,
        WORDS.get(now) + " - load average: 0.21, 0.35, 0.40|load1=0.210;5;10;0; load5=0.350;4;6;0;",
        "");
  }

  /** Sends one batch, once less than 8 wait; false when there is no session. */
  synchronized boolean send(int items) throws IOException, InterruptedException {
    var to = socket;
    if (to.isEmpty() || !welcome || !window.tryAcquire(30, TimeUnit.SECONDS)) {
      return false;
    }
    var batch = new ArrayList<Item>();
    for (int i = 0; i < items; i++) {
      batch.add(result());
    }
    long first = next;
    next += items;
    waiting.put(first, System.nanoTime());
    to.get().send(new ToHub.Results(epoch, first, batch).toJson());
    return true;
  }
}
