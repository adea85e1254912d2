package io.happo.agent.buffer;

import io.happo.agent.buffer.Disk.DiskFile;
import io.happo.agent.buffer.SequenceSet.Range;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every change of the segment files. One thread at a time; readers see a change in the {@link
 * Index} once it is durable.
 *
 * <p>Rules that keep what was acknowledged: a segment appears complete and under its final name at
 * once. A forget record that lies in a segment to be deleted or rewritten, and is about an older
 * one, is written again before. Names are synced before anything relies on them. A file whose sync
 * failed is not written again.
 *
 * <p>Size: a segment ends at a sixteenth of the live bytes, at least 64 KiB, at most 256 KiB, and
 * never above an eighth of the limit. Dead bytes beyond two segments and a quarter of the live
 * bytes are removed at once.
 */
final class SegmentLog implements Closeable {
  static final long MIN_SEGMENT_BYTES = 64 << 10;
  static final long MAX_SEGMENT_BYTES = 256 << 10;

  /** A last segment without live records is replaced from this size on. */
  private static final long DEAD_ACTIVE_BYTES = 16 << 10;

  private static final Logger LOG = System.getLogger(SegmentLog.class.getName());

  private final Disk disk;
  private final Limits limits;
  private final InstantSource clock;
  private final Index index;
  private @Nullable DiskFile file; // of the active segment
  private boolean trusted; // whether that file may be written
  private volatile long nextSequence; // Written by the thread whose turn it is.

  /** Forgotten, but their segments still count them as live. */
  private List<Range> uncounted = new ArrayList<>();

  private boolean upkeepFailed;

  /** Reads what is there and makes the log ready to be written. */
  SegmentLog(Disk disk, Limits limits, InstantSource clock, Index index) throws IOException {
    this.disk = disk;
    this.limits = limits;
    this.clock = clock;
    this.index = index;
    Recovery recovery = Recovery.of(disk, index);
    nextSequence = recovery.nextSequence();
    if (recovery.appendable()) {
      file = disk.open(index.active().name());
      trusted = true;
    } else {
      beginAfter(recovery);
    }
    long damaged = index.stats().damagedBytes();
    if (damaged > 0) {
      LOG.log(
          Level.WARNING,
          "buffer={0} damaged_bytes={1} skipped; all other records are kept; check the" + " disk",
          disk,
          damaged);
    }
  }

  /**
   * A new segment, so that its name keeps the sequences that torn records may have had from being
   * given again.
   */
  private void beginAfter(Recovery recovery) throws IOException {
    roll();
    if (recovery.tornBytes() > 0) {
      Segment torn = index.sealed().getLast();
      try (DiskFile cut = disk.open(torn.name())) {
        cut.truncate(torn.end());
        cut.force();
      }
    }
  }

  /** How many bytes of changes to take at once, so that segments keep their size. */
  long segmentBytes() {
    long wanted = Math.clamp(index.liveBytes() / 16, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES);
    return Math.min(wanted, limits.maxBytes() / 8);
  }

  /** What is written from now on has this sequence or a higher one. */
  long nextSequence() {
    return nextSequence;
  }

  /** Records whose time lies before this are too old. */
  long oldestAllowedTime() {
    return clock.instant().getEpochSecond() - limits.maxAge().toSeconds();
  }

