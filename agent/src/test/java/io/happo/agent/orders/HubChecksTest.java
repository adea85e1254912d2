package io.happo.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.checks.Builtins;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.MemoryFolder;
import io.happo.agent.checks.Status;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A name service that is broken is told by its name, not as an agent that is away. */
class HubChecksTest {
  @Test
  void a_broken_name_is_a_warning_while_the_hub_is_reached_all_the_same() {
    assertThat(HubChecks.found("", true).status()).isEqualTo(Status.OK);
    assertThat(HubChecks.found("", false).status()).isEqualTo(Status.OK);
    assertThat(HubChecks.found("hub.test is unknown; the hub was found at 192.0.2.7:1", true))
        .isEqualTo(
            new Finding(
                Status.WARNING,
                "DNS WARNING - hub.test is unknown; the hub was found at 192.0.2.7:1"));
    assertThat(HubChecks.found("hub.test is unknown", false).status()).isEqualTo(Status.CRITICAL);
  }

  @Test
  void who_has_no_hub_knows_nothing(@TempDir Path folder) {
    var builtins =
        new Builtins(new HubChecks(), Machine.here(Clock.systemUTC(), new MemoryFolder(folder)));
    var answer = builtins.run("dns", List.of(), Duration.ofSeconds(10));
    assertThat(answer).isNotNull();
    assertThat(answer.status()).isEqualTo(3);
  }
}
