package io.happo.agent.feeds;

import io.happo.agent.buffer.FailingQueue;
import io.happo.agent.metrics.MetricStore;
import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonWriter;
import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A store on a disk in memory, and what feeds have put into it and told the hub. */
final class Kept implements AutoCloseable {
  private final FailingQueue queue;
  private final List<Item.Event> events = Collections.synchronizedList(new ArrayList<>());
  private final List<MetricBatch> batches = new ArrayList<>();
  final MetricStore store;

  Kept(InstantSource clock) throws IOException {
    queue = new FailingQueue(clock);
    store = new MetricStore(queue.open(), clock);
    store.use(
        items -> {
          for (var item : items) {
            if (item instanceof Item.Event event) {
              events.add(event);
            }
          }
        });
  }

  void fail() {
    queue.fail("write");
  }

  /** The events of what was dropped. */
  List<Item.Event> events() {
    return List.copyOf(events);
  }

  /** All batches until now. */
  List<MetricBatch> batches() {
    try {
      while (true) {
        var collection = store.collect();
        var json = new JsonWriter().beginObject().key("all");
        collection.write(json);
        var found = Json.parseObject(json.endObject().toBytes()).objects("all");
        collection.end(true);
        if (found.isEmpty()) {
          return List.copyOf(batches);
        }
        for (var batch : found) {
          batches.add(MetricBatch.read(batch));
        }
      }
    } catch (IOException | JsonException e) {
      throw new AssertionError(e);
    }
  }

  /** All values until now, by name; of two of a name the later. */
  Map<String, Double> values() {
    var values = new TreeMap<String, Double>();
    batches().forEach(batch -> values.putAll(batch.metrics()));
    return values;
  }

  @Override
  public void close() throws IOException {
    queue.close();
  }
}