  /** Writes and syncs a batch and tells each change when it failed. Then drops what is too old. */
  void commit(List<Change> batch) {
    List<Change> accepted = new ArrayList<>(batch);
    try {
      refuseWhatHasNoRoom(accepted);
      write(accepted);
    } catch (IOException e) {
      accepted.forEach(change -> change.fail(e));
    }
    try {
      recount();
      dropExpired();
      tidy();
      upkeepFailed = false;
    } catch (IOException e) {
      // Nothing is lost, only room. It is tried again with every commit and told once.
      if (!upkeepFailed) {
        LOG.log(Level.WARNING, explain("cannot free room", e).getMessage());
      }
      upkeepFailed = true;
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }

  private void write(List<Change> changes) throws IOException {
    int size = changes.stream().mapToInt(Change::size).sum();
    if (size == 0) {
      return;
    }
    rollWhenFull(size);
    Segment segment = index.active().endingAt(index.active().end() + size);
    List<Range> forgotten = new ArrayList<>();
    ByteBuffer out = ByteBuffer.allocate(size);
    for (Change change : changes) {
      if (change instanceof Change.Append append) {
        append.sequence(nextSequence);
        nextSequence = append.sequence() + 1;
        SegmentFormat.putData(out, append.sequence(), append.time(), append.payload());
        segment = segment.with(append.time(), append.size());
      } else if (change instanceof Change.Forget forget && !forget.ranges().isEmpty()) {
        SegmentFormat.putForget(out, forget.ranges());
        forgotten.addAll(forget.ranges());
      }
    }
    writeDurably(out.array());
    index.put(segment);
    index.forget(forgotten);
    uncounted.addAll(forgotten);
  }

  private void rollWhenFull(int size) throws IOException {
    Segment active = index.active();
    boolean full =
        active.end() > SegmentFormat.HEADER_BYTES && active.end() + size > segmentBytes();
    if (!trusted || full) {
      try {
        roll();
      } catch (IOException e) {
        // On a full disk the present file may still have room in its last block.
        if (!trusted) {
          throw explain("cannot begin a new file", e);
        }
      }
    }
  }

  private void writeDurably(byte[] bytes) throws IOException {
    Segment active = index.active();
    DiskFile file = file();
    try {
      file.write(bytes, active.end());
    } catch (IOException e) {
      cutOff(active);
      throw explain("cannot write " + active.name(), e);
    }
    try {
      file.force();
    } catch (IOException e) {
      // The system may have thrown the pages away and call them clean: a second sync proves
      // nothing.
      cutOff(active);
      trusted = false;
      throw explain("cannot sync " + active.name(), e);
    }
  }

  private void cutOff(Segment active) {
    try {
      file().truncate(active.end());
    } catch (IOException e) {
      trusted = false; // what stays behind the end was never acknowledged
    }
  }

  private void roll() throws IOException {
    // A segment that got no record still needs a name of its own.
    long first = index.holdsName(nextSequence) ? nextSequence + 1 : nextSequence;
    prepareSegment(first, new byte[0]);
    trusted = false; // should the new name come to be in spite of a failure, it must be taken
    publishSegment(first);
    DiskFile fresh = disk.open(SegmentFormat.segmentName(first));
    if (file != null) {
      closeQuietly(file);
    }
    file = fresh;
    trusted = true;
    nextSequence = first;
    index.put(Segment.empty(first, SegmentFormat.HEADER_BYTES));
  }

  /** Writes a segment with these records under its temporary name. */
  private void prepareSegment(long first, byte[] records) throws IOException {
    try (DiskFile fresh = disk.create(SegmentFormat.temporaryName(first))) {
      fresh.write(SegmentFormat.header(), 0);
      fresh.write(records, SegmentFormat.HEADER_BYTES);
      fresh.force();
    }
  }

  /** Gives it its name, in place of one that has it. */
  private void publishSegment(long first) throws IOException {
    disk.rename(SegmentFormat.temporaryName(first), SegmentFormat.segmentName(first));
    disk.sync();
  }

  /** Counts anew what the segments of forgotten records hold. */
  private void recount() throws IOException {
    for (Segment segment : index.segmentsOf(uncounted)) {
      if (index.isAllGone(segment)) {
        index.put(Segment.empty(segment.first(), segment.end()));
      } else {
        byte[] bytes = disk.read(segment.name());
        index.put(Segment.of(bytes, segment.first(), segment.end(), index));
      }
    }
    uncounted = new ArrayList<>();
  }

  private void dropExpired() throws IOException {
    long oldestAllowed = oldestAllowedTime();
    long before = index.stats().droppedByAge();
    for (Segment segment : index.liveByTime()) {
      if (segment.minTime() >= oldestAllowed) {
        break;
      }
      byte[] bytes = disk.read(segment.name());
      RecordReader records = new RecordReader(bytes, segment.first(), segment.end());
      List<Long> expired = new ArrayList<>();
      while (records.next()) {
        if (records.isData() && records.time() < oldestAllowed) {
          expired.add(records.sequence());
        }
      }
      index.dropByAge(expired);
      index.put(Segment.of(bytes, segment.first(), segment.end(), index));
    }
    long dropped = index.stats().droppedByAge() - before;
    if (dropped > 0) {
      LOG.log(
          Level.WARNING,
          "buffer={0} dropped={1} records because they are older than {2} s",
          disk,
          dropped,
          limits.maxAge().toSeconds());
    }
  }

  private void refuseWhatHasNoRoom(List<Change> changes) throws IOException {
    long size =
        changes.stream().filter(Change.Append.class::isInstance).mapToLong(Change::size).sum();
    if (size == 0 || makeRoom(size)) {
      return;
    }
    IOException full =
        new IOException(
            "buffer "
                + disk
                + ": no room for "
                + size
                + " bytes within "
                + limits.maxBytes()
                + "; what is there is being fetched right now, try again or raise the limit");
    for (Change change : changes) {
      if (change instanceof Change.Append) {
        change.fail(full);
      }
    }
    changes.removeIf(Change.Append.class::isInstance);
  }

  private boolean makeRoom(long size) throws IOException {
    long before = index.stats().droppedBySize();
    while (index.bytes() + size > limits.maxBytes()) {
      Optional<Segment> oldest = index.dropOldestSegment();
      if (oldest.isPresent()) {
        remove(oldest.get());
      } else if (index.active().end() > SegmentFormat.HEADER_BYTES) {
        roll();
      } else {
        return false;
      }
    }
    long dropped = index.stats().droppedBySize() - before;
    if (dropped > 0) {
      LOG.log(
          Level.WARNING,
          "buffer={0} dropped={1} oldest records because it is full at {2} bytes",
          disk,
          dropped,
          limits.maxBytes());
    }
    return true;
  }

  /** Gives the disk back what no longer holds anything. */
  private void tidy() throws IOException {
    Segment active = index.active();
    if (active.live() == 0 && active.end() >= DEAD_ACTIVE_BYTES) {
      roll();
    }
    for (Segment segment : index.sealed()) {
      if (segment.live() == 0) {
        remove(segment);
      }
    }
    while (deadBytes() > 2 * segmentBytes() + index.liveBytes() / 4) {
      Optional<Segment> emptiest =
          index.sealed().stream().max(Comparator.comparingLong(Segment::deadBytes));
      if (emptiest.isEmpty() || emptiest.get().deadBytes() == 0) {
        return; // all of it is in the active segment, which ends soon
      }
      rewrite(emptiest.get());
    }
  }

  private long deadBytes() {
    return index.bytes() - index.liveBytes();
  }

  private void remove(Segment segment) throws IOException {
    keepForgotten(segment);
    disk.delete(segment.name());
    disk.sync();
    index.remove(segment);
  }

  private void rewrite(Segment segment) throws IOException {
    keepForgotten(segment);
    byte[] bytes = disk.read(segment.name());
    ByteBuffer kept = ByteBuffer.allocate(bytes.length);
    RecordReader records = new RecordReader(bytes, segment.first(), segment.end());
    while (records.next()) {
      if (records.isData() && !index.isGone(records.sequence())) {
        kept.put(bytes, records.start(), records.goodEnd() - records.start());
      }
    }
    byte[] live = new byte[kept.flip().remaining()];
    kept.get(live);
    prepareSegment(segment.first(), live);
    publishSegment(segment.first());
    index.rewritten(segment.endingAt(SegmentFormat.HEADER_BYTES + live.length));
  }

  /** Before a segment goes: what it may say about older ones is said again in the active one. */
  private void keepForgotten(Segment segment) throws IOException {
    List<Range> ranges = index.goneBelow(segment);
    if (ranges.isEmpty()) {
      return;
    }
    if (!trusted) {
      roll();
    }
    ByteBuffer out = ByteBuffer.allocate(SegmentFormat.forgetSize(ranges));
    SegmentFormat.putForget(out, ranges);
    writeDurably(out.array());
    index.put(index.active().endingAt(index.active().end() + out.capacity()));
  }

  private IOException explain(String what, IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    String line = "buffer " + disk + ": " + what + ": " + reason;
    return new IOException(
        reason.toLowerCase(Locale.ROOT).contains("no space")
            ? line.replace("No space", "no space")
                + "; nothing older is lost; free some room on that disk"
            : line + "; nothing older is lost; check the disk and its permissions",
        cause);
  }

  private DiskFile file() {
    return Objects.requireNonNull(file, "opened with the log");
  }

  private static void closeQuietly(DiskFile old) {
    try {
      old.close();
    } catch (IOException e) {
      // All that matters in it was synced.
    }
  }
}
