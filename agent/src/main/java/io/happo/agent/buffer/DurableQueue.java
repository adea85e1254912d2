package io.happo.agent.buffer;

import io.happo.agent.buffer.Change.Append;
import io.happo.agent.buffer.Change.Forget;
import io.happo.agent.buffer.SequenceSet.Range;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Records on disk, each under a time, that stay until someone has taken them and said so. What
 * {@link #append} has returned for survives a crash of the process and of the machine; so does a
 * {@link Lease#forget}. A record is handed out again only when its lease was given back or not
 * ended before the process did.
 *
 * <p>Limits: a record is dropped, and counted, when its time lies more than {@link Limits#maxAge}
 * before the clock's now, unless it is leased. So a clock that jumps forward makes records old at
 * once: those that the jump carries beyond the age are dropped, and only those. One that jumps back
 * drops nothing; records from the future stay. When the segments would exceed {@link
 * Limits#maxBytes}, whole segments without leased records go, the one with the oldest time first.
 * Between appends and collections the files hold at most a quarter more than the live records and
 * some 200 KiB (some 800 KiB when the live records exceed 4 MiB).
 *
 * <p>Memory: some 100 bytes a segment, and the ranges of what is leased and forgotten; nothing for
 * a single record. Segments have 64 to 256 KiB, more when one record is larger.
 *
 * <p>Any thread. Appends and forgets that come while a sync is under way share the next one; the
 * thread that comes first writes for the others, there is no thread of the queue's own. Leases and
 * figures do not wait for a sync, except when records that are too old have to go first. An
 * interrupt breaks nothing and stays set.
 */
public final class DurableQueue implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DurableQueue.class.getName());

  private final Disk disk;
  private final Limits limits;
  private final boolean holdsLevelDb;
  private final Index index = new Index();
  private final Payloads payloads = new Payloads();
  private final SegmentLog log;

  /**
   * Held while one lease is picked, reading included: leases follow one another, nobody else waits
   * for them.
   */
  private final ReentrantLock leasing = new ReentrantLock();

  /** Guards the fields below; held for no input or output. */
  private final ReentrantLock turn = new ReentrantLock();

  private final Condition turnChanged = turn.newCondition();
  private List<Change> waiting = new ArrayList<>();
  private boolean writing;
  private boolean closed;

  private DurableQueue(Disk disk, Limits limits, InstantSource clock) throws IOException {
    this.disk = disk;
    this.limits = limits;
    this.log = new SegmentLog(disk, limits, clock, index);
    this.holdsLevelDb = disk.list().stream().anyMatch(DurableQueue::isOfLevelDb);
  }

  /**
   * Opens the queue in a directory, which is made when it is missing (mode 0700, files 0600). Reads
   * everything once. A record torn by a crash is cut off; damaged bytes are stepped over, counted
   * in {@link Stats#damagedBytes} and logged in one line. Files of other names are left alone.
   *
   * @throws StoreDamaged when a segment is of another version or not a segment
   * @throws IOException when the directory is in use, cannot be had or cannot be written; one line
   *     that says what to do
   */
  public static DurableQueue open(Path directory, Limits limits, InstantSource clock)
      throws IOException {
    return open(DirectoryDisk.open(directory, "--dbfile"), limits, clock);
  }

  /** The queue owns the disk, also when this fails. */
  static DurableQueue open(Disk disk, Limits limits, InstantSource clock) throws IOException {
    boolean opened = false;
    try {
      DurableQueue queue = new DurableQueue(disk, limits, clock);
      opened = true;
      return queue;
    } catch (StoreDamaged e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "buffer "
              + disk
              + ": cannot be opened: "
              + e.getMessage()
              + "; check permissions and free room there",
          e);
    } finally {
      if (!opened) {
        disk.close();
      }
    }
  }

  /**
   * Adds a record; durable on return.
   *
   * @param time unix seconds; need not rise from call to call
   * @param payload at most 8 MiB; not kept
   * @return its sequence, higher than any given before
   * @throws IOException one line; the record is then not handed out, but after a failed sync it may
   *     be on disk and come back when the queue is opened again
   */
  public long append(long time, byte[] payload) throws IOException {
    return append(time, List.of(payload)).getLast();
  }

  /**
   * Adds records that follow one another, with one sync where they fit a segment; durable on
   * return.
   *
   * @param payloads one at least; each as above
   * @return their sequences
   * @throws IOException as above; some of them may have been written all the same
   */
  public List<Long> append(long time, List<byte[]> payloads) throws IOException {
    List<Append> appends = new ArrayList<>(payloads.size());
    for (byte[] payload : payloads) {
      appends.add(packed(time, payload));
    }
    commit(appends);
    List<Long> sequences = new ArrayList<>(appends.size());
    for (Append append : appends) {
      sequences.add(append.sequence());
    }
    return sequences;
  }

  private Append packed(long time, byte[] payload) throws IOException {
    if (payload.length > SegmentFormat.MAX_PAYLOAD_BYTES) {
      throw new IOException(
          "buffer "
              + disk
              + ": a record of "
              + payload.length
              + " bytes is over the limit of "
              + SegmentFormat.MAX_PAYLOAD_BYTES
              + "; send it in parts");
    }
    Append append = new Append(time, payloads.pack(payload));
    if (append.size() + SegmentFormat.HEADER_BYTES > limits.maxBytes()) {
      throw new IOException(
          "buffer "
              + disk
              + ": a record of "
              + payload.length
              + " bytes cannot fit into "
              + limits.maxBytes()
              + "; raise the limit");
    }
    return append;
  }

  /**
   * Hands out the oldest records that no other lease holds: up to {@code maxTimes} distinct times,
   * all records of a time together. Fewer come when their payloads exceed 4 MiB in all; at least
   * one comes always, if there is any. A record that was appended after its time was leased comes
   * with a later lease.
   */
  public Lease lease(int maxTimes) {
    if (maxTimes < 1) {
      throw new IllegalArgumentException("a lease of " + maxTimes + " times holds nothing");
    }
    dropExpired();
    leasing.lock();
    try {
      refuseWhenClosed();
      List<Entry> entries = null;
      while (entries == null) {
        entries = takeOldest(maxTimes);
      }
      return new Lease(this, entries);
    } finally {
      leasing.unlock();
    }
  }

  /**
   * Hands out records whose sequences follow one another: from the lowest free one that lies
   * between these on, up to the first gap or limit. Nobody else gets them until {@link
   * #giveBack(long, long)} or {@link #forget(long, long)}, which may be called for parts of them.
   *
   * @param first the lowest sequence wanted
   * @param last the highest one wanted
   * @param mostRecords at least 1
   * @param mostBytes of their payloads; one record comes always, if there is any
   */
  public List<Entry> takeRun(long first, long last, int mostRecords, long mostBytes) {
    dropExpired();
    leasing.lock();
    try {
      refuseWhenClosed();
      List<Entry> entries = null;
      while (entries == null) {
        entries = findRun(first, last, new Run(mostRecords, mostBytes));
      }
      return entries;
    } finally {
      leasing.unlock();
    }
  }

  /**
   * Takes all records out for good whose sequences lie between these, handed out or not, and ends
   * what {@link #takeRun} has handed out of them; durable on return. To be asked only for sequences
   * that an append has returned, or that lie below {@link #nextSequence}.
   *
   * @throws IOException one line; then nothing has changed
   */
  public void forget(long first, long last) throws IOException {
    List<Range> ranges = first > last ? List.of() : index.livePartsOf(new Range(first, last));
    if (!ranges.isEmpty()) {
      commit(List.of(new Forget(ranges)));
    }
  }

  /** Puts records that {@link #takeRun} has handed out back where they were. */
  public void giveBack(long first, long last) {
    index.giveBack(List.of(new Range(first, last)));
  }

  /**
   * Shows every record that is there, in order of sequence, leased ones too; one that is forgotten
   * meanwhile may be shown.
   *
   * @param last the highest sequence to show
   */
  public void forEach(long last, Consumer<Entry> visitor) {
    for (Segment segment : index.liveBetween(0, last)) {
      byte[] bytes = read(segment);
      RecordReader records = new RecordReader(bytes, segment.first(), segment.end());
      while (records.next()) {
        if (records.isData() && records.sequence() <= last && !index.isGone(records.sequence())) {
          visitor.accept(
              new Entry(records.sequence(), records.time(), payloads.unpack(records.payload())));
        }
      }
    }
  }

  /** Every record that is appended from now on gets this sequence or a higher one. */
  public long nextSequence() {
    return log.nextSequence();
  }

  /** No record has a lower sequence than this; empty when there are none. */
  public Optional<Long> lowestSequence() {
    return index.lowestSequence();
  }

  /** The lowest time of all records, leased ones included; empty when there are none. */
  public Optional<Long> oldestTime() {
    dropExpired();
    return index.oldestTime();
  }

  /** The highest time of all records, leased ones included; empty when there are none. */
  public Optional<Long> newestTime() {
    dropExpired();
    return index.newestTime();
  }

  public Stats stats() {
    dropExpired();
    return index.stats();
  }

  /**
   * Whether the store of happo-agent 3 lies in the same directory; it is not read and not touched.
   */
  public boolean holdsLevelDb() {
    return holdsLevelDb;
  }

  /** Waits for the write that is under way and lets go of the directory. What comes later fails. */
  @Override
  public void close() throws IOException {
    turn.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      while (writing) {
        turnChanged.awaitUninterruptibly();
      }
    } finally {
      turn.unlock();
    }
    try (disk) {
      log.close();
    }
  }

  void forget(List<Entry> entries) throws IOException {
    if (!entries.isEmpty()) {
      commit(List.of(new Forget(ranges(entries))));
    }
  }

  void giveBack(List<Entry> entries) {
    index.giveBack(ranges(entries));
  }

  private static List<Range> ranges(List<Entry> entries) {
    SequenceSet sequences = new SequenceSet();
    entries.forEach(entry -> sequences.add(entry.sequence()));
    return sequences.ranges();
  }

  /** Leases the oldest free records; null when a file went away meanwhile: list them anew. */
  private @Nullable List<Entry> takeOldest(int maxTimes) {
    long prunings = index.prunings();
    Selection selection = new Selection(maxTimes);
    for (Segment segment : index.liveByTime()) {
      if (!selection.wants(segment.minTime())) {
        break;
      }
      byte[] bytes = read(segment);
      if (bytes.length == 0 && !index.isLive(segment)) {
        return null;
      }
      RecordReader records = new RecordReader(bytes, segment.first(), segment.end());
      while (records.next()) {
        if (records.isData()
            && selection.wants(records.time())
            && records.time() >= log.oldestAllowedTime()
            && index.isFree(records.sequence())) {
          selection.offer(records.time(), records.sequence(), records.payload());
        }
      }
    }
    return index.lease(selection.entries(payloads), prunings);
  }

  /** Leases a run; null when a file went away meanwhile: look anew. */
  private @Nullable List<Entry> findRun(long first, long last, Run run) {
    long prunings = index.prunings();
    boolean more = true;
    for (Segment segment : index.liveBetween(first, last)) {
      if (!more) {
        break;
      }
      byte[] bytes = read(segment);
      if (bytes.length == 0 && !index.isLive(segment)) {
        return null;
      }
      RecordReader records = new RecordReader(bytes, segment.first(), segment.end());
      while (more && records.next()) {
        if (records.isData()
            && records.sequence() >= first
            && records.sequence() <= last
            && records.time() >= log.oldestAllowedTime()
            && index.isFree(records.sequence())) {
          more = run.offer(records, payloads);
        }
      }
    }
    List<Entry> leased = index.lease(run.entries(), prunings);
    if (leased == null) {
      return null;
    }
    // Of what was found free, some in the middle may have been dropped since.
    int length = Run.length(leased);
    index.giveBack(ranges(leased.subList(length, leased.size())));
    return List.copyOf(leased.subList(0, length));
  }

  /** The bytes of a segment; none when they cannot be read, which is told unless nobody cares. */
  private byte[] read(Segment segment) {
    try {
      return disk.read(segment.name());
    } catch (IOException e) {
      if (index.isLive(segment)) {
        LOG.log(
            Level.WARNING,
            "buffer={0} file={1} cannot be read, its records wait: {2}",
            disk,
            segment.name(),
            e.getMessage());
      }
      return new byte[0];
    }
  }

  /**
   * Has records that are too old dropped, if there are any. When that fails they stay and are not
   * handed out.
   */
  private void dropExpired() {
    if (index.oldestTime().orElse(Long.MAX_VALUE) < log.oldestAllowedTime()) {
      try {
        commit(List.of(new Forget(List.of())));
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "nothing dropped", e);
      }
    }
  }

  /**
   * Returns once the changes are durable; the first who finds nobody writing writes for all who
   * wait.
   */
  private void commit(List<? extends Change> changes) throws IOException {
    turn.lock();
    try {
      if (!closed) {
        waiting.addAll(changes);
      }
      while (!changes.getLast().isDone()) {
        if (writing) {
          turnChanged.awaitUninterruptibly();
        } else if (closed) {
          throw new IOException("buffer " + disk + ": is closed, the agent is stopping");
        } else {
          writeBatch();
        }
      }
    } finally {
      turn.unlock();
    }
    for (Change change : changes) {
      IOException failure = change.failure();
      if (failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
    }
  }

  /**
   * Writes the first of those that wait, as many as fit a segment. Lets go of the turn's lock
   * meanwhile.
   */
  private void writeBatch() {
    int count = 0;
    long bytes = 0;
    while (count < waiting.size()
        && (count == 0 || bytes + waiting.get(count).size() <= log.segmentBytes())) {
      bytes += waiting.get(count).size();
      count++;
    }
    List<Change> batch = List.copyOf(waiting.subList(0, count));
    waiting = new ArrayList<>(waiting.subList(count, waiting.size()));
    writing = true;
    turn.unlock();
    boolean returned = false;
    try {
      log.commit(batch);
      returned = true;
    } finally {
      turn.lock();
      if (!returned) {
        batch.forEach(failed -> failed.fail(new IOException("buffer " + disk + ": not written")));
      }
      batch.forEach(Change::done);
      writing = false;
      turnChanged.signalAll();
    }
  }

  private void refuseWhenClosed() {
    turn.lock();
    try {
      if (closed) {
        throw new IllegalStateException("buffer " + disk + " is closed");
      }
    } finally {
      turn.unlock();
    }
  }

  private static boolean isOfLevelDb(String name) {
    return name.equals("CURRENT") || name.startsWith("MANIFEST-") || name.endsWith(".ldb");
  }
}
