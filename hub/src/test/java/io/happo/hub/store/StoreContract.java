package io.happo.hub.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.hub.store.Agents.Newcomer;
import io.happo.hub.store.Agents.State;
import io.happo.hub.store.Tokens.NewToken;
import io.happo.hub.store.Tokens.Standing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine of the store does. */
abstract class StoreContract {
  private static final byte[] SECRET = {1, 2, 3, 0, -1};

  Store store;

  /** An empty one. */
  abstract Store open() throws Exception;

  @BeforeEach
  void openIt() throws Exception {
    store = open();
  }

  @AfterEach
  void closeIt() {
    store.close();
  }

  private static NewToken token(OptionalLong expires, OptionalInt uses, boolean approves) {
    return new NewToken("web", "alice", 100, expires, uses, Map.of("role", "web"), approves);
  }

  private static Newcomer newcomer(String id) {
    return new Newcomer(
        id, new byte[] {5}, "host-" + id, Map.of("zone", "a"), Map.of("os", "Linux"), "1.0", "b1");
  }

  @Test
  void it_tells_what_it_takes_on_the_disk() {
    assertThat(store.bytes()).isGreaterThan(10_000);
  }

  @Test
  void a_dashboard_is_changed_only_by_who_has_seen_its_last_change() {
    var dashboards = new Dashboards(store);
    assertThat(dashboards.set("web", "{1}", "ada", 100, OptionalLong.of(7))).isEmpty();
    assertThat(dashboards.set("web", "{1}", "ada", 100, OptionalLong.of(0))).hasValue(100);
    assertThat(dashboards.set("web", "{2}", "ada", 100, OptionalLong.of(0))).isEmpty();
    assertThat(dashboards.set("web", "{2}", "oleg", 100, OptionalLong.of(100))).hasValue(101);
    assertThat(dashboards.set("web", "{3}", "oleg", 90, OptionalLong.empty())).hasValue(102);
    assertThat(dashboards.set("web", "{4}", "ada", 200, OptionalLong.of(101))).isEmpty();
    assertThat(dashboards.set("db", "{}", "ada", 200, OptionalLong.empty())).hasValue(200);
    assertThat(dashboards.all()).extracting(Dashboards.Kept::name).containsExactly("db", "web");
    assertThat(dashboards.find("web")).hasValue(new Dashboards.Kept("web", 102, "{3}", "oleg", 90));
    assertThat(dashboards.remove("web", OptionalLong.of(101))).isFalse();
    assertThat(dashboards.remove("web", OptionalLong.of(102))).isTrue();
    assertThat(dashboards.remove("db", OptionalLong.empty())).isTrue();
    assertThat(dashboards.remove("db", OptionalLong.empty())).isFalse();
    assertThat(dashboards.find("web")).isEmpty();
  }

  private void found(long agent, String name, long time, String text) {
    store.write(
        h -> {
          Inventories.add(h.getConnection(), agent, name, time, text);
          return true;
        });
  }

  @Test
  void an_inventory_has_a_version_for_each_change() {
    var inventories = new Inventories(store);
    found(1, "packages", 100, "a 1\nb 1\n");
    found(1, "packages", 200, "a 1\nb 1\n");
    found(1, "packages", 300, "a 2\n");
    found(1, "users", 250, "root");
    found(2, "packages", 150, "c 1\n");
    var first = new Inventories.Version(1, "packages", 100, 200, 2);
    var second = new Inventories.Version(1, "packages", 300, 300, 1);
    assertThat(inventories.versions(1, "packages", 10)).containsExactly(second, first);
    assertThat(inventories.ofAgent(1))
        .containsExactly(second, new Inventories.Version(1, "users", 250, 250, 1));
    assertThat(inventories.find(1, "packages", 299))
        .hasValue(new Inventories.Kept(first, "a 1\nb 1\n"));
    assertThat(inventories.find(1, "packages", 50).orElseThrow().version()).isEqualTo(first);
    assertThat(inventories.find(1, "packages", 1_000).orElseThrow().text()).isEqualTo("a 2\n");
    assertThat(inventories.find(3, "packages", 1_000)).isEmpty();
    assertThat(inventories.names(10)).containsExactly("packages", "users");
    assertThat(inventories.forget(300, 10)).isZero();
    assertThat(inventories.forget(301, 10)).isEqualTo(1);
    assertThat(inventories.versions(1, "packages", 10)).containsExactly(second);
  }

  @Test
  void what_is_found_late_is_a_version_of_its_own_time() {
    var inventories = new Inventories(store);
    found(1, "x", 100, "a");
    found(1, "x", 500, "a");
    found(1, "x", 300, "b"); // Between two that were the same.
    found(1, "x", 50, "a"); // Earlier than was known.
    assertThat(inventories.versions(1, "x", 10))
        .extracting(Inventories.Version::since)
        .containsExactly(500L, 300L, 50L);
    assertThat(inventories.find(1, "x", 400).orElseThrow().text()).isEqualTo("b");
  }

