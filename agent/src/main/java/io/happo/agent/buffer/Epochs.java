package io.happo.agent.buffer;

import io.happo.agent.buffer.Disk.DiskFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Which epoch a sequence of a queue belongs to, kept in the file {@code epochs} beside it: a line
 * {@code <first sequence> <32 hexadecimal digits>} for each, in order. Every opening of the queue
 * begins one, so that a pair of epoch and sequence means one record for ever, whatever copy of the
 * folder is put back between two openings. Records that were there before keep theirs. Any thread.
 */
final class Epochs {
  private static final String FILE = "epochs";
  private static final String TEMPORARY = "epochs.tmp";
  private static final int NAME_BYTES = 16;

  private record Epoch(long first, String name) {}

  private final Disk disk;
  private List<Epoch> epochs = new ArrayList<>();
  private boolean begun;

  private Epochs(Disk disk) {
    this.disk = disk;
  }

  /**
   * Reads what is known of the records that are there. Nothing is appended before {@link #begin}.
   */
  static Epochs open(Disk disk) throws IOException {
    Epochs epochs = new Epochs(disk);
    if (disk.list().contains(FILE)) {
      epochs.read(new String(disk.read(FILE), StandardCharsets.UTF_8));
    }
    return epochs;
  }

  /** Whether a new epoch has begun since the opening, so that every record has one. */
  synchronized boolean isBegun() {
    return begun;
  }

  /** What cannot be read is left out: its records get a new name and may then arrive twice. */
  private void read(String text) {
    for (String line : text.split("\n", -1)) {
      int blank = line.indexOf(' ');
      if (blank > 0 && line.length() == blank + 1 + 2 * NAME_BYTES) {
        try {
          long first = Long.parseLong(line, 0, blank, 10);
          if (epochs.isEmpty() || epochs.getLast().first < first) {
            epochs.add(new Epoch(first, line.substring(blank + 1)));
          }
        } catch (NumberFormatException e) {
          // As if it were not there.
        }
      }
    }
  }

  /**
   * What is appended to the queue from now on belongs to a new epoch; durable on return.
   *
   * @param queue on the same disk
   * @throws IOException one line; then nothing has changed
   */
  synchronized void begin(DurableQueue queue) throws IOException {
    long next = queue.nextSequence();
    long lowest = Math.min(next, queue.lowestSequence().orElse(next));
    List<Epoch> all = new ArrayList<>(epochs);
    all.removeIf(epoch -> epoch.first >= next);
    if (lowest < next && (all.isEmpty() || all.getFirst().first > lowest)) {
      all.addFirst(new Epoch(lowest, random())); // What was known of it is lost.
    }
    all.add(new Epoch(next, random()));
    while (all.size() > 1 && all.get(1).first <= lowest) {
      all.removeFirst(); // All of it is gone.
    }
    write(all);
    epochs = all;
    begun = true;
  }

  private void write(List<Epoch> all) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Epoch epoch : all) {
      text.append(epoch.first).append(' ').append(epoch.name).append('\n');
    }
    try (DiskFile file = disk.create(TEMPORARY)) {
      file.write(text.toString().getBytes(StandardCharsets.UTF_8), 0);
      file.force();
    }
    disk.rename(TEMPORARY, FILE);
    disk.sync();
  }

  /** A name that no other epoch has. */
  static String random() {
    byte[] name = new byte[NAME_BYTES];
    new SecureRandom().nextBytes(name);
    return HexFormat.of().formatHex(name);
  }

  /** The epoch of what is appended now. */
  synchronized String current() {
    return epochs.getLast().name;
  }

  /** The first sequence of the current epoch. */
  synchronized long currentFirst() {
    return epochs.getLast().first;
  }

  /** The epoch of a record that was appended. */
  synchronized String of(long sequence) {
    return epochs.get(indexOf(sequence)).name;
  }

  /** The last sequence that belongs to the same epoch. */
  synchronized long lastOf(long sequence) {
    int index = indexOf(sequence);
    return index + 1 < epochs.size() ? epochs.get(index + 1).first - 1 : Long.MAX_VALUE;
  }

  private int indexOf(long sequence) {
    int index = epochs.size() - 1;
    while (index > 0 && epochs.get(index).first > sequence) {
      index--;
    }
    return index;
  }
}
