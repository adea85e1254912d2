package io.happo.hub.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.core.plan.Period;
import io.happo.core.plan.Target;
import io.happo.hub.alert.Acknowledgement;
import io.happo.hub.alert.Silence;
import io.happo.hub.store.AlertBook;
import io.happo.hub.store.Checks;
import io.happo.hub.store.Silences;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Who is told of what intake stores, with every engine of the store. */
abstract class WatchContract extends WatchFixture {
  @Test
  void a_trouble_is_told_with_the_result_that_makes_it_one_and_its_end_too() throws Exception {
    result("disk", 0, "OK");
    result("disk", 2, "DISK CRITICAL - /var is full|used=100%");
    // With the acknowledgement it is there: both are one transaction.
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk");
    result("disk", 2, "DISK CRITICAL - still");
    now.addAndGet(MINUTE);
    result("disk", 0, "DISK OK");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk", "OK again: agent7 disk");
    assertThat(told().getFirst().first().firstLine()).isEqualTo("DISK CRITICAL - /var is full");
    assertThat(told().getFirst().incident()).isEqualTo(told().getLast().incident());
    assertThat(notes("disk")).containsExactly("problem TOLD", "recovery TOLD");
    assertThat(new AlertBook(store).open(OptionalLong.empty())).isEmpty();
    assertThat(world.woken).isPositive();
  }

  @Test
  void what_is_not_told_says_why() throws Exception {
    world.attempts = 3;
    result("disk", 2, "");
    result("disk", 2, "");
    assertThat(subjects()).isEmpty();
    assertThat(new AlertBook(store).open(OptionalLong.empty()).getFirst().standing().gate())
        .isEqualTo("SOFT");
    result("disk", 0, "");
    assertThat(subjects()).isEmpty();
    assertThat(notes("disk")).containsExactly("problem SOFT", "recovery NO_PROBLEM");
  }

  @Test
  void a_restart_tells_nothing_twice_and_forgets_nothing() throws Exception {
    result("disk", 2, "full");
    restart();
    result("disk", 2, "full");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk");
    restart();
    result("disk", 0, "");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk", "OK again: agent7 disk");
  }

  @Test
  void silences_and_acknowledgements_count_at_once() throws Exception {
    var silences = new Silences(store);
    var silence =
        silences.add(
            new Silence(
                0,
                false,
                Target.ALL,
                List.of("disk"),
                now.get(),
                Long.MAX_VALUE,
                true,
                0,
                0,
                Period.ALWAYS,
                "ann",
                "work"),
            now.get());
    intake.lookAgain();
    result("disk", 2, "full");
    assertThat(subjects()).isEmpty();
    assertThat(notes("disk")).containsExactly("problem DOWNTIME");
    now.addAndGet(MINUTE);
    result("disk", 0, "");
    // It was to last until all is well.
    assertThat(silences.since(0).getFirst().end()).isEqualTo(now.get());
    assertThat(silences.since(0).getFirst().number()).isEqualTo(silence.number());
    now.addAndGet(MINUTE);
    result("disk", 2, "full");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk");
    var check = new Checks(store).find(WEB, "disk").orElseThrow();
    silences.acknowledge(check.number(), new Acknowledgement(2, false, "ann", "on it", now.get()));
    intake.lookAgain();
    awaitGate("ACKNOWLEDGED");
    result("disk", 0, "");
    assertThat(silences.acknowledgements()).isEmpty();
    assertThat(subjects()).hasSize(2);
  }

  @Test
  void a_value_that_a_rule_watches_is_told() throws Exception {
    world.rules(
        "{'alerts': [{'name': 'hot', 'metric': 'temp', 'above': 70, 'lasting': '5m', 'tell': 'ops'}]}");
    result("sensors", 0, "OK|temp=65 fan=900");
    result("sensors", 0, "OK|temp=71.5");
    assertThat(subjects()).isEmpty();
    now.addAndGet(6 * MINUTE);
    result("sensors", 0, "OK|temp=72");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 sensors temp");
    assertThat(told().getFirst().first().output()).isEqualTo("temp is 72, above 70 for 6m\n");
    result("sensors", 0, "OK|temp=70");
    assertThat(subjects()).hasSize(2);
  }