  @Test
  void the_newest_of_an_inventory_is_what_was_found_last_in_whatever_order_it_came() {
    var random = new Random(7);
    for (int run = 0; run < 30; run++) {
      long agent = 1_000L + run;
      var times = new ArrayList<Long>();
      for (long time = 1; time <= 12; time++) {
        times.add(time);
      }
      Collections.shuffle(times, random);
      var texts = new TreeMap<Long, String>();
      for (var time : times) {
        texts.put(time, "t" + random.nextInt(3));
        found(agent, "x", time, requireNonNull(texts.get(time)));
        var newest = new Inventories(store).find(agent, "x", Long.MAX_VALUE).orElseThrow();
        assertThat(newest.text()).isEqualTo(texts.lastEntry().getValue());
        assertThat(newest.version().seen()).isEqualTo(texts.lastKey());
      }
    }
  }

  @Test
  void what_an_agent_says_of_itself_is_an_inventory() {
    new Tokens(store).add(SECRET, token(OptionalLong.empty(), OptionalInt.of(2), true));
    var agents = new Agents(store);
    long number = requireNonNull(agents.join(SECRET, newcomer("a"), 500).agent()).number();
    var inventories = new Inventories(store);
    assertThat(inventories.find(number, Inventories.FACTS, 500).orElseThrow().text())
        .isEqualTo("os: Linux\n");
    agents.seen(
        number,
        new Agents.Seen("1", "b2", "dns", Map.of(), Map.of("os", "Linux", "cpus", "2")),
        600);
    assertThat(inventories.find(number, Inventories.FACTS, 600).orElseThrow().text())
        .isEqualTo("cpus: 2\nos: Linux\n");
    assertThat(inventories.agents(0, 10)).containsExactly(number);
  }

  @Test
  void a_value_of_the_hub_is_set_once_and_changed() {
    var values = new HubValues(store);
    assertThat(values.find("id")).isEmpty();
    assertThat(values.findOrSet("id", "one")).isEqualTo("one");
    assertThat(values.findOrSet("id", "two")).isEqualTo("one");
    values.set("id", "three");
    assertThat(values.find("id")).hasValue("three");
  }

  @Test
  void an_agent_joins_by_a_token_and_has_its_tags() {
    var made =
        new Tokens(store).add(SECRET, token(OptionalLong.of(1_000), OptionalInt.of(2), true));
    assertThat(made.usesLeft()).hasValue(2);
    var joining = new Agents(store).join(SECRET, newcomer("a"), 500);
    assertThat(joining.token()).isEqualTo(Standing.GOOD);
    var agent = new Agents(store).find("a").orElseThrow();
    assertThat(agent.state()).isEqualTo(State.JOINED);
    assertThat(agent.tags()).isEqualTo(Map.of("role", "web", "zone", "a"));
    assertThat(agent.facts()).isEqualTo(Map.of("os", "Linux"));
    assertThat(agent.publicKey()).containsExactly(5);
    assertThat(agent.joinedAt()).isEqualTo(500);
    assertThat(new Agents(store).find(agent.number())).get().extracting("id").isEqualTo("a");
    assertThat(new Tokens(store).all()).extracting("usesLeft").containsExactly(OptionalInt.of(1));
  }

  @Test
  void a_token_that_does_not_serve_says_why() {
    var tokens = new Tokens(store);
    var agents = new Agents(store);
    assertThat(agents.join(SECRET, newcomer("a"), 1).token()).isEqualTo(Standing.UNKNOWN);
    tokens.add(SECRET, token(OptionalLong.of(1_000), OptionalInt.of(1), false));
    assertThat(agents.join(SECRET, newcomer("a"), 1_000).token()).isEqualTo(Standing.EXPIRED);
    assertThat(agents.join(SECRET, newcomer("a"), 999).agent())
        .extracting("state")
        .isEqualTo(State.PENDING);
    assertThat(agents.join(SECRET, newcomer("b"), 999).token()).isEqualTo(Standing.USED_UP);
    var endless =
        tokens.add(new byte[] {9}, token(OptionalLong.empty(), OptionalInt.empty(), true));
    assertThat(agents.join(new byte[] {9}, newcomer("b"), 5).token()).isEqualTo(Standing.GOOD);
    assertThat(tokens.revoke(endless.number(), 6)).isTrue();
    assertThat(tokens.revoke(endless.number(), 7)).isFalse();
    assertThat(agents.join(new byte[] {9}, newcomer("c"), 8).token()).isEqualTo(Standing.REVOKED);
    assertThat(tokens.standing(new byte[] {9}, 8)).isEqualTo(Standing.REVOKED);
  }

