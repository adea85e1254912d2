package io.happo.hub.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.hub.fleet.Rollout.State;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RolloutTest {
  private static final int AGENTS = 10_000;

  private static long agentsOf(Rollout rollout) {
    return IntStream.range(0, AGENTS).filter(i -> rollout.isOfTheShare("agent" + i)).count();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 50, 99})
  void a_share_is_about_so_many_of_a_hundred_agents(int share) {
    assertThat(agentsOf(new Rollout(7, 6, share, State.ROLLING)))
        .isBetween(AGENTS * (share - 1L) / 100, AGENTS * (share + 1L) / 100);
  }

  @Test
  void a_share_of_all_is_all_and_a_larger_one_holds_the_smaller() {
    assertThat(agentsOf(new Rollout(7, 6, 100, State.ROLLING))).isEqualTo(AGENTS);
    var small = new Rollout(7, 6, 10, State.ROLLING);
    var large = new Rollout(7, 6, 30, State.ROLLING);
    assertThat(IntStream.range(0, AGENTS).mapToObj(i -> "agent" + i).filter(small::isOfTheShare))
        .isNotEmpty()
        .allMatch(large::isOfTheShare);
  }

  @Test
  void another_version_is_tried_by_other_agents() {
    var one = new Rollout(7, 6, 10, State.ROLLING);
    var next = new Rollout(8, 7, 10, State.ROLLING);
    assertThat(IntStream.range(0, AGENTS).mapToObj(i -> "agent" + i).filter(one::isOfTheShare))
        .anyMatch(agent -> !next.isOfTheShare(agent));
  }

  @Test
  void who_is_not_of_the_share_has_the_version_before_until_all_get_it() {
    var nobody = new Rollout(7, 6, 0, State.ROLLING);
    assertThat(nobody.versionFor("a")).isEqualTo(6);
    assertThat(nobody.become(State.HALTED).versionFor("a")).isEqualTo(6);
    assertThat(nobody.become(State.COMPLETE).versionFor("a")).isEqualTo(7);
    var all = new Rollout(7, 6, 100, State.HALTED);
    assertThat(all.versionFor("a")).isEqualTo(7);
  }

  @Test
  void it_is_read_as_it_was_written() {
    var rollout = new Rollout(7, 6, 10, State.HALTED);
    assertThat(Rollout.read(Optional.of(rollout.toJson()))).isEqualTo(rollout);
    assertThat(Rollout.read(Optional.empty())).isEqualTo(Rollout.NOTHING);
    assertThatThrownBy(() -> Rollout.read(Optional.of("{\"version\":1}")))
        .hasMessage("the rollout in the store is damaged");
  }
}
