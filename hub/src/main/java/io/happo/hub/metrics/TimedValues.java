package io.happo.hub.metrics;

import java.util.Arrays;

/** Values of one series with their times, in the order added or in that of time. For one thread. */
public final class TimedValues {
  /** The most values of a chunk: one each 10 ms for a whole block of 4 hours. */
  private static final int MOST = 1_500_000;

  private static final int ANY = 1;
  private static final int SECONDS = 2;

  private long[] times;
  private double[] values;
  private int size;
  private boolean isOrdered = true;

  public TimedValues() {
    this(8);
  }

  public TimedValues(int expected) {
    times = new long[Math.max(1, expected)];
    values = new double[times.length];
  }

  /**
   * Adds one.
   *
   * @param time unix milliseconds
   * @param value NaN when it could not be told
   */
  public void add(long time, double value) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    isOrdered &= size == 0 || times[size - 1] < time;
    times[size] = time;
    values[size++] = value;
  }

  /** Adds all of another, which came later. */
  public void addAll(TimedValues other) {
    addAll(other, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /**
   * Adds those of another, which came later.
   *
   * @param from first time
   * @param to time behind the last
   */
  public void addAll(TimedValues other, long from, long to) {
    for (int i = 0; i < other.size; i++) {
      if (other.times[i] >= from && other.times[i] < to) {
        add(other.times[i], other.values[i]);
      }
    }
  }

  public int size() {
    return size;
  }

  public long time(int index) {
    return times[index];
  }

  public double value(int index) {
    return values[index];
  }

  /** Brings them into the order of time; of those with the same time the last added is kept. */
  public void order() {
    if (isOrdered) {
      return;
    }
    var indexes = new Integer[size];
    Arrays.setAll(indexes, i -> i);
    Arrays.sort(indexes, (a, b) -> Long.compare(times[a], times[b])); // It keeps equal ones' order.
    var orderedTimes = new long[size];
    var orderedValues = new double[size];
    int kept = 0;
    for (int index : indexes) {
      if (kept > 0 && orderedTimes[kept - 1] == times[index]) {
        kept--;
      }
      orderedTimes[kept] = times[index];
      orderedValues[kept++] = values[index];
    }
    times = orderedTimes;
    values = orderedValues;
    size = kept;
    isOrdered = true;
  }

  /**
   * Leaves out the last of ordered ones where a chunk cannot hold all.
   *
   * @return whether there were too many
   */
  public boolean cut() {
    boolean tooMany = size > MOST;
    size = Math.min(size, MOST);
    return tooMany;
  }

  /** The first that is not before a time, of ordered ones. */
  public int indexOf(long time) {
    int index = Arrays.binarySearch(times, 0, size, time);
    return index < 0 ? -index - 1 : index;
  }

  /**
   * Packs them; they are ordered.
   *
   * @param base a time not far from theirs
   */
  public byte[] toChunk(long base) {
    var out = new BitWriter();
    boolean seconds = base % 1_000 == 0;
    for (int i = 0; i < size && seconds; i++) {
      seconds = times[i] % 1_000 == 0;
    }
    int digits = Decimals.digits(values, 0, size);
    out.bits(Math.max(digits, 0), 6);
    out.bits((seconds ? SECONDS : 0) | (digits < 0 ? ANY : 0), 2);
    out.varint(size);
    var whole = new long[size];
    for (int i = 0; i < size; i++) {
      whole[i] = (times[i] - base) / (seconds ? 1_000 : 1);
    }
    Columns.writeWhole(out, whole, size);
    if (digits < 0) {
      Columns.writeAny(out, values, size);
    } else {
      for (int i = 0; i < size; i++) {
        whole[i] = Decimals.whole(values[i], digits);
      }
      Columns.writeWhole(out, whole, size);
    }
    return out.toBytes();
  }

  /**
   * Unpacks what {@link #toChunk} packed.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static TimedValues ofChunk(byte[] chunk, long base) {
    var in = new BitReader(chunk);
    int digits = Math.min(Decimals.MAX_DIGITS, (int) in.bits(6));
    int mode = (int) in.bits(2);
    int size = in.count(MOST);
    var found = new TimedValues(size);
    var times = Columns.readWhole(in, size);
    int unit = (mode & SECONDS) == 0 ? 1 : 1_000;
    for (int i = 0; i < size; i++) {
      found.times[i] = base + times[i] * unit;
    }
    if ((mode & ANY) == 0) {
      var whole = Columns.readWhole(in, size);
      for (int i = 0; i < size; i++) {
        found.values[i] = Decimals.value(whole[i], digits);
      }
    } else {
      System.arraycopy(Columns.readAny(in, size), 0, found.values, 0, size);
    }
    found.size = size;
    return found;
  }
}
