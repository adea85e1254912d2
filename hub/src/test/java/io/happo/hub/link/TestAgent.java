package io.happo.hub.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.JsonException;
import io.happo.core.link.Item;
import io.happo.core.link.Join;
import io.happo.core.link.Link;
import io.happo.core.link.LinkMessage;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToHub;
import io.happo.net.Headers;
import io.happo.net.HttpsClient;
import io.happo.net.Response;
import io.happo.net.Trust;
import io.happo.net.WebSocket;
import io.happo.net.WebSocketClosedException;
import io.happo.net.WebSocketSettings;
import io.happo.program.keys.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An agent that says what a test wants, and answers nothing by itself. */
final class TestAgent implements AutoCloseable {
  static final String EPOCH = "epoch-1";
  private static final Duration LONG = Duration.ofSeconds(40); // A machine may have other work.
  private static final WebSocketSettings SETTINGS =
      new WebSocketSettings(4 * Link.MAX_MESSAGE_BYTES, LONG, 2);

  final String name;
  final SigningKey key;
  String bootId = "boot-1";
  String planHash = "";
  private final LinkedHub hub;
  private final HttpsClient client = new HttpsClient(new Trust.Anything(), Optional.empty());

  TestAgent(LinkedHub hub, String name) throws IOException {
    this.hub = hub;
    this.name = name;
    this.key = hub.test.key(name);
  }

  /** One that has joined. */
  static TestAgent joined(LinkedHub hub, String name) throws IOException {
    var agent = new TestAgent(hub, name);
    assertThat(agent.join(hub.test.token(true)).status()).isEqualTo(200);
    return agent;
  }

  Response join(String secret) throws IOException {
    return post(hub.test.asking(name, secret, Map.of()).toJson());
  }

  Response post(byte[] body) throws IOException {
    return client.send("POST", uri("https", Link.JOIN_PATH), Headers.NONE, body, LONG);
  }

  /** Why it is not taken in for a token. */
  Join.Reason refusal(String secret) throws Exception {
    var answer = join(secret);
    assertThat(answer.status()).isEqualTo(403);
    return Join.Refused.read(answer.body()).reason();
  }

  Response bundle(String sha256, Headers headers) throws IOException {
    return client.send("GET", uri("https", Link.BUNDLE_PATH + sha256), headers, new byte[0], LONG);
  }

  private URI uri(String scheme, String path) {
    return URI.create(scheme + "://127.0.0.1:" + hub.port() + path);
  }

  /** Connects, and waits for the challenge. */
  Talk open() throws Exception {
    var socket =
        client.openWebSocket(
            uri("wss", Link.PATH), Headers.NONE, List.of(Link.SUBPROTOCOL), SETTINGS, LONG);
    return new Talk(socket);
  }

  /** Connects and says who it is. */
  Talk hello() throws Exception {
    var talk = open();
    talk.say(hello(talk.challenge));
    return talk;
  }

  /** Connects, and is taken. */
  Talk connect() throws Exception {
    var talk = hello();
    talk.welcome = talk.next(ToAgent.Welcome.class);
    return talk;
  }

  ToHub.Hello hello(ToAgent.Challenge challenge) {
    return hello(key.sign(Link.challenge(challenge.hubId(), challenge.nonce(), key.id())));
  }

  ToHub.Hello hello(String signature) {
    return hello(signature, Map.of());
  }

  ToHub.Hello hello(String signature, Map<String, String> tags) {
    return new ToHub.Hello(
        key.id(), signature, "1.2.3", bootId, EPOCH, planHash, List.of(), "dns", tags, Map.of());
  }

  /** Results of one check with these sequences. */
  static ToHub.Results results(long first, long last) {
    var items = new ArrayList<Item>();
    for (long sequence = first; sequence <= last; sequence++) {
      items.add(new Item.CheckResult("load", 1_000 + sequence, 5, 0, 0, "OK", ""));
    }
    return new ToHub.Results(EPOCH, first, items);
  }

  @Override
  public void close() {
    client.close();
  }

  /** A conversation. Only who asks for the next message reads anything. */
  static final class Talk {
    final WebSocket socket;
    final ToAgent.Challenge challenge;
    ToAgent.Welcome welcome = new ToAgent.Welcome(List.of(), 0, List.of(), 1, "");

    private Talk(WebSocket socket) throws IOException, JsonException {
      this.socket = socket;
      this.challenge = next(ToAgent.Challenge.class);
    }

    void say(LinkMessage message) throws IOException {
      socket.send(message.toJson());
    }

    /** The next message. */
    LinkMessage next() throws IOException, JsonException {
      var text = socket.receive(LONG);
      assertThat(text).as("a message").isNotNull();
      return LinkMessage.readToAgent(String.valueOf(text));
    }

    /** The next message of a kind; others before it are passed over. */
    <T extends LinkMessage> T next(Class<T> kind) throws IOException, JsonException {
      var message = next();
      while (!kind.isInstance(message)) {
        message = next();
      }
      return kind.cast(message);
    }

    /** Delivers, and waits until that is stored. */
    void deliver(ToHub.Results results) throws IOException, JsonException {
      say(results);
      assertThat(next(ToAgent.Ack.class))
          .isEqualTo(new ToAgent.Ack(results.epoch(), results.first(), results.last()));
    }

    /** Reads until the hub ends it; the code it ends it with. */
    int ending() throws IOException {
      try {
        while (true) {
          assertThat(socket.receive(LONG)).as("something, or the end").isNotNull();
        }
      } catch (WebSocketClosedException e) {
        return e.code();
      }
    }

    /** Goes without a word. */
    void vanish() {
      socket.close();
    }
  }
}
