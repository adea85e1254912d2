package io.happo.agent.feeds;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KnownNamesTest {
  private static final long HOUR = 60;

  private final KnownNames names = new KnownNames(2);

  @Test
  void no_more_than_so_many_are_admitted() {
    assertThat(names.admits("a", 0)).isTrue();
    assertThat(names.admits("b", 0)).isTrue();
    assertThat(names.admits("c", 0)).isFalse();
    assertThat(names.admits("a", 1)).isTrue();
  }

  @Test
  void name_that_is_not_used_makes_room_after_the_hour_that_follows() {
    names.admits("a", 0);
    names.admits("b", 0);
    assertThat(names.admits("a", HOUR)).isTrue();
    assertThat(names.admits("c", HOUR)).isFalse();
    assertThat(names.admits("c", 2 * HOUR)).isTrue(); // In the place of b.
    assertThat(names.admits("a", 2 * HOUR)).isTrue();
    assertThat(names.admits("b", 2 * HOUR)).isFalse();
  }

  @Test
  void after_hours_of_silence_none_is_known() {
    names.admits("a", 0);
    names.admits("b", 0);
    assertThat(names.admits("c", 3 * HOUR)).isTrue();
    assertThat(names.admits("d", 3 * HOUR)).isTrue();
    assertThat(names.admits("a", 3 * HOUR)).isFalse();
  }
}
