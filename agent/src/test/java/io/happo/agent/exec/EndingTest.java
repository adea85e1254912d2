package io.happo.agent.exec;

import static io.happo.agent.exec.Ending.Step.GONE;
import static io.happo.agent.exec.Ending.Step.KILL;
import static io.happo.agent.exec.Ending.Step.LOST;
import static io.happo.agent.exec.Ending.Step.TERM;
import static io.happo.agent.exec.Ending.Step.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Deadline 100, killAfter 30. */
class EndingTest {
  private final Ending ending = new Ending(30);

  @Test
  void session_that_is_empty_before_its_deadline_is_gone() {
    assertThat(ending.next(true, 100, 99)).isEqualTo(WAIT);
    assertThat(ending.next(false, 100, 99)).isEqualTo(GONE);
  }

  @Test
  void session_that_was_asked_to_end_is_gone_when_empty_twice() {
    assertThat(ending.next(true, 100, 100)).isEqualTo(TERM);
    assertThat(ending.next(false, 100, 101)).isEqualTo(WAIT);
    assertThat(ending.next(true, 100, 102)).isEqualTo(TERM);
    assertThat(ending.next(false, 100, 103)).isEqualTo(WAIT);
    assertThat(ending.next(false, 100, 104)).isEqualTo(GONE);
  }

  @Test
  void kill_comes_its_time_after_the_first_term_and_is_given_up_at_last() {
    assertThat(ending.untilKill(0)).isEqualTo(Long.MAX_VALUE);
    assertThat(ending.next(true, 100, 110)).isEqualTo(TERM);
    assertThat(ending.untilKill(120)).isEqualTo(20);
    assertThat(ending.next(true, 100, 139)).isEqualTo(TERM);
    assertThat(ending.next(true, 100, 140)).isEqualTo(KILL);
    assertThat(ending.untilKill(140)).isEqualTo(Long.MAX_VALUE);
    assertThat(ending.next(true, 100, 139 + Ending.KILL_NANOS)).isEqualTo(KILL);
    assertThat(ending.next(true, 100, 140 + Ending.KILL_NANOS)).isEqualTo(LOST);
  }

  @Test
  void session_that_ends_between_kills_is_gone() {
    assertThat(ending.next(true, 100, 100)).isEqualTo(TERM);
    assertThat(ending.next(true, 100, 130)).isEqualTo(KILL);
    assertThat(ending.next(false, 100, 131)).isEqualTo(WAIT);
    assertThat(ending.next(false, 100, 132)).isEqualTo(GONE);
  }
}
