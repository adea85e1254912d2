package io.happo.hub.api;

import static java.util.Objects.requireNonNull;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.link.Join;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.classic.ClassicBook;
import io.happo.hub.dashboards.DashboardBook;
import io.happo.hub.export.Export;
import io.happo.hub.export.MemorySource;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.intake.Intake;
import io.happo.hub.intake.IntakeLimits;
import io.happo.hub.link.Runs;
import io.happo.hub.link.Sessions;
import io.happo.hub.notify.Notifier;
import io.happo.hub.settings.Secrets;
import io.happo.hub.store.Agents;
import io.happo.hub.store.AlertBook;
import io.happo.hub.store.ApiTokens;
import io.happo.hub.store.Audit;
import io.happo.hub.store.Bundles;
import io.happo.hub.store.Channels;
import io.happo.hub.store.Checks;
import io.happo.hub.store.ClassicHosts;
import io.happo.hub.store.Dashboards;
import io.happo.hub.store.Events;
import io.happo.hub.store.HubValues;
import io.happo.hub.store.Inventories;
import io.happo.hub.store.Messages;
import io.happo.hub.store.OutputBook;
import io.happo.hub.store.Plans;
import io.happo.hub.store.Results;
import io.happo.hub.store.Samples;
import io.happo.hub.store.SeriesNames;
import io.happo.hub.store.Silences;
import io.happo.hub.store.Store;
import io.happo.hub.store.Tokens;
import io.happo.hub.store.Users;
import io.happo.hub.store.WebSessions;
import io.happo.hub.web.WebDoor;
import io.happo.net.Headers;
import io.happo.net.Request;
import io.happo.net.Response;
import io.happo.net.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A hub without sockets: its API on a real store, with the users ada (admin), oleg (operator) and
 * vera (viewer).
 */
public final class TestHub implements AutoCloseable {
  public static final String PASSWORD = "a good long password";

  public final Rooms rooms;
  final ApiDoor door;
  private final Path folder;
  private final Store store;
  public final Router router = new Router();
  public final MemorySource samples = new MemorySource();
  private int joined;

  public TestHub(Path folder) {
    this(folder, "");
  }

  /**
   * @param url of a PostgreSQL; empty: SQLite
   */
  public TestHub(Path folder, String url) {
    this.folder = folder;
    var clock = Clock.systemUTC();
    store = Store.open(folder, url);
    var users = new Users(store);
    var apiTokens = new ApiTokens(store);
    var access = new Access(users, apiTokens, new WebSessions(store), clock);
    var fleet = new Fleet(new Agents(store), clock);
    var plans =
        new PlanBook(
            new Plans(store),
            new Bundles(store),
            new HubValues(store),
            fleet,
            bytes -> new byte[] {1, 2, 3},
            clock);
    var intake =
        new Intake(store, (agent, check) -> CheckSettings.DEFAULT, IntakeLimits.DEFAULT, clock);
    var secrets = secrets(folder);
    var notifier =
        new Notifier(
            new Channels(store), new Messages(store), new HubValues(store), secrets, clock);
    var export =
        new Export(
            new OutputBook(store),
            samples,
            new SeriesNames(store),
            fleet,
            new Checks(store),
            secrets,
            clock);
    var runs = new Runs(clock);
    var results = new Results(store);
    rooms =
        new Rooms(
            new Rooms.About("1.2.3", "00".repeat(16), "11".repeat(32), "https://hub.example:6778"),
            store,
            access,
            users,
            apiTokens,
            new Audit(store),
            new Tokens(store),
            fleet,
            new Sessions(fleet, plans, intake, results, runs, clock, 10),
            runs,
            plans,
            intake,
            new Checks(store),
            results,
            new Samples(store),
            new Events(store),
            new AlertBook(store),
            new Silences(store),
            new Messages(store),
            new Channels(store),
            notifier,
            new DashboardBook(new Dashboards(store), clock),
            export,
            Optional.empty(),
            new Inventories(store),
            new ClassicBook(new ClassicHosts(store), fleet, clock),
            clock);
    door = new ApiDoor(rooms);
    door.addTo(router, "1.2.3");
    new WebDoor(rooms).addTo(router);
    access.add("ada", Users.Role.ADMIN, PASSWORD);
    access.add("oleg", Users.Role.OPERATOR, PASSWORD);
    access.add("vera", Users.Role.VIEWER, PASSWORD);
  }

  private static Secrets secrets(Path folder) {
    try {
      return Secrets.open(folder.resolve("secrets.key"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An API token of a user. */
  String token(String user) {
    return rooms.access().newToken(user, "test", OptionalLong.empty());
  }

  public Response send(String method, String target, Headers headers, String body)
      throws Exception {
    return send(method, target, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  Response send(String method, String target, Headers headers, byte[] body) throws Exception {
    int question = target.indexOf('?');
    return router.handle(
        new Request(
            method,
            target,
            question < 0 ? target : target.substring(0, question),
            question < 0 ? "" : target.substring(question + 1),
            headers,
            body,
            new InetSocketAddress("192.0.2.1", 1234)));
  }

  public Response as(String user, String method, String target, String body) throws Exception {
    return send(method, target, Headers.of("Authorization", "Bearer " + token(user)), body);
  }

  Response as(String user, String method, String target, byte[] body) throws Exception {
    return send(method, target, Headers.of("Authorization", "Bearer " + token(user)), body);
  }

  static JsonObject json(Response response) throws JsonException {
    return Json.parseObject(response.body());
  }

  public static String text(Response response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  /** Has a new agent join; returns its id. */
  public String join() throws Exception {
    var secret = "a-secret-of-enough-characters" + joined++;
    rooms
        .tokens()
        .add(
            Access.sha256(secret),
            new Tokens.NewToken(
                "", "ada", 1, OptionalLong.empty(), OptionalInt.empty(), Map.of(), true));
    var key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded();
    var joining =
        rooms
            .fleet()
            .join(
                new Join.Request(
                    secret, Base64.getEncoder().encodeToString(key), Map.of(), Map.of()));
    return requireNonNull(joining.agent()).id();
  }

  /** From now on no deed can be written down. */
  void breakAudit() throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("hub.db"));
        var statement = connection.createStatement()) {
      statement.execute(
          "CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END");
    }
  }

  @Override
  public void close() {
    rooms.export().close();
    store.close();
  }
}
