package io.happo.agent.buffer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Items that the disk did not take, in memory until the hub has them: a machine whose disk is full
 * has something to tell. They have an epoch of their own, which no disk knows. When there is no
 * room, the oldest go; values find room only in the first half, so that they drive out no results.
 * All under the outbox's lock.
 */
final class Unwritten {
  static final int MAX_ITEMS = 1_000;
  static final int MAX_BYTES = 1 << 20;

  /** How the JSON of values begins. */
  private static final byte[] METRICS =
      "{\"kind\":\"metrics\",".getBytes(StandardCharsets.US_ASCII);

  private static final long MOST_SKIPPED = 1L << 40;

  /** One of them. */
  record Held(long sequence, long time, byte[] payload) {}

  private final String epoch;
  private final ArrayDeque<Held> held = new ArrayDeque<>(0);
  private long next = 1;
  private int bytes;
  private long inFlight; // Up to this sequence they are sent, and not acknowledged.
  private long everSent;
  private long dropped;

  private Unwritten(String epoch) {
    this.epoch = epoch;
  }

  /**
   * What an earlier process left, or nothing.
   *
   * @param text of {@link #sent}
   */
  static Unwritten of(String text) {
    String[] lines = text.split("\n", -1);
    if (lines.length < 2) {
      return new Unwritten(Epochs.random());
    }
    Unwritten left = new Unwritten(lines[0]);
    for (String line : lines) {
      String[] parts = line.split(" ", 3);
      if (parts.length == 3) {
        left.next = Long.parseLong(parts[0]);
        left.add(Long.parseLong(parts[1]), parts[2].getBytes(StandardCharsets.UTF_8));
      }
    }
    left.everSent = left.next - 1;
    // That process, or one that had a copy of this, may have used what follows.
    left.next += ThreadLocalRandom.current().nextLong(1, MOST_SKIPPED);
    return left;
  }

  /** What was sent and is not acknowledged, as text; empty when there is nothing. */
  String sent() {
    StringBuilder text = new StringBuilder();
    for (Held item : held) {
      if (item.sequence <= everSent) {
        text.append(text.isEmpty() ? epoch + "\n" : "");
        text.append(item.sequence).append(' ').append(item.time).append(' ');
        text.append(new String(item.payload, StandardCharsets.UTF_8)).append('\n');
      }
    }
    return text.toString();
  }

  String epoch() {
    return epoch;
  }

  void add(long time, byte[] payload) {
    if (isMetrics(payload)
        && (held.size() >= MAX_ITEMS / 2 || bytes + payload.length > MAX_BYTES / 2)) {
      dropped++;
      return;
    }
    held.add(new Held(next++, time, payload));
    bytes += payload.length;
    while (held.size() > 1 && (held.size() > MAX_ITEMS || bytes > MAX_BYTES)) {
      bytes -= held.remove().payload.length;
      dropped++;
    }
  }

  private static boolean isMetrics(byte[] payload) {
    return payload.length >= METRICS.length
        && Arrays.mismatch(payload, 0, METRICS.length, METRICS, 0, METRICS.length) < 0;
  }

  /** Whether there is something to be sent: one batch at a time is. */
  boolean isReady() {
    return inFlight == 0 && !held.isEmpty();
  }

  boolean isInFlight() {
    return inFlight > 0;
  }

  /** What is to be sent; null when nothing is. */
  Sending.@Nullable Batch take(int mostItems, int mostBytes) {
    if (!isReady()) {
      return null;
    }
    List<String> items = new ArrayList<>();
    int size = 0;
    long following = held.getFirst().sequence;
    for (Held item : held) {
      size += item.payload.length;
      boolean full = items.size() == mostItems || (size > mostBytes && !items.isEmpty());
      if (full || item.sequence != following++) {
        break;
      }
      items.add(new String(item.payload, StandardCharsets.UTF_8));
      inFlight = item.sequence;
    }
    everSent = Math.max(everSent, inFlight);
    return new Sending.Batch(epoch, held.getFirst().sequence, items);
  }

  /** The hub has these. */
  void forget(long first, long last) {
    for (var items = held.iterator(); items.hasNext(); ) {
      Held item = items.next();
      if (item.sequence >= first && item.sequence <= last) {
        bytes -= item.payload.length;
        items.remove();
      }
    }
    if (held.isEmpty() || held.getFirst().sequence > inFlight) {
      inFlight = 0;
    }
  }

  /** What was sent and not acknowledged waits again. */
  void giveBack() {
    inFlight = 0;
  }

  /** Takes out the oldest one that the hub cannot have; null when there is none. */
  @Nullable Held takeNeverSent() {
    for (var items = held.iterator(); items.hasNext(); ) {
      Held item = items.next();
      if (item.sequence > everSent) {
        bytes -= item.payload.length;
        items.remove();
        return item;
      }
    }
    return null;
  }

  /** Puts one back that was taken out, as the oldest that was never sent. */
  void putBack(Held item) {
    bytes += item.payload.length;
    Deque<Held> sent = new ArrayDeque<>();
    while (!held.isEmpty() && held.getFirst().sequence <= everSent) {
      sent.add(held.remove());
    }
    held.addFirst(item);
    while (!sent.isEmpty()) {
      held.addFirst(sent.removeLast());
    }
  }

  int size() {
    return held.size();
  }

  /** How many have gone for want of room. */
  long dropped() {
    return dropped;
  }
}
