package io.happo.hub.fleet;

import static java.util.Objects.requireNonNull;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonValue;
import io.happo.core.Sha256;
import io.happo.core.link.Join;
import io.happo.hub.store.Agents;
import io.happo.hub.store.Bundles;
import io.happo.hub.store.HubValues;
import io.happo.hub.store.Plans;
import io.happo.hub.store.Store;
import io.happo.hub.store.Tokens;
import io.happo.program.files.AtomicFile;
import io.happo.program.keys.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** A fleet and its plan on a real store, with a clock that only the test moves. */
public final class TestFleet {
  public static final long NOW = 1_800_000_000_000L;

  /** A key in PKCS#8 before its 32 bytes. */
  private static final String PKCS8 = "302e020100300506032b657004220420";

  public final Store store;
  public final Tokens tokens;
  public final Agents agents;
  public final Fleet fleet;
  public final PlanBook plans;
  public final SigningKey signing;
  private final AtomicLong millis = new AtomicLong(NOW);
  public final InstantSource clock = () -> Instant.ofEpochMilli(millis.get());
  private final Path folder;
  private int secrets;

  /**
   * @param folder for keys
   */
  public TestFleet(Store store, Path folder) throws IOException {
    this.store = store;
    this.folder = folder;
    tokens = new Tokens(store);
    agents = new Agents(store);
    signing = key("hub");
    fleet = new Fleet(agents, clock);
    plans = openPlans();
  }

  /** The fleet as a hub finds it that starts now. */
  Fleet openFleet() {
    return new Fleet(agents, clock);
  }

  /** The plan as a hub finds it that starts now. */
  PlanBook openPlans() {
    return new PlanBook(
        new Plans(store), new Bundles(store), new HubValues(store), fleet, signing::sign, clock);
  }

  public void pass(Duration time) {
    millis.addAndGet(time.toMillis());
  }

  /** The same for the same name, in every test: who is of a share hangs on it. */
  public SigningKey key(String name) throws IOException {
    var file = folder.resolve(name + ".key");
    if (!Files.exists(file)) {
      var der = HexFormat.of().parseHex(PKCS8 + Sha256.of(name));
      var base64 = Base64.getEncoder().encodeToString(der);
      var pem = "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n";
      AtomicFile.write(file, pem.getBytes(StandardCharsets.US_ASCII));
    }
    return SigningKey.open(file);
  }

  /** The secret of a new token that serves for ever. */
  public String token(boolean approves) {
    return token(approves, OptionalLong.empty(), OptionalInt.empty());
  }

  /** The secret of a new token. */
  public String token(boolean approves, OptionalLong expiresAt, OptionalInt uses) {
    var secret = "a-secret-of-enough-characters-" + ++secrets;
    tokens.add(
        Fleet.sha256(secret.getBytes(StandardCharsets.UTF_8)),
        new Tokens.NewToken(
            "test", "ada", clock.millis(), expiresAt, uses, Map.of("of", "token"), approves));
    return secret;
  }

  /** How an agent of that name asks to be taken in. */
  public Join.Request asking(String name, String secret, Map<String, String> tags)
      throws IOException {
    return new Join.Request(secret, key(name).publicKey(), Map.of("hostname", name), tags);
  }

  /** An agent that has joined. */
  public Member member(String name, Map<String, String> tags) throws IOException {
    var agent = requireNonNull(fleet.join(asking(name, token(true), tags)).agent());
    return fleet.byId(agent.id()).orElseThrow();
  }

  /** A plan of one file; single quotes stand for double ones. */
  public static SortedMap<String, JsonValue> plan(String json) throws JsonException {
    var files = new TreeMap<String, JsonValue>();
    files.put("plan.yaml", Json.parse(json.replace('\'', '"')));
    return files;
  }

  /** A plan of one check, which all agents run. */
  public static SortedMap<String, JsonValue> planOf(String commandLine) throws JsonException {
    return plan("{'checks': [{'name': 'load', 'plugin': '" + commandLine + "', 'every': '1m'}]}");
  }
}
