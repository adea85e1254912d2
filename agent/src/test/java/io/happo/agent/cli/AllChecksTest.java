package io.happo.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.plan.BuiltinNames;
import org.junit.jupiter.api.Test;

class AllChecksTest {
  @Test
  void what_plans_take_without_doubt_is_what_there_is() {
    assertThat(new AllChecks().names()).isEqualTo(BuiltinNames.ALL);
  }
}
