package io.happo.hub.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.core.Json;
import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.link.Join;
import io.happo.core.link.Link;
import io.happo.core.link.ToAgent;
import io.happo.core.link.ToHub;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.Member;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.fleet.Presence;
import io.happo.hub.fleet.Rollout;
import io.happo.hub.intake.Intake;
import io.happo.hub.intake.IntakeLimits;
import io.happo.hub.store.Agents;
import io.happo.hub.store.Bundles;
import io.happo.hub.store.HubValues;
import io.happo.hub.store.Plans;
import io.happo.hub.store.Results;
import io.happo.hub.store.Store;
import io.happo.hub.store.Tokens;
import io.happo.program.keys.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the hub does in conversations with agents, on a real store. */
@Timeout(60)
final class SessionRacesTest {
  private static final String HUB = "00".repeat(16);
  private static final String SECRET = "s".repeat(43);
  private static final ToAgent.Work WORK = new ToAgent.Work("check", "load", "");

  @TempDir Path folder;
  private final Clock clock = Clock.systemUTC();
  private final Runs runs = new Runs(clock);
  private Store store;
  private Fleet fleet;
  private PlanBook plans;
  private Intake intake;
  private Sessions sessions;
  private int checks;

  @BeforeEach
  void start() {
    store = Store.open(folder, "");
    fleet = new Fleet(new Agents(store), clock);
    plans =
        new PlanBook(
            new Plans(store),
            new Bundles(store),
            new HubValues(store),
            fleet,
            bytes -> bytes,
            clock);
    intake = new Intake(store, (_, _) -> CheckSettings.DEFAULT, IntakeLimits.DEFAULT, clock);
    intake.start();
    sessions = new Sessions(fleet, plans, intake, new Results(store), runs, clock, 10);
  }

  @AfterEach
  void stop() {
    intake.close();
    store.close();
  }

  private void token(boolean approves) throws Exception {
    new Tokens(store)
        .add(
            MessageDigest.getInstance("SHA-256").digest(SECRET.getBytes(StandardCharsets.UTF_8)),
            new Tokens.NewToken(
                "", "ada", 1, OptionalLong.empty(), OptionalInt.empty(), Map.of(), approves));
  }

  /** An agent that has joined. */
  private final class Twin {
    private final SigningKey key;
    private final Member member;

    Twin(String name) throws IOException {
      key = SigningKey.open(folder.resolve(name + ".key"));
      fleet.join(new Join.Request(SECRET, key.publicKey(), Map.of("hostname", name), Map.of()));
      member = fleet.byId(key.id()).orElseThrow();
    }

    /** Comes, and says hello. */
    FakeSocket come(String bootId, String planHash) throws InterruptedException {
      return come(bootId, planHash, Map.of());
    }

