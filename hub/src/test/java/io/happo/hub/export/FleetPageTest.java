package io.happo.hub.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetPageTest {
  private static final long NOW = 1_800_000_000_000L;
  private static final long MINUTE = 60_000;

  @TempDir Path folder;
  private final MemorySource source = new MemorySource();
  private Measuring measuring;

  @BeforeEach
  void start() throws Exception {
    measuring = new Measuring(folder, source);
  }

  @AfterEach
  void stop() {
    measuring.close();
  }

  private static SampleSource.Sample sample(long series, long time, double value) {
    return new SampleSource.Sample(series, time, value);
  }

  @Test
  void agents_checks_and_what_they_measured_stand_there() throws Exception {
    long load = measuring.series("load", "load1");
    long now = System.currentTimeMillis();
    source.add(now, sample(load, now - 1_000, 0.5), sample(load, now - 2_000, 9));
    var agent = "agent=\"web-01\",agent_id=\"" + measuring.agent.id() + "\"";
    assertThat(measuring.page().lines())
        .contains(
            "happo_agent_up{" + agent + "} 0",
            "happo_agent_info{" + agent + ",tag_of=\"token\",tag_role=\"web\"} 1",
            "happo_check_status{" + agent + ",check=\"load\"} 0",
            "happo_perfdata{" + agent + ",check=\"load\",label=\"load1\"} 0.5 " + (now - 1_000));
    measuring.fleet.fleet.revoke(measuring.agent);
    assertThat(measuring.page()).doesNotContain("happo_agent_up{").doesNotContain("status{");
  }

  @Test
  void a_value_that_could_not_be_told_or_is_old_is_left_out() throws Exception {
    long load = measuring.series("load", "load1");
    long other = measuring.series("load", "load5");
    long now = System.currentTimeMillis();
    source.add(now, sample(load, now - 1_000, 1), sample(load, now, Double.NaN));
    source.add(now, sample(other, now - 10 * MINUTE, 1));
    assertThat(measuring.page()).doesNotContain("happo_perfdata");
  }

  @Test
  void after_a_restart_what_is_new_is_still_known() {
    var newest = new Newest(source);
    assertThat(newest.at(NOW).values()).isEmpty();
    for (int minute = 1; minute <= 10; minute++) {
      long now = NOW + minute * MINUTE;
      source.add(now, sample(minute, now, minute));
      newest.at(now);
    }
    // What all have the log keeps no more.
    source.throwAway(source.position("@scrape").orElseThrow());
    var after = new Newest(source).at(NOW + 10 * MINUTE);
    assertThat(after.values().keySet()).containsExactlyInAnyOrder(5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(after.leftOut()).isZero();
  }

  @Test
  void the_first_page_has_what_came_within_five_minutes_and_reads_it_a_little_at_a_time() {
    var read = new ArrayList<Long>();
    var log =
        new MemorySource() {
          @Override
          public List<Entry> after(long number, int most) {
            var entries = super.after(number, most);
            entries.forEach(entry -> read.add(entry.number()));
            assertThat(most).isLessThanOrEqualTo(1_000);
            return entries;
          }
        };
    for (int i = 1; i <= 3_000; i++) {
      long time = NOW - 6 * MINUTE + i * 100L;
      log.add(time, sample(i, time, i));
    }
    var found = new Newest(log).at(NOW);
    assertThat(found.values()).hasSize(2_401);
    assertThat(read).hasSize(2_401).doesNotHaveDuplicates();
  }

  @Test
  void the_log_is_not_kept_for_who_does_not_come_again() {
    var newest = new Newest(source);
    newest.at(NOW);
    source.add(NOW + MINUTE, sample(1, NOW + MINUTE, 1));
    newest.rest(NOW + 10 * MINUTE);
    assertThat(source.position("@scrape")).isPresent();
    newest.rest(NOW + 16 * MINUTE);
    assertThat(source.position("@scrape")).isEmpty();
    source.add(NOW + 20 * MINUTE, sample(2, NOW + 20 * MINUTE, 1));
    assertThat(newest.at(NOW + 21 * MINUTE).values().keySet()).containsExactly(2L);
  }
}
