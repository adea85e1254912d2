package io.happo.program.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.happo.agent.exec.Exec;
import io.happo.agent.exec.ExecSettings;
import io.happo.agent.exec.Inside;
import io.happo.agent.exec.Insiders;
import io.happo.agent.exec.PluginPaths;
import io.happo.agent.scheduler.CheckRunner;
import io.happo.agent.scheduler.Checks;
import io.happo.core.link.Item;
import io.happo.core.plan.Bundle;
import io.happo.core.plan.Check;
import io.happo.core.plan.Plan;
import io.happo.core.plan.PlanDocument;
import io.happo.core.plan.Schedule;
import io.happo.core.plan.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scheduler with the agent running real scripts; time is simulated where it can be. */
@Timeout(60)
class SchedulerTest {
  private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");
  private static final long BEGIN = 1_800_000_000_000L;

  @TempDir Path folder;

  /** What the agent itself fails at. */
  private static final Inside BROKEN =
      new Inside() {
        @Override
        public boolean has(String name) {
          return true;
        }

        @Override
        public boolean isOpenToAll(String name, List<String> arguments) {
          return true;
        }

        @Override
        public Answer run(String name, List<String> arguments, Duration deadline) {
          throw new IllegalStateException("broken");
        }
      };

  private final Exec exec =
      new Exec(ExecSettings.withDefaults(ENVIRONMENT), new Insiders(BROKEN, Insiders.When.MISSING));
  private final AtomicLong millis = new AtomicLong(BEGIN);
  private final List<Item.CheckResult> results = new CopyOnWriteArrayList<>();
  private final List<Item> others = new CopyOnWriteArrayList<>();
  private volatile Optional<String> trouble = Optional.empty();
  private Scheduler scheduler = scheduler(4);

  private Scheduler scheduler(int places) {
    InstantSource wall = () -> Instant.ofEpochMilli(millis.get());
    return scheduler(places, wall, () -> (millis.get() - BEGIN) * 1_000_000);
  }

  private Scheduler scheduler(int places, InstantSource wall, LongSupplier nanos) {
    return new Scheduler(
        new SchedulerSettings("agent", places, ZoneId.of("UTC")),
        new CheckRunner(
            exec,
            new PluginPaths(List.of(Path.of("/nowhere"))),
            sha256 -> Optional.of(folder.resolve(sha256.substring(0, 1))),
            ENVIRONMENT),
        this::accept,
        wall,
        nanos);
  }

  private void accept(Item item) throws IOException {
    if (trouble.isPresent()) {
      throw new IOException(trouble.get());
    }
    if (item instanceof Item.CheckResult result) {
      results.add(result);
    } else {
      others.add(item);
    }
  }

  @AfterEach
  void close() {
    scheduler.close();
    exec.close();
  }

  @Test
  void results_carry_their_own_time_and_the_plan_they_were_run_by() throws IOException {
    var plan = use(script("a", "echo fine; exit 1"));
    seconds(1);
    await().until(() -> results.size() == 1);
    assertThat(results.getFirst())
        .isEqualTo(new Item.CheckResult("a", BEGIN + 1_000, 0, 1, 1, "fine\n", plan.hash(), 1));
  }

  @Test
  void an_inventory_has_a_text_and_none_when_it_fails() throws IOException {
    use(inventory(script("a", "echo one; echo two")), inventory(script("b", "echo no; exit 4")));
    seconds(60);
    await().until(() -> others.size() == 2);
    assertThat(others)
        .contains(
            new Item.Inventory("a", BEGIN + 60_000, "one\ntwo\n"),
            new Item.Event(
                Scheduler.INVENTORY_FAILED,
                BEGIN + 60_000,
                "b could not be listed: no",
                new TreeMap<>(Map.of("inventory", "b", "exit", "4"))));
    assertThat(results).isEmpty();
  }

  @Test
  void what_has_no_result_is_tried_again_after_its_retry() {
    var runs = new AtomicLong();
    scheduler =
        new Scheduler(
            new SchedulerSettings("agent", 4, ZoneId.of("UTC")),
            _ -> {
              runs.incrementAndGet();
              return Optional.empty();
            },
            this::accept,
            () -> Instant.ofEpochMilli(millis.get()),
            () -> (millis.get() - BEGIN) * 1_000_000);
    var work = new Work.Plugin("check_x", List.of());
    var hourly = new Schedule.Every(Duration.ofHours(1));
    use(
        new Check(
            "a", work, hourly, Duration.ofSeconds(10), Duration.ofSeconds(5), 3, new TreeMap<>()));
    seconds(3_600);
    await().until(() -> runs.get() == 1 && scheduler.counts().running() == 0);
    seconds(4);
    assertThat(runs.get()).isEqualTo(1);
    seconds(1);
    await().until(() -> runs.get() == 2 && scheduler.counts().running() == 0);
    assertThat(results).isEmpty();
  }

  private static Check inventory(Check check) {
    return new Check(
        check.name(),
        check.work(),
        check.schedule(),
        check.timeout(),
        check.retry(),
        1,
        check.environment(),
        true);
  }

  @Test
  void a_check_that_still_runs_is_not_started_again() throws IOException {
    use(script("a", "while [ ! -e \"$0.go\" ]; do sleep 0.02; done; echo done"));
    for (int i = 0; i < 5; i++) {
      seconds(1);
    }
    assertThat(scheduler.counts().running()).isEqualTo(1);
    Files.createFile(folder.resolve("a.go"));
    await().until(() -> scheduler.counts().running() == 0);
    assertThat(results).hasSize(1);
    assertThat(results.getFirst().durationMillis()).isEqualTo(4_000);
    assertThat(scheduler.counts().missed()).isEqualTo(4);
  }

