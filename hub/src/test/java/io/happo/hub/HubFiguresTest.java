package io.happo.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.MetricBatch;
import io.happo.core.MetricName;
import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.hub.api.TestHub;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the hub says of itself. */
class HubFiguresTest {
  @TempDir Path folder;
  private TestHub hub;

  @BeforeEach
  void open() {
    hub = new TestHub(folder);
    hub.rooms.intake().start();
  }

  @AfterEach
  void close() {
    hub.rooms.intake().close();
    hub.close();
  }

  private HubFigures figures() {
    return new HubFigures(
        hub.rooms.store(),
        hub.rooms.fleet(),
        hub.rooms.sessions(),
        hub.rooms.intake(),
        hub.rooms.messages(),
        _ -> {},
        hub.rooms.clock());
  }

  @Test
  void it_counts_agents_checks_and_messages_and_what_it_takes() throws Exception {
    var figures = figures();
    var agent = hub.rooms.fleet().byId(hub.join()).orElseThrow();
    hub.rooms
        .intake()
        .submit(
            agent.number(),
            new ToHub.Results(
                "e",
                1,
                List.of(
                    new Item.CheckResult("web", 1_000, 1, 2, 2, "down", "plan"),
                    new Item.CheckResult("disk", 1_000, 1, 0, 0, "fine", "plan"))))
        .join();
    hub.rooms.messages().add("ops", "{}", 1_000);
    var batch = figures.measure();
    assertThat(batch.hostname()).isEqualTo("@hub");
    assertThat(batch.metrics())
        .containsEntry("happo.hub.agents;state=away", 1.0)
        .containsEntry("happo.hub.agents;state=connected", 0.0)
        .containsEntry("happo.hub.checks;status=ok", 1.0)
        .containsEntry("happo.hub.checks;status=critical", 1.0)
        .containsEntry("happo.hub.messages;state=waiting", 1.0)
        .containsEntry("happo.hub.messages;state=failed", 0.0)
        .containsEntry("happo.hub.sessions", 0.0)
        .containsEntry("happo.hub.waiting.items", 0.0);
    for (var name :
        List.of(
            "happo.hub.store.bytes",
            "happo.hub.memory.bytes",
            "happo.hub.threads",
            "happo.hub.stored.persecond",
            "happo.hub.commits.persecond")) {
      assertThat(batch.metrics().get(name)).as(name).isPositive();
    }
  }

  @Test
  void what_is_per_second_is_since_the_last_time() {
    var figures = figures();
    assertThat(figures.measure().metrics()).containsEntry("happo.hub.stored.persecond", 0.0);
  }

  @Test
  void its_names_are_such_as_anybody_may_send() {
    MetricBatch batch = figures().measure();
    assertThat(batch.metrics().keySet())
        .allSatisfy(
            name ->
                assertThat(MetricName.read(name))
                    .as(name)
                    .map(MetricName::toString)
                    .hasValue(name));
  }
}