  @Test
  void of_many_agents_at_once_as_many_join_as_the_token_has_uses() throws Exception {
    new Tokens(store).add(SECRET, token(OptionalLong.empty(), OptionalInt.of(3), true));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Standing>> calls =
          java.util.stream.IntStream.range(0, 12)
              .<Callable<Standing>>mapToObj(
                  i -> () -> new Agents(store).join(SECRET, newcomer("a" + i), 1).token())
              .toList();
      var standings = threads.invokeAll(calls).stream().map(Future::resultNow).toList();
      assertThat(standings).filteredOn(Standing.GOOD::equals).hasSize(3);
      assertThat(standings).filteredOn(Standing.USED_UP::equals).hasSize(9);
    }
    assertThat(new Agents(store).all()).hasSize(3);
  }

  @Test
  void joining_again_spends_nothing_but_after_leaving() {
    var agents = new Agents(store);
    new Tokens(store).add(SECRET, token(OptionalLong.empty(), OptionalInt.of(2), true));
    var first = requireNonNull(agents.join(SECRET, newcomer("a"), 1).agent());
    assertThat(agents.join(new byte[] {7}, newcomer("a"), 2).token()).isEqualTo(Standing.GOOD);
    assertThat(agents.move(first.number(), State.JOINED, State.LEFT)).isTrue();
    assertThat(agents.join(new byte[] {7}, newcomer("a"), 3).token()).isEqualTo(Standing.UNKNOWN);
    var again = agents.join(SECRET, newcomer("a"), 4).agent();
    assertThat(again).extracting("number").isEqualTo(first.number());
    assertThat(agents.move(first.number(), State.JOINED, State.REVOKED)).isTrue();
    assertThat(agents.move(first.number(), State.JOINED, State.LEFT)).isFalse();
    assertThat(agents.join(SECRET, newcomer("a"), 5).agent())
        .extracting("state")
        .isEqualTo(State.REVOKED);
    assertThat(new Tokens(store).all().getFirst().usesLeft()).hasValue(0);
  }

  @Test
  void an_agent_is_changed() {
    var agents = new Agents(store);
    new Tokens(store).add(SECRET, token(OptionalLong.empty(), OptionalInt.empty(), true));
    long number = requireNonNull(agents.join(SECRET, newcomer("a"), 1).agent()).number();
    agents.rename(number, "x");
    agents.planReported(number, "h0", List.of("checks.a: no \"such\" plugin", "b"));
    agents.seen(
        number, new Agents.Seen("2.0", "b2", "dns", Map.of("n", "1"), Map.of("os", "BSD")), 77);
    var agent = agents.find(number).orElseThrow();
    assertThat(agent.name()).isEqualTo("x");
    assertThat(agent.planReported()).isEqualTo("h0");
    assertThat(agent.planProblems()).containsExactly("checks.a: no \"such\" plugin", "b");
    assertThat(agent.version() + agent.bootId() + agent.via()).isEqualTo("2.0b2dns");
    assertThat(agent.tags()).isEqualTo(Map.of("n", "1"));
    assertThat(agent.lastSeenAt()).isEqualTo(77);
    agents.tag(number, Map.of(), Map.of("n", ""));
    assertThat(agents.all())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.tags()).isEmpty();
              assertThat(one.tagsWith(Map.of("n", "1", "m", "2"))).isEqualTo(Map.of("m", "2"));
            });
  }

  @Test
  void of_two_versions_made_from_the_same_plan_one_is_added() {
    var plans = new Plans(store);
    var first = add(plans, 0, "{}", 1, "first").orElseThrow();
    assertThat(add(plans, 0, "{\"a\":1}", 2, "also first")).isEmpty();
    assertThat(add(plans, first.number() + 40, "{}", 2, "after nothing")).isEmpty();
    assertThat(new HubValues(store).find("counts")).hasValue("v" + first.number());
    var second = add(plans, first.number(), "{\"b\":1}", 3, "second").orElseThrow();
    assertThat(new HubValues(store).find("counts")).hasValue("v" + second.number());
    assertThat(second.number()).isGreaterThan(first.number());
    assertThat(plans.newest()).hasValue(second);
    assertThat(plans.find(first.number())).hasValue(first);
    assertThat(plans.all()).extracting("comment").containsExactly("second", "first");
  }

  private static Optional<Plans.Version> add(
      Plans plans, long follows, String document, long now, String comment) {
    return plans.add(follows, document, "bob", now, comment, "counts", number -> "v" + number);
  }

  @Test
  void a_plan_is_not_added_when_what_counts_cannot_be_set() {
    var plans = new Plans(store);
    assertThatThrownBy(
            () ->
                plans.add(
                    0,
                    "{}",
                    "bob",
                    1,
                    "",
                    "counts",
                    _ -> {
                      throw new StoreException(StoreException.Reason.FULL, "no room");
                    }))
        .hasMessage("no room");
    assertThat(plans.newest()).isEmpty();
    assertThat(add(plans, 0, "{}", 2, "again")).isPresent();
  }

  @Test
  void a_bundle_is_kept_once() {
    var bundles = new Bundles(store);
    var bundle = new Bundles.Bundle("ab", "disk", "script", 3, new byte[] {4}, "alice", 9);
    assertThat(bundles.add(bundle, new byte[] {1, 0, 2})).isTrue();
    assertThat(bundles.add(bundle, new byte[] {1, 0, 2})).isFalse();
    assertThat(bundles.content("ab")).get().isEqualTo(new byte[] {1, 0, 2});
    assertThat(bundles.find("ab")).get().extracting("name").isEqualTo("disk");
    assertThat(bundles.all()).hasSize(1);
  }

  @Test
  void archives_that_no_version_of_the_plan_names_are_removed_after_a_while() {
    var bundles = new Bundles(store);
    for (var name : List.of("named", "unnamed", "young", "script")) {
      bundles.add(
          new Bundles.Bundle(
              "5a" + name,
              name,
              name.equals("script") ? "script" : "archive",
              1,
              new byte[] {4},
              "alice",
              name.equals("young") ? 10 : 9),
          new byte[] {1});
    }
    store.write(
        h ->
            h.execute(
                "INSERT INTO plan_versions (follows, document, author, created_at, comment) VALUES"
                    + " (0, '{\"plugins\":{\"bundles\":{\"x\":\"5anamed\"}}}', 'a', 1, '')"));
    assertThat(bundles.removeUnnamed("archive", 10)).containsExactly("5aunnamed");
    assertThat(bundles.all())
        .extracting(Bundles.Bundle::name)
        .containsExactly("named", "script", "young");
    assertThat(bundles.removeUnnamed("archive", 10)).isEmpty();
  }

  @Test
  void a_user_has_tokens_and_sessions_which_go_with_it() {
    var users = new Users(store);
    var tokens = new ApiTokens(store);
    var sessions = new WebSessions(store);
    assertThat(users.add(new Users.User("eve", Users.Role.ADMIN, "$argon2id$1", 1))).isTrue();
    assertThat(users.add(new Users.User("eve", Users.Role.VIEWER, "$argon2id$2", 1))).isFalse();
    var token = tokens.add(SECRET, "eve", "ci", 10, OptionalLong.of(100));
    assertThat(tokens.find(SECRET, 99)).hasValue(token);
    assertThat(tokens.find(SECRET, 100)).isEmpty();
    tokens.used(token.number(), 50);
    assertThat(tokens.all().getFirst().lastUsedAt()).hasValue(50);
    var session = new WebSessions.WebSession("eve", "csrf", 1, 60);
    sessions.add(SECRET, session);
    assertThat(sessions.find(SECRET, 59)).hasValue(session);
    assertThat(sessions.find(SECRET, 60)).isEmpty();
    assertThat(users.setPassword("eve", "$argon2id$3")).isTrue();
    assertThat(sessions.find(SECRET, 59)).isEmpty();
    assertThat(users.setRole("eve", Users.Role.OPERATOR)).isTrue();
    assertThat(users.find("eve"))
        .hasValue(new Users.User("eve", Users.Role.OPERATOR, "$argon2id$3", 1));
    assertThat(users.remove("eve")).isTrue();
    assertThat(tokens.all()).isEmpty();
    assertThatThrownBy(() -> tokens.add(SECRET, "eve", "ci", 10, OptionalLong.empty()))
        .isInstanceOf(StoreException.class)
        .extracting("reason")
        .isEqualTo(StoreException.Reason.FAULT);
  }

  @Test
  void deeds_are_listed_the_newest_first() {
    var audit = new Audit(store);
    audit.add(1, "alice", "agent.approve", "a", Map.of());
    audit.add(2, "bob", "run", "check", Map.of("agent", "a"));
    assertThat(audit.before(Long.MAX_VALUE, 10)).extracting("who").containsExactly("bob", "alice");
    var newest = audit.before(Long.MAX_VALUE, 1).getFirst();
    assertThat(newest.details()).isEqualTo(Map.of("agent", "a"));
    assertThat(audit.before(newest.number(), 10)).extracting("who").containsExactly("alice");
  }

  @Test
  void nothing_of_a_transaction_that_fails_is_there() {
    assertThatThrownBy(
            () ->
                store.write(
                    h -> {
                      h.execute("INSERT INTO hub (name, value) VALUES ('a', 'b')");
                      return h.execute("INSERT INTO hub (name, value) VALUES ('a', 'c')");
                    }))
        .isInstanceOf(StoreException.class);
    assertThat(new HubValues(store).find("a")).isEmpty();
  }
}
