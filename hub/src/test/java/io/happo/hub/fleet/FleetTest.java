package io.happo.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.core.link.Join;
import io.happo.core.link.ToHub;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.store.Agents.State;
import io.happo.hub.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FleetTest {
  @TempDir Path folder;
  private TestFleet test;
  private Fleet fleet;

  @BeforeEach
  void start() throws Exception {
    test = new TestFleet(Store.open(folder, ""), folder);
    fleet = test.fleet;
  }

  @AfterEach
  void stop() {
    test.store.close();
  }

  private static ToHub.Hello hello(Map<String, String> tags, Map<String, String> facts) {
    return new ToHub.Hello("id", "", "2.0", "boot-2", "e", "", List.of(), "dns", tags, facts);
  }

  @Test
  void an_agent_is_found_by_its_name_its_id_or_the_start_of_that() throws Exception {
    var web = test.member("web", Map.of());
    test.member("db", Map.of());
    assertThat(fleet.find("web")).isSameAs(web);
    assertThat(fleet.find(web.id())).isSameAs(web);
    assertThat(fleet.find(web.id().substring(0, 8))).isSameAs(web);
    assertThat(fleet.byNumber(web.number())).hasValue(web);
    assertThatThrownBy(() -> fleet.find("wep"))
        .isInstanceOf(NoSuchAgentException.class)
        .hasMessageStartingWith("there is no agent 'wep'");
    assertThatThrownBy(() -> fleet.find(web.id().substring(0, 3)))
        .isInstanceOf(NoSuchAgentException.class);
    fleet.rename(web, "db");
    assertThatThrownBy(() -> fleet.find("db"))
        .hasMessage("2 agents are called 'db'; give the fingerprint of one");
    assertThat(fleet.all()).extracting(Member::name).containsExactly("db", "db");
  }

  @Test
  void the_start_of_an_id_names_an_agent_where_no_other_starts_so() throws Exception {
    var web = test.member("web", Map.of());
    var db = test.member("db", Map.of());
    assertThat(fleet.byStartOfId(web.id())).hasValue(web);
    assertThat(fleet.byStartOfId(web.id().substring(0, 12))).hasValue(web);
    assertThat(fleet.byStartOfId(db.id().substring(0, 12))).hasValue(db);
    assertThat(fleet.byStartOfId("")).isEmpty();
    assertThat(fleet.byStartOfId(web.id() + "0")).isEmpty();
  }

  @Test
  void a_hub_that_starts_knows_all_agents_and_has_seen_none() throws Exception {
    var web = test.member("web", Map.of("role", "web"));
    fleet.present(web, Presence.Kind.CONNECTED);
    test.pass(Duration.ofHours(1));
    fleet.cameIn(web, hello(Map.of("role", "web"), Map.of("os", "linux")));
    var again = test.openFleet().find("web");
    assertThat(again.presence())
        .isEqualTo(
            new Presence(Presence.Kind.NOT_SEEN, TestFleet.NOW + Duration.ofHours(1).toMillis()));
    assertThat(again.isConnected()).isFalse();
    assertThat(again.view()).isEqualTo(web.view());
    assertThat(again.agent().bootId()).isEqualTo("boot-2");
    assertThat(again.agent().via()).isEqualTo("dns");
  }

  @Test
  void a_tag_that_the_hub_has_given_stays_whatever_the_agent_says() throws Exception {
    var web = test.member("web", Map.of("role", "web"));
    fleet.tag(web, Map.of("site", "berlin"));
    fleet.cameIn(
        web, hello(Map.of("site", "rome", "of", "agent", "new", "1"), Map.of("os", "linux")));
    assertThat(web.agent().tags()).isEqualTo(Map.of("site", "berlin", "of", "token", "new", "1"));
    assertThat(web.agent().facts()).isEqualTo(Map.of("os", "linux"));
  }

  @Test
  void a_key_that_is_none_joins_nothing() {
    assertThatThrownBy(
            () -> fleet.join(new Join.Request(test.token(true), "bm9uZQ==", Map.of(), Map.of())))
        .hasMessageStartingWith("publicKey is no Ed25519 key");
    assertThatThrownBy(
            () -> fleet.join(new Join.Request(test.token(true), "!", Map.of(), Map.of())))
        .hasMessageStartingWith("publicKey is no Ed25519 key");
    assertThat(fleet.all()).isEmpty();
  }

  @Test
  void texts_that_are_too_long_or_too_many_are_refused() throws Exception {
    var web = test.member("web", Map.of());
    var many = new HashMap<String, String>();
    for (int i = 0; i <= 100; i++) {
      many.put("t" + i, "x");
    }
    for (var tags : List.of(many, Map.of("t", "x".repeat(1_025)), Map.of("x".repeat(1_025), ""))) {
      assertThatThrownBy(() -> fleet.join(test.asking("new", test.token(true), tags)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> fleet.cameIn(web, hello(Map.of(), tags)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> fleet.tag(web, tags)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(fleet.all()).containsExactly(web);
    assertThat(web.agent().version()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "PENDING, approve, JOINED, true",
    "JOINED,  approve, JOINED, false",
    "REVOKED, approve, JOINED, true",
    "LEFT,    approve, LEFT, false",
    "PENDING, revoke, REVOKED, true",
    "JOINED,  revoke, REVOKED, true",
    "LEFT,    revoke, REVOKED, true",
    "REVOKED, revoke, REVOKED, false",
    "PENDING, leave, LEFT, true",
    "JOINED,  leave, LEFT, true",
    "REVOKED, leave, REVOKED, true",
  })
  void an_agent_moves_from_state_to_state(State from, String deed, State to, boolean done)
      throws Exception {
    fleet.join(test.asking("web", test.token(false), Map.of()));
    var web = fleet.find("web");
    test.agents.move(web.number(), State.PENDING, from);
    boolean moved =
        switch (deed) {
          case "approve" -> fleet.approve(web);
          case "revoke" -> fleet.revoke(web);
          default -> {
            fleet.left(web);
            yield true;
          }
        };
    assertThat(moved).isEqualTo(done);
    assertThat(web.agent().state()).isEqualTo(to);
    assertThat(test.openFleet().find("web").agent().state()).isEqualTo(to);
  }

  @Test
  void who_has_left_joins_again_as_the_same() throws Exception {
    var web = test.member("web", Map.of());
    fleet.left(web);
    assertThat(test.member("web", Map.of())).isSameAs(web);
    assertThat(web.agent().state()).isEqualTo(State.JOINED);
  }

  @Test
  void problems_with_a_plan_are_kept_until_one_is_applied() throws Exception {
    var web = test.member("web", Map.of());
    fleet.reported(web, new ToHub.PlanStatus("h1", false, List.of("no x")));
    assertThat(web.agent().planProblems()).containsExactly("no x");
    fleet.reported(web, new ToHub.PlanStatus("h2", true, List.of("never mind")));
    assertThat(web.agent().planProblems()).isEmpty();
    assertThat(web.agent().planReported()).isEqualTo("h2");
  }

  @Test
  void a_signature_is_that_of_the_agents_key_or_none() throws Exception {
    var web = test.member("web", Map.of());
    var good = test.key("web").sign("text");
    assertThat(fleet.isSigned(web, "text", good)).isTrue();
    assertThat(fleet.isSigned(web, "texts", good)).isFalse();
    assertThat(fleet.isSigned(web, "text", test.key("other").sign("text"))).isFalse();
    for (var none : List.of("", "!", "AAAA", good.substring(4))) {
      assertThat(fleet.isSigned(web, "text", none)).as(none).isFalse();
    }
  }
}