  @Test
  void many_at_once_are_one_message() throws Exception {
    for (long agent = 100; agent < 140; agent++) {
      world.connected(agent, BEGIN);
    }
    var items = new ArrayList<Item>();
    for (int i = 0; i < 40; i++) {
      items.add(new Item.CheckResult("c" + i, now.get(), 1, 2, 2, "down", "plan"));
    }
    intake.submit(WEB, new ToHub.Results("f", 1, items)).join();
    assertThat(subjects()).containsExactly("CRITICAL: 40 at once, first agent7 c0");
    items.replaceAll(
        item ->
            new Item.CheckResult(
                ((Item.CheckResult) item).check(), now.get() + 1, 1, 0, 0, "", "plan"));
    intake.submit(WEB, new ToHub.Results("f", 41, items)).join();
    assertThat(subjects()).hasSize(2);
    assertThat(subjects().getLast()).startsWith("all well again: ");
  }

  @Test
  void no_agent_speaks_for_the_hub() throws Exception {
    result("@agent", 2, "I am gone");
    assertThat(new Checks(store).find(WEB, "@agent")).isEmpty();
    assertThat(new Checks(store).find(WEB, "_@agent")).isPresent();
  }

  @Test
  void nobody_is_told_while_all_is_off_and_then_they_are() throws Exception {
    world.off = true;
    result("disk", 2, "full");
    assertThat(subjects()).isEmpty();
    assertThat(notes("disk")).containsExactly("problem OFF");
    world.off = false;
    intake.lookAgain();
    awaitTold("CRITICAL: agent7 disk");
  }

  @Test
  void who_was_told_learns_of_the_end_though_the_rule_is_gone() throws Exception {
    result("disk", 2, "full");
    world.rules("{'alerts': [{'name': 'other', 'checks': 'x', 'tell': 'boss'}]}");
    intake.lookAgain();
    awaitGate("GONE");
    result("disk", 1, "nearly full");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk");
    restart();
    result("disk", 0, "");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk", "OK again: agent7 disk");
    assertThat(new AlertBook(store).open(OptionalLong.empty())).isEmpty();
  }

  @Test
  void a_rule_that_comes_back_tells_nothing_again() throws Exception {
    result("disk", 2, "full");
    world.rules("{'alerts': [{'name': 'other', 'checks': 'x', 'tell': 'boss'}]}");
    result("disk", 2, "full");
    world.rules(ALL);
    result("disk", 2, "full");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk");
  }

  @Test
  void a_value_whose_rule_is_gone_is_in_trouble_no_more() throws Exception {
    world.rules("{'alerts': [{'name': 'hot', 'metric': 'temp', 'above': 70, 'tell': 'ops'}]}");
    result("sensors", 0, "OK|temp=71");
    world.rules(ALL);
    later(1);
    awaitTold("CRITICAL: agent7 sensors temp", "OK again: agent7 sensors temp");
  }

  @Test
  void a_mistake_in_what_is_told_keeps_no_result_out() throws Exception {
    world.failing = true;
    result("disk", 2, "full");
    assertThat(new Checks(store).find(WEB, "disk").orElseThrow().state().status()).isEqualTo(2);
    world.failing = false;
    world.broken = true;
    result("disk", 2, "full");
    assertThat(subjects()).isEmpty();
    world.broken = false;
    result("disk", 2, "full");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk");
  }

  @Test
  void a_value_that_its_check_does_not_measure_any_more_is_in_trouble_no_more() throws Exception {
    world.within.put("disk", Duration.ofMinutes(5));
    world.rules("{'alerts': [{'name': 'full', 'metric': '*', 'above': 90, 'tell': 'ops'}]}");
    result("disk", 0, "OK|/=95% /mnt=97%");
    assertThat(subjects()).containsExactly("CRITICAL: agent7 disk /", "CRITICAL: agent7 disk /mnt");
    restart();
    for (int minutes = 0; minutes < 5; minutes += 2) {
      now.addAndGet(2 * MINUTE);
      result("disk", 0, "OK|/=95%");
    }
    assertThat(subjects()).hasSize(2);
    // What fails to measure says nothing of what is not there.
    now.addAndGet(20 * MINUTE);
    result("disk", 3, "UNKNOWN - timed out");
    assertThat(subjects()).hasSize(2);
    now.addAndGet(MINUTE);
    result("disk", 0, "OK|/=95%");
    assertThat(subjects()).hasSize(3).endsWith("OK again: agent7 disk /mnt");
    assertThat(told().getLast().first().output())
        .isEqualTo("the check does not measure it any more\n");
    result("disk", 0, "OK|/=95% /mnt=97%");
    assertThat(subjects()).hasSize(4).endsWith("CRITICAL: agent7 disk /mnt");
  }
}
