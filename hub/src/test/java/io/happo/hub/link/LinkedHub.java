package io.happo.hub.link;

import io.happo.core.link.Range;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.fleet.Member;
import io.happo.hub.fleet.TestFleet;
import io.happo.hub.intake.Intake;
import io.happo.hub.intake.IntakeLimits;
import io.happo.hub.store.Results;
import io.happo.hub.store.Store;
import io.happo.net.HttpsServer;
import io.happo.net.HttpsServerSettings;
import io.happo.net.Identity;
import io.happo.net.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The link's side of a hub: a real server and a real store, with a clock that the test moves. */
final class LinkedHub implements AutoCloseable {
  static final String HUB_ID = "00112233445566778899aabbccddeeff";
  static final String ELSEWHERE = "hub.example:6778";
  private static final Identity IDENTITY = Identity.selfSigned("hub.test");
  private static final Duration DRAIN = Duration.ofSeconds(20);

  final TestFleet test;
  final Runs runs;
  final Sessions sessions;
  final Results results;
  private final Intake intake;
  private final HttpsServer server;

  /**
   * @param most agents at once
   */
  LinkedHub(Path folder, int most) throws IOException {
    test = new TestFleet(Store.open(folder, ""), folder);
    intake =
        new Intake(test.store, (_, _) -> CheckSettings.DEFAULT, IntakeLimits.DEFAULT, test.clock);
    intake.start();
    runs = new Runs(test.clock);
    results = new Results(test.store);
    sessions = new Sessions(test.fleet, test.plans, intake, results, runs, test.clock, most);
    var router = new Router();
    new LinkDoor(sessions, HUB_ID, test.signing.publicKey(), List.of(ELSEWHERE)).addTo(router);
    server =
        HttpsServer.start(
            new HttpsServerSettings(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                100,
                64 * 1024,
                1 << 20,
                8 << 20,
                Duration.ofSeconds(30),
                Optional.empty()),
            IDENTITY,
            router);
  }

  int port() {
    return server.address().getPort();
  }

  Member member(String name) {
    try {
      return test.fleet.find(name);
    } catch (NoSuchAgentException e) {
      throw new AssertionError(e);
    }
  }

  /** Makes this command line the plan of all agents, and offers it to them. */
  void plan(String commandLine) throws Exception {
    test.plans.apply(TestFleet.planOf(commandLine), "ada", "", 100);
    sessions.offerPlans();
  }

  /** Takes an agent out, as an operator does. */
  void revoke(String name) {
    test.fleet.revoke(member(name));
    sessions.revoked(member(name));
  }

  /** Lets an agent in, as an operator does. */
  void approve(String name) {
    test.fleet.approve(member(name));
    sessions.comeAgain(member(name));
  }

  /** What is stored of an agent's queue. */
  List<Range> stored(String name, String epoch) {
    return results.stored(member(name).number(), epoch);
  }

  /** Ends all that has come in, once it is dealt with. */
  void finish() {
    server.stop(DRAIN);
    intake.close();
  }

  @Override
  public void close() {
    server.close();
    intake.close();
    test.store.close();
  }
}
