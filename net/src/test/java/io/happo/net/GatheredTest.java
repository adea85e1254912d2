package io.happo.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class GatheredTest {
  private static final int MOST = 60_000;

  private final ByteBudget budget = new ByteBudget(1_000_000);
  private final Gathered gathered = new Gathered(budget);

  private boolean add(int bytes) {
    return gathered.add(new byte[bytes], MOST);
  }

  @Test
  void the_memory_taken_counts_and_not_what_is_in_it() {
    assertThat(add(4_000)).isTrue();
    assertThat(budget.held()).isZero();
    assertThat(add(1_000)).isTrue();
    // Room for twice as much as there is, so that the next piece finds it.
    assertThat(budget.held()).isEqualTo(10_000 - Gathered.FREE_BYTES);
    assertThat(add(5_000)).isTrue();
    assertThat(budget.held()).isEqualTo(10_000 - Gathered.FREE_BYTES);
    assertThat(gathered.count()).isEqualTo(10_000);
    assertThat(gathered.take(9_000)).hasSize(9_000);
    assertThat(budget.held()).isZero();
  }

  @Test
  void nothing_is_added_without_room_in_the_budget() {
    assertThat(add(4_000)).isTrue();
    budget.add(999_000);
    assertThat(add(1_000)).isFalse();
    assertThat(gathered.count()).isEqualTo(4_000);
    assertThat(budget.held()).isEqualTo(999_000);
  }
}
