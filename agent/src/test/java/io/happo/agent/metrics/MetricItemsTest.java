package io.happo.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.core.JsonWriter;
import io.happo.core.MetricBatch;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MetricItemsTest {
  private static MetricBatch batch(String host, int values, String name) {
    var metrics = new TreeMap<String, Double>();
    for (int i = 0; i < values; i++) {
      metrics.put(name + i, -1.2345678901234e-300 * (i + 1));
    }
    return new MetricBatch(host, 1_800_000_000, metrics);
  }

  @Test
  void batch_of_ordinary_size_is_one_item_and_an_empty_one_is_none() {
    var batch = batch("web", 500, "ordinary.name.of.a.metric");
    assertThat(MetricItems.of(List.of(batch, batch("db", 0, "")))).hasSize(1);
    assertThat(MetricItems.of(List.of(batch)).getFirst().batch()).isEqualTo(batch);
  }

  @Test
  void large_batch_becomes_items_that_fit_and_together_hold_all_of_it() {
    for (var name : List.of("n", "<\"é\u0001>".repeat(30), "x".repeat(990))) {
      var batch = batch("web", 3_000, name);
      var all = new TreeMap<String, Double>();
      for (var item : MetricItems.of(List.of(batch))) {
        var json = new JsonWriter();
        item.write(json);
        assertThat(json.toBytes().length).isLessThanOrEqualTo(MetricItems.MAX_BYTES);
        assertThat(item.batch().hostname()).isEqualTo("web");
        assertThat(item.time()).isEqualTo(1_800_000_000_000L);
        all.putAll(item.batch().metrics());
      }
      assertThat(all).isEqualTo(batch.metrics());
    }
  }

  @Test
  void names_that_no_hub_keeps_are_left_out() {
    assertThat(MetricItems.of(List.of(batch("h".repeat(1_001), 1, "n")))).isEmpty();
    assertThat(MetricItems.of(List.of(batch("h", 3, "n".repeat(1_001))))).isEmpty();
  }
}
