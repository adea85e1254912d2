package io.happo.hub.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.metrics.Part;
import io.happo.hub.store.Checks;
import io.happo.hub.store.Events;
import io.happo.hub.store.Gathering;
import io.happo.hub.store.Results;
import io.happo.hub.store.Samples;
import io.happo.hub.store.Samples.Found;
import io.happo.hub.store.Samples.Name;
import io.happo.hub.store.Samples.Wanted;
import io.happo.hub.store.SeriesRow;
import io.happo.hub.store.Settling;
import io.happo.hub.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What graphs are drawn from, with every engine of the store. */
abstract class GraphContract {
  private static final long BEGIN = 1_800_000_000_000L;
  private static final long AGENT = 7;

  private Store store;
  private Intake intake;
  private long sequence;

  /** An empty one. */
  abstract Store open() throws Exception;

  @BeforeEach
  void start() throws Exception {
    store = open();
    InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(BEGIN));
    intake = new Intake(store, (_, _) -> CheckSettings.DEFAULT, IntakeContract.LIMITS, clock);
    intake.start();
  }

  @AfterEach
  void stop() {
    intake.close();
    store.close();
  }

  private void result(long time, int status, String output) throws InterruptedException {
    result("load", time, status, output);
  }

  private void result(String check, long time, int status, String output)
      throws InterruptedException {
    var item = new Item.CheckResult(check, BEGIN + time, 1, status, status, output, "plan");
    intake.submit(AGENT, new ToHub.Results("e", ++sequence, List.of(item))).join();
  }

  private long check() {
    return new Checks(store).find(AGENT, "load").orElseThrow().number();
  }

  private List<SeriesRow> series() {
    return new Samples(store).series(AGENT, check());
  }

  private List<Part> parts(long from, long to, long width) {
    long number = series().getFirst().number();
    return new Samples(store)
        .parts(List.of(number), BEGIN + from, BEGIN + to, width)
        .getOrDefault(number, List.of());
  }

  private static Part part(long time, long count, double min, double max, double sum, double last) {
    return new Part(BEGIN + time, count, min, max, sum, last);
  }

  @Test
  void values_are_gathered_in_equal_parts_of_the_time() throws Exception {
    result(9, 0, "|a=100");
    result(10, 0, "|a=1");
    result(15, 0, "|a=-4.5");
    new Gathering(store).gather(); // Some are where they are kept in order, the others not yet.
    result(19, 0, "|a=2");
    result(27, 0, "|a=7");
    result(30, 0, "|a=U");
    result(39, 0, "|a=U");
    result(41, 0, "|a=8");
    result(42, 0, "|a=U");
    result(50, 0, "|a=100");
    assertThat(parts(10, 50, 10))
        .as("none told is no part, and a value among those is one")
        .containsExactly(
            part(10, 3, -4.5, 2, -1.5, 2), part(20, 1, 7, 7, 7, 7), part(40, 1, 8, 8, 8, 8));
    assertThat(parts(0, 1_000, 1_000)).singleElement().extracting(Part::min).isEqualTo(-4.5);
    assertThat(parts(10, 50, 1))
        .extracting(Part::time)
        .containsExactly(BEGIN + 10, BEGIN + 15, BEGIN + 19, BEGIN + 27, BEGIN + 41);
    assertThat(parts(10, 51, 10)).hasSize(4);
    assertThat(parts(60, 70, 10)).isEmpty();
  }

  @Test
  void a_part_ends_with_its_latest_value_whenever_that_came() throws Exception {
    result(18, 0, "|a=8");
    result(15, 0, "|a=5");
    new Gathering(store).gather();
    result(11, 0, "|a=1");
    assertThat(parts(10, 20, 10)).containsExactly(part(10, 3, 1, 8, 14, 8));
  }

  @Test
  void values_at_the_ends_of_what_a_number_can_be_are_gathered() throws Exception {
    result(1, 0, "|a=1.7e308");
    result(2, 0, "|a=1.7e308");
    result(3, 0, "|a=-1.7e308");
    result(11, 0, "|a=1e200");
    result(12, 0, "|a=-1e200");
    result(13, 0, "|a=3");
    assertThat(parts(0, 20, 10))
        .extracting(Part::min, Part::average, Part::max)
        .containsExactly(tuple(-1.7e308, 1.7e308, 1.7e308), tuple(-1e200, 1.0, 1e200));
  }

  @Test
  void an_agent_has_so_many_series_at_a_time_and_old_ones_make_room() throws Exception {
    var now = new AtomicLong(BEGIN);
    try (var limited =
        new Intake(
            store,
            (_, _) -> CheckSettings.DEFAULT,
            IntakeContract.LIMITS.withSeries(3),
            () -> Instant.ofEpochMilli(now.get()))) {
      limited.start();
      measure(limited, now.get(), "a", "b", "c", "d");
      assertThat(names()).containsExactly("a", "b", "c");
      assertThat(new Events(store).ofAgent(AGENT, Long.MAX_VALUE, 5))
          .singleElement()
          .extracting(Events.Row::text)
          .asString()
          .contains("3 series", "such as d");
      for (int day = 1; day <= 9; day++) {
        now.addAndGet(Duration.ofDays(1).toMillis());
        measure(limited, now.get(), "a", "b");
      }
      measure(limited, now.get(), "d", "e");
      assertThat(names()).containsExactly("a", "b", "c", "d");
    }
    try (var anew =
        new Intake(
            store,
            (_, _) -> CheckSettings.DEFAULT,
            IntakeContract.LIMITS.withSeries(3),
            () -> Instant.ofEpochMilli(now.get()))) {
      anew.start();
      measure(anew, now.get(), "e", "d", "a");
      assertThat(names())
          .as("a hub that starts anew knows it too")
          .containsExactly("a", "b", "c", "d");
    }
  }

  private void measure(Intake limited, long time, String... names) throws InterruptedException {
    var values = new TreeMap<String, Double>();
    for (var name : names) {
      values.put(name, 1.0);
    }
    var item = new Item.Metrics(new MetricBatch("host", time / 1_000, values));
    limited.submit(AGENT, new ToHub.Results("e", ++sequence, List.of(item))).join();
  }

  private List<String> names() {
    return new Samples(store).series(AGENT).stream().map(row -> row.key().name()).toList();
  }

  @Test
  void a_hub_whose_clock_is_behind_when_it_starts_keeps_what_is_measured() throws Exception {
    measure(intake, BEGIN, "a");
    try (var behind =
        new Intake(
            store,
            (_, _) -> CheckSettings.DEFAULT,
            IntakeContract.LIMITS,
            () -> Instant.ofEpochMilli(BEGIN - Duration.ofDays(30).toMillis()))) {
      behind.start();
      measure(behind, BEGIN, "b");
      measure(behind, BEGIN + Duration.ofDays(2).toMillis(), "c");
    }
    assertThat(names()).containsExactly("a", "b");
  }

  @Test
  void the_parts_of_many_series_come_at_once() throws Exception {
    var output = new StringBuilder("|");
    for (int i = 0; i < 600; i++) {
      output.append(" s").append(i).append('=').append(i);
    }
    result(1, 0, output.toString());
    var numbers = series().stream().map(SeriesRow::number).toList();
    assertThat(new Samples(store).parts(numbers, BEGIN, BEGIN + 10, 10))
        .hasSize(600)
        .allSatisfy((_, parts) -> assertThat(parts).hasSize(1));
    assertThat(new Samples(store).parts(List.of(), BEGIN, BEGIN + 10, 10)).isEmpty();
  }

  private void metrics(long agent, String host, String... names) throws InterruptedException {
    var values = new TreeMap<String, Double>();
    for (var name : names) {
      values.put(name, 1.0);
    }
    var item = new Item.Metrics(new MetricBatch(host, BEGIN / 1_000, values));
    intake.submit(agent, new ToHub.Results("m", ++sequence, List.of(item))).join();
  }

  private List<String> found(String name, String check, String host, Long... agents) {
    var of = agents.length == 0 ? Optional.<Set<Long>>empty() : Optional.of(Set.of(agents));
    return new Samples(store)
        .find(new Wanted(name, check, host, of), _ -> true, 100).stream()
            .map(GraphContract::words)
            .toList();
  }

  private static String words(Found found) {
    var key = found.row().key();
    return String.join(" ", Long.toString(found.agent()), found.check(), key.host(), key.name());
  }

  @Test
  void series_of_all_agents_are_found_by_patterns() throws Exception {
    result("load", 1, 0, "|load1=1 load5=2 50%_used!=3");
    result("disk", 1, 0, "|/=1");
    metrics(8, "db1", "cpu", "cpu;core=1", "cpufreq", "CPU", "x;y=cpu");
    metrics(9, "db2", "cpu");
    assertThat(found("load*", "*", "*")).containsExactly("7 load  load1", "7 load  load5");
    assertThat(found("cpu", "*", "*"))
        .as("with all its tags, and no other letter case")
        .containsExactly("8  db1 cpu", "8  db1 cpu;core=1", "9  db2 cpu");
    assertThat(found("cpu;core=*", "*", "*")).containsExactly("8  db1 cpu;core=1");
    assertThat(found("*cpu", "*", "*")).as("tags are no name").hasSize(3);
    assertThat(found("*", "d*", "*")).containsExactly("7 disk  /");
    assertThat(found("*", "*", "*2")).containsExactly("9  db2 cpu");
    assertThat(found("50%_used!", "*", "*")).containsExactly("7 load  50%_used!");
    assertThat(found("%", "*", "*")).isEmpty();
    assertThat(found("_oad1", "*", "*")).isEmpty();
    assertThat(found("*", "*", "*")).hasSize(10);
  }

  @Test
  void series_of_some_agents_are_found_and_no_more_than_asked_for() throws Exception {
    result("load", 1, 0, "|a=1");
    metrics(8, "", "a", "b");
    metrics(9, "", "a");
    assertThat(found("*", "*", "*", 7L, 9L)).containsExactly("7 load  a", "9   a");
    assertThat(found("a", "*", "*", 8L)).containsExactly("8   a");
    assertThat(found("*", "*", "*", 5L)).isEmpty();
    var samples = new Samples(store);
    var all = new Wanted("*", "*", "*", Optional.empty());
    assertThat(samples.find(all, _ -> true, 2)).hasSize(2);
    assertThat(samples.find(all, one -> one.agent() > 8, 1))
        .as("what does not suit does not count")
        .hasSize(1);
    var nobody = new Wanted("*", "*", "*", Optional.of(Set.of()));
    assertThat(samples.find(nobody, _ -> true, 2)).isEmpty();
  }

  @Test
  void names_tell_how_many_series_they_have() throws Exception {
    result("disk", 1, 0, "|/=1MB;2 /home=2MB");
    metrics(8, "db1", "cpu;core=0", "cpu;core=1", "CPUs");
    metrics(9, "db1", "cpu;core=0");
    var samples = new Samples(store);
    assertThat(samples.names("", "*", OptionalLong.empty()))
        .containsExactly(
            new Name("/", "disk", "MB", 1),
            new Name("/home", "disk", "MB", 1),
            new Name("CPUs", "", "", 1),
            new Name("cpu", "", "", 3));
    assertThat(samples.names("Cpu", "*", OptionalLong.of(8)))
        .containsExactly(new Name("CPUs", "", "", 1), new Name("cpu", "", "", 2));
    assertThat(samples.names("disk", "*", OptionalLong.empty())).as("by their check").hasSize(2);
    assertThat(samples.names("", "d*", OptionalLong.empty())).hasSize(2);
  }

  @Test
  void the_series_of_one_check_are_found_by_name() throws Exception {
    result(1, 0, "|b=1 a=2ms c=3;1:2;3;0;9");
    result("other", 1, 0, "|d=1");
    assertThat(series()).extracting(row -> row.key().name()).containsExactly("a", "b", "c");
    assertThat(series().getLast().thresholds())
        .isEqualTo(new SeriesRow.Thresholds("1:2", "3", "0", "9"));
    assertThat(new Samples(store).series(AGENT + 1, check())).isEmpty();
  }

  @Test
  void equal_statuses_in_a_row_are_one() throws Exception {
    for (int status : new int[] {0, 0, 2, 2, 1, 1, 1, 0, 3, 3}) {
      result(sequence + 1, status, "");
      if (sequence == 4) {
        new Settling(store).settle();
      }
    }
    var results = new Results(store);
    assertThat(results.runs(check(), 0, Long.MAX_VALUE, 10))
        .containsExactly(status(1, 0), status(3, 2), status(5, 1), status(8, 0), status(9, 3));
    assertThat(results.runs(check(), 0, Long.MAX_VALUE, 2))
        .containsExactly(status(8, 0), status(9, 3));
    assertThat(results.runs(check(), BEGIN + 4, BEGIN + 8, 10))
        .containsExactly(status(4, 2), status(5, 1));
    assertThat(results.runs(check(), 0, BEGIN, 10)).isEmpty();
  }

  private static Results.Status status(long time, int status) {
    return new Results.Status(BEGIN + time, status);
  }
}
