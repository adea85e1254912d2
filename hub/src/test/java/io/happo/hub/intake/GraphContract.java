package io.happo.hub.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.happo.core.link.Item;
import io.happo.core.link.ToHub;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.store.Checks;
import io.happo.hub.store.Gathering;
import io.happo.hub.store.Results;
import io.happo.hub.store.Samples;
import io.happo.hub.store.Samples.Part;
import io.happo.hub.store.SeriesRow;
import io.happo.hub.store.Settling;
import io.happo.hub.store.Store;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
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
    new Gathering(store).gather(); // Some are in chunks, the others not yet.
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
    assertThat(parts(10, 51, 10).size()).isEqualTo(4);
    assertThat(parts(60, 70, 1)).isEmpty();
  }

  @Test
  void values_at_the_ends_of_what_a_number_can_be_are_gathered() throws Exception {
    result(1, 0, "|a=1.7e308");
    result(2, 0, "|a=1.7e308");
    result(11, 0, "|a=1e200");
    result(12, 0, "|a=-1e200");
    result(13, 0, "|a=3");
    assertThat(parts(0, 20, 10))
        .extracting(Part::min, Part::average, Part::max)
        .containsExactly(tuple(1.7e308, 1.7e308, 1.7e308), tuple(-1e200, 1.0, 1e200));
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
