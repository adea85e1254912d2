package io.happo.agent.uplink;

import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.core.link.Item;
import io.happo.core.link.Join;
import io.happo.core.link.JoinToken;
import io.happo.core.link.Link;
import io.happo.core.link.LinkMessage;
import io.happo.core.link.Range;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToEither;
import io.happo.core.link.ToHub;
import io.happo.net.Headers;
import io.happo.net.HttpsServer;
import io.happo.net.HttpsServerSettings;
import io.happo.net.Identity;
import io.happo.net.Request;
import io.happo.net.Response;
import io.happo.net.WebSocket;
import io.happo.net.WebSocketSettings;
import io.happo.net.WebSocketUpgrade;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A small hub that keeps all in memory and does what a test wants: loses acknowledgements, cuts, is
 * busy, lies.
 */
final class TwinHub implements AutoCloseable {
  static final String HUB_ID = "00112233445566778899aabbccddeeff";
  static final String SECRET = "a-secret-of-enough-characters";
  private static final Identity IDENTITY = Identity.selfSigned("hub.test");

  /** What may happen to a batch after it was stored. */
  enum Fate {
    LOSE_ACK,
    CUT
  }

  final Map<String, String> stored = new ConcurrentHashMap<>(); // JSON by epoch and sequence
  final List<Long> order = new CopyOnWriteArrayList<>(); // sequences as they came
  final List<LinkMessage> heard = new CopyOnWriteArrayList<>(); // but results
  final List<Join.Request> joins = new CopyOnWriteArrayList<>();
  final Map<String, byte[]> keys = new ConcurrentHashMap<>(); // by the agent's id
  volatile String hubId = HUB_ID;
  volatile Response joinAnswer =
      new Response(200, Headers.NONE, new Join.Accepted(false, HUB_ID, "").toJson());
  volatile Optional<Response> refusal = Optional.empty(); // of the upgrade
  volatile Optional<ToAgent> welcomeInstead = Optional.empty();
  volatile List<String> addresses = List.of();
  volatile Predicate<ToHub.Results> isUnlucky = results -> false;
  volatile Fate unlucky = Fate.LOSE_ACK;
  volatile boolean tellsStored = true;
  volatile @Nullable WebSocket talking;

  private final HttpsServer server;

  TwinHub() throws IOException {
    this(0);
  }

