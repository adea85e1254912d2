package io.happo.hub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.hub.alert.Acknowledgement;
import io.happo.hub.api.TestHub;
import io.happo.hub.store.Troubles;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the overview lists, on each engine. */
abstract class TroublesContract {
  private static final OptionalInt ALL = OptionalInt.empty();

  private TestHub hub;
  private Troubles troubles;
  private long web;
  private long sequence;

  abstract TestHub hub() throws Exception;

  @BeforeEach
  void open() throws Exception {
    hub = hub();
    hub.rooms.intake().start();
    troubles = new Troubles(hub.rooms.store());
    var member = hub.rooms.fleet().byId(hub.join()).orElseThrow();
    hub.rooms.fleet().rename(member, "Web_1");
    web = member.number();
  }

  @AfterEach
  void close() {
    hub.rooms.intake().close();
    hub.close();
  }

  /** So often in a row, the last of them at that time. */
  private void bring(long agent, String check, int status, int times, long time) throws Exception {
    for (int i = times - 1; i >= 0; i--) {
      var item = new Item.CheckResult(check, time - i, 1, status, status, check + " says", "plan");
      hub.rooms.intake().submit(agent, new ToHub.Results("e", ++sequence, List.of(item))).join();
    }
  }

  private List<String> some(OptionalInt status, String search, int from, int most) {
    return troubles.some(status, search, from, most).stream()
        .map(one -> one.subject().check())
        .toList();
  }

  private void acknowledge(String check) {
    hub.rooms
        .silences()
        .acknowledge(
            hub.rooms.checks().find(web, check).orElseThrow().number(),
            new Acknowledgement(2, false, "ada", "ordered", 1));
  }

  @Test
  void the_worst_that_nobody_knows_of_comes_first() throws Exception {
    bring(web, "well", 0, 3, 1_000);
    bring(web, "warning", 1, 3, 1_000);
    bring(web, "unknown", 3, 3, 1_000);
    bring(web, "older", 2, 3, 1_000);
    bring(web, "newer", 2, 3, 2_000);
    bring(web, "soft", 2, 1, 3_000);
    bring(web, "known", 2, 3, 4_000);
    acknowledge("known");
    assertThat(some(ALL, "", 0, 50))
        .containsExactly("newer", "older", "unknown", "warning", "soft", "known");
    assertThat(some(ALL, "", 1, 2)).containsExactly("older", "unknown");
    assertThat(some(OptionalInt.of(1), "", 0, 50)).containsExactly("warning");
    assertThat(troubles.counts()).containsExactly(1, 1, 4, 1);
    var known = troubles.some(ALL, "known", 0, 50).getLast();
    assertThat(known.knownBy() + known.comment()).isEqualTo("adaordered");
  }

  @Test
  void a_search_is_a_part_of_a_name_and_nothing_else() throws Exception {
    bring(web, "disk", 2, 3, 1_000);
    assertThat(some(ALL, "WEB_", 0, 50)).containsExactly("disk");
    assertThat(some(ALL, "isk", 0, 50)).containsExactly("disk");
    assertThat(some(ALL, "%", 0, 50)).isEmpty();
    assertThat(some(ALL, "d_sk", 0, 50)).isEmpty();
    assertThat(some(ALL, "\\", 0, 50)).isEmpty();
  }

  @Test
  void checks_of_an_agent_that_is_out_are_no_troubles_any_more() throws Exception {
    bring(web, "disk", 2, 3, 1_000);
    hub.rooms.fleet().revoke(hub.rooms.fleet().byNumber(web).orElseThrow());
    assertThat(some(ALL, "", 0, 50)).isEmpty();
    assertThat(troubles.counts()).containsExactly(0, 0, 0, 0);
  }
}
