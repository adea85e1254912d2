package io.happo.agent.metrics;

import io.happo.core.MetricBatch;
import io.happo.core.link.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Batches as items for the hub: one each, or several of the same host and time where it is large.
 * An item has 64 KiB at the most, so that it takes its turn among others. Names that are longer
 * than any hub keeps are left out.
 */
final class MetricItems {
  static final int MAX_BYTES = 64 << 10;

  /** Of a host or a metric, in characters. */
  private static final int LONGEST_NAME = 1_000;

  /** The most of a value beside its name: the number, quotes, colon and comma. */
  private static final int VALUE_BYTES = 30;

  /** The most that a character takes in JSON. */
  private static final int CHARACTER_BYTES = 6;

  private MetricItems() {}

  /** The items of all batches that hold something. */
  static List<Item.Metrics> of(List<MetricBatch> batches) {
    var items = new ArrayList<Item.Metrics>(batches.size());
    for (var batch : batches) {
      if (batch.hostname().length() <= LONGEST_NAME) {
        add(batch, items);
      }
    }
    return items;
  }

  private static void add(MetricBatch batch, List<Item.Metrics> items) {
    int most = MAX_BYTES - bytes(batch.hostname()) - 100; // And what is around it.
    var part = new TreeMap<String, Double>();
    int bytes = 0;
    for (var metric : batch.metrics().entrySet()) {
      if (metric.getKey().length() > LONGEST_NAME) {
        continue;
      }
      int size = bytes(metric.getKey());
      if (bytes + size > most) {
        items.add(new Item.Metrics(new MetricBatch(batch.hostname(), batch.timestamp(), part)));
        part = new TreeMap<>();
        bytes = 0;
      }
      part.put(metric.getKey(), metric.getValue());
      bytes += size;
    }
    if (!part.isEmpty()) {
      items.add(new Item.Metrics(new MetricBatch(batch.hostname(), batch.timestamp(), part)));
    }
  }

  /** The most that a value of this name takes; ordinary characters are not charged as strange. */
  private static int bytes(String name) {
    int bytes = VALUE_BYTES;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean ordinary = c >= ' ' && c < 0x7F && "\"\\<>&".indexOf(c) < 0;
      bytes += ordinary ? 1 : CHARACTER_BYTES;
    }
    return bytes;
  }
}
