package io.happo.agent.buffer;

import io.happo.core.link.Item;
import io.happo.core.link.Range;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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

  /** Event: the disk takes nothing; what is measured is held in memory. */
  public static final String UNWRITABLE = "buffer-unwritable";

  /** Event: the hub has items that this outbox does not know of any more. */
  public static final String REWOUND = "buffer-rewound";

  private static final Logger LOG = System.getLogger(Outbox.class.getName());
  private static final long REPORT_EVERY_MILLIS = 60_000;

  private final DurableQueue queue;
  private final Epochs epochs;
  private final InstantSource clock;

  /** What has a lower sequence was there when this was opened. */
  private final long opened;

  /** Guards the fields below and those of the sending; held for no input or output. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();

  /** Held while what is in memory is written, so that it keeps its order. Taken before the lock. */
  private final ReentrantLock writingHeld = new ReentrantLock();

  private final NewestResults newest = new NewestResults();
  private final Unwritten unwritten;
  private final HeldFile heldFile;
  private boolean writable = true;
  private boolean closed;
  private boolean lookedThrough; // what was there at the opening
  private long lastAppended;
  private @Nullable Sending sending;
  private long droppedTold;
  private long toldMillis;

  private Outbox(DurableQueue queue, Epochs epochs, HeldFile heldFile, InstantSource clock) {
    this.queue = queue;
    this.epochs = epochs;
    this.heldFile = heldFile;
    this.unwritten = Unwritten.of(heldFile.text());
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
    return open(() -> DirectoryDisk.open(directory, "--hub-folder"), limits, clock);
  }

  static Outbox open(Place place, Limits limits, InstantSource clock) throws IOException {
    List<String> setAside = new ArrayList<>();
    while (true) {
      Disk disk = place.open();
      boolean opened = false;
      try {
        DurableQueue queue = DurableQueue.open(disk, limits, clock);
        try {
          Outbox outbox = new Outbox(queue, Epochs.open(disk), HeldFile.open(disk), clock);
          outbox.beginEpoch();
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

  /** A disk that takes nothing now is tried again with each item. */
  private void beginEpoch() {
    try {
      epochs.begin(queue);
    } catch (IOException e) {
      unwritable(e);
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
      add(List.of(new Item.Event(event, clock.millis(), text, new TreeMap<>(details))));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "event={0} lost: {1}", event, e.getMessage());
    }
  }

  /**
   * Keeps an item; durable on return, unless the disk takes nothing. Then it is held in memory, at
   * most {@value Unwritten#MAX_ITEMS} items and 1 MiB, the oldest out first; an event tells of
   * that. One that a failed sync has put on disk all the same may then reach the hub twice.
   *
   * @return its sequence; 0 when it is held in memory
   * @throws IOException one line; the item is not kept
   */
  public long append(Item item) throws IOException {
    return append(List.of(item));
  }

  /**
   * Keeps items that follow one another, as above, with one sync for all where that is possible.
   *
   * @return the sequence of the last one; 0 when they are held in memory
   */
  public long append(List<? extends Item> items) throws IOException {
    long sequence = items.isEmpty() ? 0 : add(items);
    tellDropped();
    return sequence;
  }

  private long add(List<? extends Item> items) throws IOException {
    List<byte[]> payloads = ItemBytes.of(items);
    long time = clock.instant().getEpochSecond();
    long sequence;
    try {
      writeHeld();
      sequence = write(time, payloads);
    } catch (IOException e) {
      hold(time, payloads, e);
      return 0;
    }
    heldFile.keep(unwritten, lock);
    boolean again;
    lock.lock();
    try {
      again = !writable;
      writable = true;
    } finally {
      lock.unlock();
    }
    if (again) {
      LOG.log(Level.INFO, "the disk takes again what is measured");
    }
    return sequence;
  }

  private long write(long time, List<byte[]> payloads) throws IOException {
    if (!epochs.isBegun()) {
      epochs.begin(queue);
    }
    List<Long> sequences = queue.append(time, payloads);
    lock.lock();
    try {
      for (int i = 0; i < payloads.size(); i++) {
        String check = NewestResults.checkOf(payloads.get(i));
        if (check != null) {
          newest.appended(check, sequences.get(i));
        }
      }
      lastAppended = Math.max(lastAppended, sequences.getLast());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    return sequences.getLast();
  }

  /**
   * Writes what is held in memory and was never sent, before anything newer: of two results of one
   * epoch the sequence tells which is newer.
   */
  private void writeHeld() throws IOException {
    writingHeld.lock();
    try {
      for (var item = takeHeld(); item != null; item = takeHeld()) {
        try {
          write(item.time(), List.of(item.payload()));
        } catch (IOException e) {
          lock.lock();
          try {
            unwritten.putBack(item);
          } finally {
            lock.unlock();
          }
          throw e;
        }
      }
    } finally {
      writingHeld.unlock();
    }
  }

  private Unwritten.@Nullable Held takeHeld() {
    lock.lock();
    try {
      return unwritten.takeNeverSent();
    } finally {
      lock.unlock();
    }
  }

  /** Holds in memory what the disk did not take. */
  private void hold(long time, List<byte[]> payloads, IOException why) throws IOException {
    lock.lock();
    try {
      if (closed) {
        throw why;
      }
      for (byte[] payload : payloads) {
        unwritten.add(time, payload);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    unwritable(why);
  }

  private void unwritable(IOException why) {
    lock.lock();
    try {
      if (!writable) {
        return;
      }
      writable = false;
    } finally {
      lock.unlock();
    }
    LOG.log(Level.WARNING, "what is measured is held in memory: {0}", why.getMessage());
    tell(
        UNWRITABLE,
        "the disk takes nothing; what is measured is held in memory, and lost if the agent is"
            + " killed: "
            + why.getMessage(),
        Map.of());
  }

  /** Tells what was dropped since the last time, at most once a minute. */
  private void tellDropped() {
    Stats stats = queue.stats();
    long now = clock.millis();
    long untold;
    lock.lock();
    try {
      long dropped = stats.droppedByAge() + stats.droppedBySize() + unwritten.dropped();
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
    return epochs.isBegun() ? epochs.current() : unwritten.epoch();
  }

  public Stats stats() {
    return queue.stats();
  }

  /**
   * Begins to send to a hub that has answered; what was being sent before is given back.
   *
   * @param epoch what {@link #epoch} was when the hub was asked
   * @param stored what the hub has of it; it is forgotten
   * @param maxBatches batches that may be unacknowledged at once
   * @throws IOException one line; nothing can be sent now
   */
  public Sending begin(String epoch, List<Range> stored, int maxBatches) throws IOException {
    endSending();
    if (epochs.isBegun() && epoch.equals(epochs.current())) {
      forget(stored);
    } else if (epoch.equals(unwritten.epoch())) {
      lock.lock();
      try {
        stored.forEach(range -> unwritten.forget(range.first(), range.last()));
      } finally {
        lock.unlock();
      }
    }
    lookThrough();
    lock.lock();
    try {
      Sending begun = new Sending(this, maxBatches, newest.all(), lastAppended + 1);
      sending = begun;
      return begun;
    } finally {
      lock.unlock();
    }
  }

  /** The hub has these of the current epoch. */
  private void forget(List<Range> stored) throws IOException {
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
          String check = NewestResults.checkOf(entry.payload());
          if (check != null) {
            found.put(check, entry.sequence());
          }
        });
    lock.lock();
    try {
      newest.found(found);
      lookedThrough = true;
    } finally {
      lock.unlock();
    }
  }

  DurableQueue queue() {
    return queue;
  }

  /** Under the lock. */
  Unwritten unwritten() {
    return unwritten;
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
    newest.gone(first, last);
  }

  /**
   * Gives back what is being sent, writes what is held in memory if the disk takes it now, and lets
   * go of the directory. What comes later fails.
   */
  @Override
  public void close() throws IOException {
    endSending();
    try {
      writeHeld();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the disk takes nothing still", e);
    }
    heldFile.keep(unwritten, lock);
    int left;
    lock.lock();
    try {
      closed = true;
      left = unwritten.sent().equals(heldFile.text()) ? 0 : unwritten.size();
    } finally {
      lock.unlock();
    }
    if (left > 0) {
      LOG.log(Level.WARNING, "{0} items that the disk did not take may be lost", left);
    }
    queue.close();
  }
}
