package io.happo.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.happo.agent.buffer.FailingQueue;
import io.happo.core.JsonWriter;
import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricStoreTest {
  private static final long SECOND = 1_800_000_000;
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(SECOND));
  private static final String FIRST =
      "{\"hostname\":\"first\",\"timestamp\":1800000000,\"metrics\":{}}";
  private static final String SECOND_ONE =
      "{\"hostname\":\"second\",\"timestamp\":1800000000,\"metrics\":{}}";

  private final FailingQueue queue = new FailingQueue(CLOCK);
  private MetricStore store = new MetricStore(queue.open(), CLOCK);

  MetricStoreTest() throws IOException {}

  @AfterEach
  void close() throws IOException {
    queue.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"write", "force"})
  void batches_that_cannot_be_forgotten_are_handed_over_again(String failing) throws IOException {
    store.append(SECOND, List.of(batch("first")));
    store.append(SECOND + 1, List.of(batch("second")));
    var collection = store.collect();
    assertThat(written(collection)).isEqualTo("[" + FIRST + "," + SECOND_ONE + "]");
    queue.fail(failing);
    assertThatThrownBy(() -> collection.end(true))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Input/output error");

    // The disk need not be well for that.
    var again = store.collect();
    assertThat(written(again)).isEqualTo("[" + FIRST + "," + SECOND_ONE + "]");
    collection.end(false); // Too late: others have them now.
    assertThat(written(store.collect())).isEqualTo("null");

    queue.recover();
    again.end(true);
    assertThat(written(store.collect())).isEqualTo("null");
    store = new MetricStore(queue.open(), CLOCK);
    assertThat(written(store.collect())).isEqualTo("null");
  }

  @Test
  void batches_that_were_not_handed_over_are_the_oldest_again() throws IOException {
    store.append(SECOND, List.of(batch("first")));
    var collection = store.collect();
    store.append(SECOND + 1, List.of(batch("second")));
    collection.end(false);
    assertThat(written(store.collect())).isEqualTo("[" + FIRST + "," + SECOND_ONE + "]");
  }

  @Test
  void hub_is_brought_what_is_kept_as_long_as_there_is_one() throws IOException {
    var brought = new ArrayList<Item>();
    store.append(List.of(measured("before")));
    store.use(brought::addAll);
    store.append(List.of(measured("first"), measured("second")));
    queue.fail("write");
    assertThatThrownBy(() -> store.append(List.of(measured("not kept"))))
        .isInstanceOf(IOException.class);
    queue.recover();
    store.use(null);
    store.append(List.of(measured("after")));

    assertThat(brought)
        .containsExactly(
            new Item.Metrics(measured("first")),
            new Item.Metrics(measured("second")),
            new Item.Metrics(measured("not kept")));
    assertThat(written(store.collect())).contains("before", "first", "second", "after");
  }

  @Test
  void hub_that_takes_nothing_keeps_nothing_from_others() throws IOException {
    store.use(
        items -> {
          throw new IOException("closed");
        });
    store.append(List.of(batch("first")));
    store.append(List.of(measured("second")));
    assertThat(written(store.collect())).contains("first", "second");
  }

  private static MetricBatch measured(String hostname) {
    return new MetricBatch(hostname, SECOND, new TreeMap<>(Map.of("load", 1.5)));
  }

  private static MetricBatch batch(String hostname) {
    return new MetricBatch(hostname, SECOND, new TreeMap<>());
  }

  private static String written(MetricStore.Collection collection) {
    var json = new JsonWriter();
    collection.write(json);
    return json.toString();
  }
}