  TwinHub(int port) throws IOException {
    server =
        HttpsServer.start(
            new HttpsServerSettings(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port),
                100,
                16_384,
                1 << 20,
                8 << 20,
                Duration.ofSeconds(30),
                Optional.empty()),
            IDENTITY,
            this::handle);
  }

  int port() {
    return server.address().getPort();
  }

  URI uri() {
    return URI.create("https://127.0.0.1:" + port());
  }

  static JoinToken token() {
    return new JoinToken(HUB_ID, Optional.of(pin()), SECRET);
  }

  static String pin() {
    var base64 = IDENTITY.pin().toString().substring("sha256//".length());
    return HexFormat.of().formatHex(Base64.getDecoder().decode(base64));
  }

  private Response handle(Request request) throws JsonException {
    return switch (request.path()) {
      case Link.JOIN_PATH -> join(Join.Request.read(request.body()));
      case Link.PATH ->
          refusal.orElseGet(
              () ->
                  Response.webSocket(
                      WebSocketUpgrade.of(
                          Optional.of(Link.SUBPROTOCOL),
                          new WebSocketSettings(
                              Link.MAX_MESSAGE_BYTES, Link.PING_EVERY, Link.MISSED_PINGS),
                          this::talk)));
      case Link.BUNDLE_PATH + "abc" ->
          Response.text(200, "for " + request.headers().first("Authorization").orElse("nobody"));
      default -> Response.text(404, "not here");
    };
  }

  private Response join(Join.Request join) {
    joins.add(join);
    keys.put(id(join.publicKey()), Base64.getDecoder().decode(join.publicKey()));
    return joinAnswer;
  }

  private static String id(String publicKey) {
    try {
      return HexFormat.of()
          .formatHex(
              java.security.MessageDigest.getInstance("SHA-256")
                  .digest(Base64.getDecoder().decode(publicKey)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void talk(WebSocket socket) throws Exception {
    var nonce = Integer.toHexString(socket.hashCode());
    socket.send(new ToAgent.Challenge(hubId, nonce).toJson());
    var first = LinkMessage.readToHub(receive(socket));
    heard.add(first);
    var hello = (ToHub.Hello) first;
    if (!proves(hello, nonce)) {
      socket.close(Link.PROTOCOL_ERROR, "bad signature");
      return;
    }
    if (welcomeInstead.isPresent()) {
      socket.send(welcomeInstead.get().toJson());
      if (welcomeInstead.get() instanceof ToAgent.Pending) {
        talking = socket;
        while (true) {
          heard.add(LinkMessage.readToHub(receive(socket)));
        }
      }
      socket.close();
      return;
    }
    socket.send(
        new ToAgent.Welcome(
                tellsStored ? ranges(hello.epoch()) : List.of(), 0, addresses, 8, "bearer-" + nonce)
            .toJson());
    talking = socket;
    boolean more = true;
    while (more) {
      more = take(socket, LinkMessage.readToHub(receive(socket)));
    }
  }

  private boolean proves(ToHub.Hello hello, String nonce) throws GeneralSecurityException {
    var key = keys.get(hello.agentId());
    if (key == null) {
      return false;
    }
    var signature = Signature.getInstance("Ed25519");
    signature.initVerify(
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(key)));
    signature.update(
        Link.challenge(hubId, nonce, hello.agentId()).getBytes(StandardCharsets.UTF_8));
    return signature.verify(Base64.getDecoder().decode(hello.signature()));
  }

  private static String receive(WebSocket socket) throws IOException {
    var text = socket.receive(Duration.ofMinutes(5));
    if (text == null) {
      throw new IOException("nothing came");
    }
    return text;
  }

  /** Does what a message wants; false when the session is to be cut. */
  private boolean take(WebSocket socket, LinkMessage message) throws IOException {
    if (!(message instanceof ToHub.Results results)) {
      heard.add(message);
      return true;
    }
    long sequence = results.first();
    for (var item : results.items()) {
      var json = new JsonWriter();
      item.write(json);
      var before = stored.put(results.epoch() + " " + sequence, json.toString());
      if (before != null && !before.equals(json.toString())) {
        throw new AssertionError("two items are " + results.epoch() + " " + sequence);
      }
      order.add(sequence++);
    }
    if (isUnlucky.test(results)) {
      return unlucky != Fate.CUT;
    }
    socket.send(new ToAgent.Ack(results.epoch(), results.first(), results.last()).toJson());
    return true;
  }

  private List<Range> ranges(String epoch) {
    var sequences = new ConcurrentSkipListMap<Long, String>();
    stored.forEach(
        (name, item) -> {
          if (name.startsWith(epoch + " ")) {
            sequences.put(Long.parseLong(name.substring(epoch.length() + 1)), item);
          }
        });
    var ranges = new ArrayList<Range>();
    for (long sequence : sequences.keySet()) {
      if (!ranges.isEmpty() && ranges.getLast().last() == sequence - 1) {
        ranges.set(ranges.size() - 1, new Range(ranges.getLast().first(), sequence));
      } else {
        ranges.add(new Range(sequence, sequence));
      }
    }
    return ranges;
  }

  /** Says something to the agent that is connected. */
  void say(LinkMessage message) throws IOException {
    say(message.toJson());
  }

  void say(String text) throws IOException {
    var socket = talking;
    if (socket == null) {
      throw new WebSocketMissing();
    }
    socket.send(text);
  }

  private static final class WebSocketMissing extends IOException {
    WebSocketMissing() {
      super("nobody is connected");
    }
  }

  /** Ends the session with this code. */
  void end(int code) {
    var socket = talking;
    if (socket != null) {
      socket.close(code, "");
    }
  }

  /** The messages of a kind that were heard. */
  <T extends LinkMessage> List<T> heard(Class<T> kind) {
    return heard.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  List<String> problems() {
    return heard(ToEither.Problem.class).stream().map(ToEither.Problem::message).toList();
  }

  /** What the events of a name say, in the order of their sequences. */
  List<Item.Event> events(String name) {
    var events = new TreeMap<String, Item.Event>();
    stored.forEach(
        (key, json) -> {
          try {
            if (Item.read((io.happo.core.JsonObject) io.happo.core.Json.parse(json))
                    instanceof Item.Event event
                && event.name().equals(name)) {
              events.put(key, event);
            }
          } catch (JsonException e) {
            throw new IllegalStateException(e);
          }
        });
    return List.copyOf(events.values());
  }

  @Override
  public void close() {
    server.close();
  }
}
