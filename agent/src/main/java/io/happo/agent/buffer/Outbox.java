package io.happo.agent.buffer;

import io.happo.core.JsonWriter;
import io.happo.core.link.Item;
import io.happo.core.link.Range;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the agent has to tell its hub, on disk until the hub has it. An item gets a sequence; with
 * the {@link #epoch} it had then it names this item and never another one. Its age is counted from
 * when it was appended.
 *
 * <p>What does not fit the limits goes, the oldest first; that, and what was damaged on disk, is
 * told by an event among the items. Memory: that of the queue, and the newest sequence of each
 * check.
 *
 * <p>Any thread.
 */
public final class Outbox implements AutoCloseable {
  /** What an agent keeps for its hub unless it is told otherwise. */
  public static final Limits LIMITS = new Limits(256L << 20, Duration.ofDays(7));

  /** The most of one item as JSON, in bytes: with what is around it, it must fit a message. */
  public static final int MAX_ITEM_BYTES = 900 << 10;

  /** Event: items were dropped because of the limits; {@code items} says how many. */
  public static final String OVERFLOW = "buffer-overflow";

  /** Event: something on disk could not be read. */
  public static final String DAMAGED = "buffer-damaged";

  /** Event: the hub has items that this outbox does not know of any more. */
  public static final String REWOUND = "buffer-rewound";

  private static final Logger LOG = System.getLogger(Outbox.class.getName());
  private static final long REPORT_EVERY_MILLIS = 60_000;

  /** How the JSON of a result begins. */
  private static final byte[] CHECK =
      "{\"kind\":\"check\",\"check\":\"".getBytes(StandardCharsets.US_ASCII);

  private final DurableQueue queue;
  private final Epochs epochs;
  private final InstantSource clock;

  /** What has a lower sequence was there when this was opened. */
  private final long opened;

  /** Guards the fields below and those of the sending; held for no input or output. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();
  private final Map<String, Long> newest = new HashMap<>(); // the sequence, by check
  private boolean lookedThrough; // what was there at the opening
  private long lastAppended;
  private @Nullable Sending sending;
  private long droppedTold;
  private long toldMillis;

  private Outbox(DurableQueue queue, Epochs epochs, InstantSource clock) {
    this.queue = queue;
    this.epochs = epochs;
    this.clock = clock;
    opened = queue.nextSequence();
    lastAppended = opened - 1;
  }

  /** Opens the disk anew, each time. */
  @FunctionalInterface
  interface Place {
    Disk open() throws IOException;
  }

  /**
   * Opens the outbox in a directory, which is made when it is missing. A file that is no segment,
   * or one of another version, is set aside under another name.
   *
   * @throws IOException as {@link DurableQueue#open}
   */
  public static Outbox open(Path directory, Limits limits, InstantSource clock) throws IOException {
    return open(() -> DirectoryDisk.open(directory), limits, clock);
  }

  static Outbox open(Place place, Limits limits, InstantSource clock) throws IOException {
    List<String> setAside = new ArrayList<>();
    while (true) {
      Disk disk = place.open();
      boolean opened = false;
      try {
        DurableQueue queue = DurableQueue.open(disk, limits, clock);
        try {
          Outbox outbox = new Outbox(queue, Epochs.open(disk, queue), clock);
          outbox.tellDamage(setAside);
          opened = true;
          return outbox;
        } finally {
          if (!opened) {
            queue.close();
          }
        }
      } catch (StoreDamaged e) {
        LOG.log(Level.WARNING, "{0}; it is set aside as {1}.damaged", e.getMessage(), e.file());
        try (Disk again = place.open()) {
          again.rename(e.file(), e.file() + ".damaged");
          again.sync();
        }
        setAside.add(e.file());
      }
    }
  }

  private void tellDamage(List<String> setAside) {
    long bytes = queue.stats().damagedBytes();
    if (bytes == 0 && setAside.isEmpty()) {
      return;
    }
    Map<String, String> details = new TreeMap<>();
    details.put("bytes", Long.toString(bytes));
    details.put("files_set_aside", String.join(" ", setAside));
    tell(DAMAGED, "some of what waited for the hub could not be read; check the disk", details);
  }

  /** Appends an event of the outbox's own. That this fails must not keep anything else from it. */
  private void tell(String event, String text, Map<String, String> details) {
    try {
      add(new Item.Event(event, clock.millis(), text, new TreeMap<>(details)));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "event={0} lost: {1}", event, e.getMessage());
    }
  }

  /**
   * Keeps an item; durable on return.
   *
   * @return its sequence
   * @throws IOException one line; the item is not kept, unless a failed sync has put it on disk all
   *     the same
   */
  public long append(Item item) throws IOException {
    long sequence = add(item);
    tellDropped();
    return sequence;
  }

  private long add(Item item) throws IOException {
    JsonWriter json = new JsonWriter();
    item.write(json);
    byte[] payload = json.toBytes();
    if (payload.length > MAX_ITEM_BYTES) {
      throw new IOException(
          "an item of "
              + payload.length
              + " bytes is too large for the link to the hub; "
              + MAX_ITEM_BYTES
              + " is the most");
    }
    long sequence = queue.append(clock.instant().getEpochSecond(), payload);
    String check = checkOf(payload);
    lock.lock();
    try {
      lastAppended = Math.max(lastAppended, sequence);
      if (check != null) {
        newest.merge(check, sequence, Math::max);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return sequence;
  }

  /** The name of the check whose result this is, as it stands in the JSON; null for others. */
  private static @Nullable String checkOf(byte[] payload) {
    if (payload.length < CHECK.length
        || java.util.Arrays.mismatch(payload, 0, CHECK.length, CHECK, 0, CHECK.length) >= 0) {
      return null;
    }
    int end = CHECK.length;
    while (end < payload.length && payload[end] != '"') {
      end += payload[end] == '\\' ? 2 : 1;
    }
    return new String(
        payload,
        CHECK.length,
        Math.min(end, payload.length) - CHECK.length,
        StandardCharsets.UTF_8);
  }

  /** Tells what was dropped since the last time, at most once a minute. */
  private void tellDropped() {
    Stats stats = queue.stats();
    long dropped = stats.droppedByAge() + stats.droppedBySize();
    long now = clock.millis();
    long untold;
    lock.lock();
    try {
      untold = dropped - droppedTold;
      if (untold <= 0 || (droppedTold > 0 && Math.abs(now - toldMillis) < REPORT_EVERY_MILLIS)) {
        return;
      }
      droppedTold = dropped;
      toldMillis = now;
    } finally {
      lock.unlock();
    }
    tell(
        OVERFLOW,
        untold + " items that waited for the hub were dropped, the oldest ones",
        Map.of("items", Long.toString(untold)));
  }

  /** The epoch of what is appended now: 32 hexadecimal digits. */
  public String epoch() {
    return epochs.current();
  }

  public Stats stats() {
    return queue.stats();
  }

  /**
   * Begins to send to a hub that has answered; what was being sent before is given back.
   *
   * @param stored what the hub has of the current {@link #epoch}; it is forgotten
   * @param maxBatches batches that may be unacknowledged at once
   * @throws IOException one line; nothing can be sent now
   */
  public Sending begin(List<Range> stored, int maxBatches) throws IOException {
    endSending();
    long next = queue.nextSequence();
    long ofEpoch = epochs.currentFirst();
    boolean rewound = false;
    for (Range range : stored) {
      rewound |= range.last() >= next;
      queue.forget(Math.max(range.first(), ofEpoch), Math.min(range.last(), next - 1));
    }
    if (rewound) {
      // A copy of the machine from before has been put back, memory and all.
      epochs.begin(queue);
      tell(
          REWOUND,
          "the hub has items of this agent's future: the machine was put back to an earlier state",
          Map.of());
    }
    lookThrough();
    lock.lock();
    try {
      for (Range range : stored) {
        gone(Math.max(range.first(), ofEpoch), range.last());
      }
      Sending begun =
          new Sending(this, maxBatches, new ArrayList<>(newest.values()), lastAppended + 1);
      sending = begun;
      return begun;
    } finally {
      lock.unlock();
    }
  }

  private void endSending() {
    Sending last;
    lock.lock();
    try {
      last = sending;
      sending = null;
    } finally {
      lock.unlock();
    }
    if (last != null) {
      last.end();
    }
  }

  /** Learns once which is the newest result of each check among those of earlier processes. */
  private void lookThrough() {
    if (lookedThrough) {
      return;
    }
    Map<String, Long> found = new HashMap<>();
    queue.forEach(
        opened - 1,
        entry -> {
          String check = checkOf(entry.payload());
          if (check != null) {
            found.put(check, entry.sequence());
          }
        });
    lock.lock();
    try {
      found.forEach(newest::putIfAbsent);
      lookedThrough = true;
    } finally {
      lock.unlock();
    }
  }

  DurableQueue queue() {
    return queue;
  }

  Epochs epochs() {
    return epochs;
  }

  ReentrantLock lock() {
    return lock;
  }

  Condition changed() {
    return changed;
  }

  /** Under the lock. */
  long lastAppended() {
    return lastAppended;
  }

  /** These are not waiting any more. Under the lock. */
  void gone(long first, long last) {
    for (var sequences = newest.values().iterator(); sequences.hasNext(); ) {
      long sequence = sequences.next();
      if (sequence >= first && sequence <= last) {
        sequences.remove();
      }
    }
  }

  /** Gives back what is being sent and lets go of the directory. What comes later fails. */
  @Override
  public void close() throws IOException {
    endSending();
    queue.close();
  }
}