  @Test
  void checks_go_on_while_results_cannot_be_kept() throws IOException {
    use(script("a", "echo fine"));
    trouble = Optional.of("no space left on device");
    for (int i = 1; i <= 3; i++) {
      int lost = i;
      seconds(1);
      await().until(() -> scheduler.counts().lost() == lost);
      await().until(() -> scheduler.counts().running() == 0);
    }
    trouble = Optional.empty();
    seconds(1);
    await().until(() -> results.size() == 1);
    await().until(() -> scheduler.counts().running() == 0);
    assertThat(scheduler.counts()).isEqualTo(new SchedulerCounts(1, 0, 1, 3, 0, 0));
  }

  @Test
  void a_removed_check_that_runs_ends_by_itself_and_its_result_counts() throws IOException {
    var plan = use(script("a", "while [ ! -e \"$0.go\" ]; do sleep 0.02; done; echo done"));
    seconds(1);
    scheduler.use(PlanDocument.of(Plan.EMPTY));
    assertThat(scheduler.counts().planned()).isZero();
    Files.createFile(folder.resolve("a.go"));
    await().until(() -> results.size() == 1);
    assertThat(results.getFirst().plan()).isEqualTo(plan.hash());
    await().until(() -> scheduler.counts().running() == 0);
    seconds(5);
    assertThat(scheduler.counts().running()).isZero();
  }

  @Test
  void what_the_agent_itself_fails_at_is_a_result_too() {
    use(Checks.running("a", new Work.Builtin("x", List.of())));
    seconds(1);
    await().until(() -> results.size() == 1);
    assertThat(results.getFirst().status()).isEqualTo(3);
    assertThat(results.getFirst().output()).contains("it could not be run").contains("broken");
    await().until(() -> scheduler.counts().running() == 0);
  }

  @Test
  void no_more_run_at_once_than_there_are_places() throws IOException {
    scheduler = scheduler(2);
    var text = "while [ ! -e \"$0.go\" ]; do sleep 0.02; done; echo done";
    use(script("a", text), script("b", text), script("c", text));
    seconds(1);
    seconds(1);
    assertThat(scheduler.counts().running()).isEqualTo(2);
    for (var name : List.of("a.go", "b.go", "c.go")) {
      Files.createFile(folder.resolve(name));
    }
    await().until(() -> results.size() == 2);
    await().until(() -> scheduler.counts().running() == 0);
    scheduler.look();
    await().until(() -> results.size() == 3);
    assertThat(results).extracting(Item.CheckResult::check).contains("a", "b", "c");
    await().until(() -> scheduler.counts().running() == 0);
  }

  @Test
  void what_was_started_late_says_by_how_much() throws IOException {
    scheduler = scheduler(1);
    var text = "while [ ! -e \"$0.go\" ]; do sleep 0.02; done; printf 'fine|n=1'";
    use(script("a", text), script("b", text));
    seconds(1);
    await().until(() -> scheduler.counts().running() == 1);
    seconds(5);
    seconds(3);
    for (var name : List.of("a.go", "b.go")) {
      Files.createFile(folder.resolve(name));
    }
    await().until(() -> results.size() == 1);
    assertThat(results.getFirst().output()).isEqualTo("fine|n=1");
    await().until(() -> scheduler.counts().running() == 0);
    scheduler.look();
    await().until(() -> results.size() == 2);
    assertThat(results.getLast().output()).matches("fine\\|n=1\n\\(started [89] s late\\)\n");
    await().until(() -> scheduler.counts().running() == 0);
  }

  @Test
  void closing_cuts_runs_short_and_no_result_says_so() throws IOException {
    use(script("a", "touch \"$0.begun\"; exec sleep 60"));
    seconds(1);
    await().until(() -> Files.exists(folder.resolve("a.begun")));
    scheduler.close();
    assertThat(results).isEmpty();
    assertThat(scheduler.counts().running()).isZero();
  }

  @Test
  void a_started_scheduler_looks_by_itself() throws IOException {
    scheduler = scheduler(4, InstantSource.system(), System::nanoTime);
    scheduler.start();
    use(script("a", "echo fine"), script("b", "echo fine"));
    await()
        .until(
            () ->
                results.stream().filter(result -> result.check().equals("a")).count() > 1
                    && results.stream().anyMatch(result -> result.check().equals("b")));
    scheduler.close();
    int kept = results.size();
    assertThat(scheduler.counts().results()).isEqualTo(kept);
    assertThat(scheduler.counts().running()).isZero();
  }

  /** A second passes, in which each check is due once; then the scheduler looks. */
  private void seconds(int seconds) {
    millis.addAndGet(seconds * 1_000L);
    scheduler.look();
  }

  private PlanDocument use(Check... checks) {
    var bundles =
        List.of(checks).stream()
            .map(Check::work)
            .filter(Work.Script.class::isInstance)
            .map(work -> ((Work.Script) work).sha256())
            .map(sha256 -> new Bundle(sha256, "s", Bundle.Kind.SCRIPT, 1, ""))
            .toList();
    var document = PlanDocument.of(new Plan(List.of(checks), bundles));
    scheduler.use(document);
    return document;
  }

  /** A check of each second whose digest begins with its name, one of a to f. */
  private Check script(String name, String text) throws IOException {
    var file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Checks.running(name, new Work.Script(name + "0".repeat(63), List.of()));
  }
}