    private FakeSocket come(String bootId, String planHash, Map<String, String> tags)
        throws InterruptedException {
      var socket = new FakeSocket();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  var goesOn = new AgentSession(sessions, HUB, List.of(), socket).begin();
                  if (goesOn.isPresent()) {
                    goesOn.get().talk(socket);
                  }
                } catch (Exception e) {
                  socket.lose();
                }
              });
      var nonce = socket.next(ToAgent.Challenge.class).nonce();
      socket.say(
          new ToHub.Hello(
              key.id(),
              key.sign(Link.challenge(HUB, nonce, key.id())),
              "1",
              bootId,
              "e",
              planHash,
              List.of(),
              "dns",
              tags,
              Map.of()));
      return socket;
    }

    FakeSocket welcomed(String bootId, String planHash) throws InterruptedException {
      var socket = come(bootId, planHash);
      socket.next(ToAgent.Welcome.class);
      return socket;
    }

    private void awaitPresence(Presence.Kind kind) {
      await().until(() -> member.presence().kind() == kind);
    }
  }

  /** Rolls out a plan of one check to a share that these are of; returns the check. */
  private String applyToNearlyAll(Twin... agents) throws Exception {
    while (true) {
      var check = "check-" + ++checks;
      apply(check, 99);
      if (Arrays.stream(agents)
          .allMatch(one -> plans.wanted(one.member).orElseThrow().text().contains(check))) {
        return check;
      }
    }
  }

  private void apply(String check, int share) throws Exception {
    var files = new TreeMap<String, JsonValue>();
    var plan =
        "{\"checks\":[{\"name\":\"" + check + "\",\"builtin\":\"uptime\",\"every\":\"1m\"}]}";
    files.put("a.yaml", (JsonObject) Json.parse(plan));
    plans.apply(files, "ada", "", share);
    sessions.offerPlans();
  }

  @Test
  void what_ran_on_a_connection_that_the_agent_has_left_behind_has_ended() throws Exception {
    token(true);
    var agent = new Twin("web");
    agent.welcomed("boot", "");
    var run = sessions.run(agent.member, WORK, 60, "ada").orElseThrow();
    var again = agent.welcomed("boot", "");
    assertThat(run.from(0, 0).end()).get().extracting("outcome").isEqualTo("failed");
    var next = sessions.run(agent.member, WORK, 60, "ada").orElseThrow();
    assertThat(again.next(ToAgent.Run.class).id()).isEqualTo(next.id());
    assertThat(next.from(0, 0).end()).isEmpty();
    assertThat(agent.member.isConnected()).isTrue();
  }

  @Test
  void what_ran_on_an_agent_that_is_revoked_has_ended() throws Exception {
    token(true);
    var agent = new Twin("web");
    var socket = agent.welcomed("boot", "");
    var run = sessions.run(agent.member, WORK, 60, "ada").orElseThrow();
    fleet.revoke(agent.member);
    sessions.revoked(agent.member);
    assertThat(run.from(0, 0).end()).isPresent();
    await().until(() -> socket.code() == Link.REVOKED);
  }

  @Test
  void a_second_machine_with_the_same_key_is_refused_and_told_of() throws Exception {
    token(true);
    var agent = new Twin("web");
    agent.welcomed("boot", "");
    var refusal = agent.come("other", "").next(ToAgent.Refused.class);
    assertThat(refusal.message()).contains("another machine is connected");
    assertThat(agent.member.isConnected()).isTrue();
  }

  @Test
  void one_that_waits_for_approval_is_seen_to_wait_and_may_leave() throws Exception {
    token(false);
    var agent = new Twin("web");
    var socket = agent.come("boot", "");
    socket.next(ToAgent.Pending.class);
    agent.awaitPresence(Presence.Kind.WAITING);
    var again = agent.come("boot", "");
    again.next(ToAgent.Pending.class);
    await().until(() -> socket.code() == 1008);
    assertThat(agent.member.presence().kind()).isEqualTo(Presence.Kind.WAITING);
    again.say(new ToHub.Goodbye(true));
    agent.awaitPresence(Presence.Kind.STOPPED);
    assertThat(agent.member.agent().state()).isEqualTo(Agents.State.LEFT);
  }

  @Test
  void one_agent_alone_is_the_share_and_ends_the_rollout() throws Exception {
    token(true);
    var agent = new Twin("web");
    var socket = agent.welcomed("boot", "");
    socket.next(ToAgent.PlanOffer.class);
    apply("one", 1);
    var offer = socket.next(ToAgent.PlanOffer.class);
    assertThat(offer.document()).contains("one");
    if (plans.rollout().state() == Rollout.State.ROLLING) {
      socket.say(new ToHub.PlanStatus(offer.hash(), true, List.of()));
    }
    await().until(() -> plans.rollout().state() == Rollout.State.COMPLETE);
  }

  @Test
  void a_status_that_was_lost_is_made_up_for_by_the_next_hello() throws Exception {
    token(true);
    var agent = new Twin("web");
    var socket = agent.welcomed("boot", "");
    apply("one", 1);
    var hash = plans.wanted(agent.member).orElseThrow().hash();
    socket.lose();
    agent.awaitPresence(Presence.Kind.LOST);
    agent.welcomed("boot", hash);
    await().until(() -> agent.member.runs(hash));
    await().until(() -> plans.rollout().state() == Rollout.State.COMPLETE);
  }

  @Test
  void who_goes_is_not_waited_for() throws Exception {
    token(true);
    var agents = List.of(new Twin("a"), new Twin("b"));
    var first = agents.get(0).welcomed("a", "");
    var second = agents.get(1).welcomed("b", "");
    var check = applyToNearlyAll(agents.get(0), agents.get(1));
    var offer = first.next(ToAgent.PlanOffer.class);
    while (!offer.document().contains(check)) {
      offer = first.next(ToAgent.PlanOffer.class);
    }
    first.say(new ToHub.PlanStatus(offer.hash(), true, List.of()));
    var hash = offer.hash();
    await().until(() -> agents.get(0).member.runs(hash));
    assertThat(plans.rollout().state()).isEqualTo(Rollout.State.ROLLING);
    second.lose();
    agents.get(1).awaitPresence(Presence.Kind.LOST);
    new Twin("c").welcomed("c", hash); // So that somebody looks.
    await().until(() -> plans.rollout().state() == Rollout.State.COMPLETE);
  }

  @Test
  void what_an_agent_says_of_an_earlier_plan_does_not_halt_the_newest() throws Exception {
    token(true);
    var agent = new Twin("web");
    var other = new Twin("other");
    var socket = agent.welcomed("boot", "");
    other.welcomed("other", "");
    applyToNearlyAll(agent, other);
    var old = plans.wanted(agent.member).orElseThrow().hash();
    applyToNearlyAll(agent, other);
    socket.say(new ToHub.PlanStatus(old, false, List.of("no")));
    await().until(() -> !agent.member.agent().planProblems().isEmpty());
    assertThat(plans.rollout().state()).isEqualTo(Rollout.State.ROLLING);
    var hash = plans.wanted(agent.member).orElseThrow().hash();
    socket.say(new ToHub.PlanStatus(hash, false, List.of("no")));
    await().until(() -> plans.rollout().state() == Rollout.State.HALTED);
  }

  @Test
  void a_version_that_was_halted_is_given_to_all_by_applying_it_again() throws Exception {
    token(true);
    var agent = new Twin("web");
    var other = new Twin("other");
    var socket = agent.welcomed("boot", "");
    other.welcomed("other", "");
    var check = applyToNearlyAll(agent, other);
    var hash = plans.wanted(agent.member).orElseThrow().hash();
    socket.say(new ToHub.PlanStatus(hash, false, List.of("no")));
    await().until(() -> plans.rollout().state() == Rollout.State.HALTED);
    apply(check, 99);
    assertThat(plans.rollout().state()).isEqualTo(Rollout.State.HALTED);
    apply(check, 100);
    assertThat(plans.rollout().state()).isEqualTo(Rollout.State.COMPLETE);
  }

  @Test
  void an_agents_own_tags_are_those_of_its_last_hello_under_those_of_the_hub() throws Exception {
    token(true);
    var agent = new Twin("web");
    agent
        .come("boot", "", Map.of("role", "web", "old", "1", "site", "fra"))
        .next(ToAgent.Welcome.class);
    await().until(() -> agent.member.agent().tags().size() == 3);
    fleet.tag(agent.member, Map.of("site", "ber", "old", "", "stage", "test"));
    assertThat(agent.member.agent().tags())
        .isEqualTo(Map.of("role", "web", "site", "ber", "stage", "test"));
    agent
        .come("boot", "", Map.of("role", "db", "old", "2", "site", "muc"))
        .next(ToAgent.Welcome.class);
    await()
        .until(
            () ->
                agent
                    .member
                    .agent()
                    .tags()
                    .equals(Map.of("role", "db", "site", "ber", "stage", "test")));
  }
}
