package io.happo.hub.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.link.ToHub;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How much of runs is kept, and for how long. */
final class RunsTest {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.ofEpochMilli(1_800_000_000_000L));
  private final Runs runs = new Runs(now::get);

  private Runs.Running begin() {
    return runs.begin(1, "ada", 3_600).orElseThrow();
  }

  private void end(Runs.Running run) {
    runs.ended(1, new ToHub.RunEnd(run.id(), "exited", Optional.empty(), ""));
  }

  @Test
  void a_run_is_kept_for_ten_minutes_after_its_end() {
    var ended = begin();
    var running = begin();
    end(ended);
    now.updateAndGet(time -> time.plus(Duration.ofMinutes(10)));
    begin();
    assertThat(runs.find(ended.id())).hasValue(ended);
    now.updateAndGet(time -> time.plusMillis(1));
    begin();
    assertThat(runs.find(ended.id())).isEmpty();
    assertThat(runs.find(running.id())).hasValue(running);
  }

  @Test
  void so_many_run_and_no_more_and_of_those_that_ended_the_oldest_makes_room() {
    var first = begin();
    var second = begin();
    for (int i = 2; i < 1_000; i++) {
      begin();
    }
    assertThat(runs.begin(1, "ada", 3_600)).isEmpty();
    end(second);
    now.updateAndGet(time -> time.plusMillis(1));
    end(first);
    assertThat(runs.begin(1, "ada", 3_600)).isPresent();
    assertThat(runs.find(second.id())).isEmpty();
    assertThat(runs.find(first.id())).hasValue(first);
    assertThat(runs.begin(1, "ada", 3_600)).isPresent();
    assertThat(runs.find(first.id())).isEmpty();
    assertThat(runs.begin(1, "ada", 3_600)).isEmpty();
  }

  @Test
  void of_an_output_that_never_ends_the_beginning_is_kept() throws Exception {
    var run = begin();
    for (int i = 0; i < 20; i++) {
      runs.output(1, new ToHub.RunOutput(run.id(), "x".repeat(100_000)));
    }
    assertThat(run.from(0, 0).next()).isEqualTo(1 << 20);
    assertThat(run.from(Integer.MAX_VALUE, 0))
        .isEqualTo(new Runs.Progress("", 1 << 20, Optional.empty()));
  }

  @Test
  void only_the_runs_of_the_agent_that_is_lost_have_failed() throws Exception {
    var lost = begin();
    var other = runs.begin(2, "ada", 3_600).orElseThrow();
    var ended = begin();
    end(ended);
    runs.lost(1);
    assertThat(lost.from(0, 0).end().orElseThrow().outcome()).isEqualTo("failed");
    assertThat(ended.from(0, 0).end().orElseThrow().outcome()).isEqualTo("exited");
    assertThat(other.from(0, 0).end()).isEmpty();
  }

  @Test
  void a_run_whose_end_nobody_tells_fails_some_time_after_its_deadline_and_is_forgotten()
      throws Exception {
    var run = runs.begin(1, "ada", 60).orElseThrow();
    now.updateAndGet(time -> time.plusSeconds(90));
    assertThat(runs.find(run.id()).orElseThrow().from(0, 0).end()).isEmpty();
    now.updateAndGet(time -> time.plusMillis(1));
    var end = runs.find(run.id()).orElseThrow().from(0, 0).end().orElseThrow();
    assertThat(end.outcome()).isEqualTo("failed");
    assertThat(end.message()).isEqualTo("the agent has not told how it ended");
    now.updateAndGet(time -> time.plus(Duration.ofMinutes(11)));
    begin();
    assertThat(runs.find(run.id())).isEmpty();
  }
}
