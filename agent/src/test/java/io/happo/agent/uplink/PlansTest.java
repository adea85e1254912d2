package io.happo.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.core.link.ToAgent.PlanOffer;
import io.happo.core.link.ToHub.PlanStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Plans that cannot be applied at once. */
@Timeout(60)
class PlansTest {
  private final List<String> tried = new CopyOnWriteArrayList<>();
  private final List<PlanStatus> told = new CopyOnWriteArrayList<>();
  private volatile String trouble = "the disk is full";
  private volatile boolean passing = true;

  private final PlanApplier applier =
      new PlanApplier() {
        @Override
        public String hash() {
          return "";
        }

        @Override
        public List<String> bundles() {
          return List.of();
        }

        @Override
        public PlanStatus apply(String hash, String document) {
          tried.add(hash);
          return trouble.isEmpty()
              ? new PlanStatus(hash, true, List.of())
              : new PlanStatus(hash, false, List.of(trouble));
        }

        @Override
        public boolean mayPass() {
          return passing;
        }
      };

  @Test
  void what_may_pass_is_tried_again_and_told_when_it_is_another_answer() {
    var plans = new Plans(applier, Duration.ofMillis(5));
    plans.offer(new PlanOffer("a", "{}"), told::add);
    await().until(() -> tried.size() >= 3);
    trouble = "";
    await().until(() -> told.size() == 2);
    assertThat(told.getFirst().problems()).containsExactly("the disk is full");
    assertThat(told.getLast().applied()).isTrue();
  }

  @Test
  void another_plan_takes_the_place_of_one_that_waits() {
    var plans = new Plans(applier, Duration.ofHours(1));
    plans.offer(new PlanOffer("a", "{}"), told::add);
    await().until(() -> told.size() == 1);
    trouble = "";
    plans.offer(new PlanOffer("b", "{}"), told::add);
    await().until(() -> told.size() == 2);
    assertThat(tried).containsExactly("a", "b");
  }

  @Test
  void what_will_not_pass_is_tried_once() {
    passing = false;
    trouble = "it is no plan";
    var plans = new Plans(applier, Duration.ofMillis(1));
    plans.offer(new PlanOffer("a", "{}"), told::add);
    await().until(() -> told.size() == 1);
    trouble = "";
    plans.offer(new PlanOffer("b", "{}"), told::add);
    await().until(() -> told.size() == 2);
    assertThat(tried).containsExactly("a", "b");
  }
}
