package io.happo.hub.metrics;

import java.util.Arrays;

/**
 * What was measured in parts of time that are equally long, in their order: of values that could be
 * told how many, the least, the most, their sum, and the last. A part without any is not there. For
 * one thread.
 */
public final class Parts {
  /** The most parts of a chunk. */
  private static final int MOST = 10_000;

  private final long width;
  private long[] times;
  private long[] counts;
  private double[] mins;
  private double[] maxs;
  private double[] sums;
  private double[] lasts;
  private int size;

  /**
   * @param width milliseconds of a part
   */
  public Parts(long width) {
    this(width, 8);
  }

  private Parts(long width, int expected) {
    this.width = width;
    int room = Math.max(1, expected);
    times = new long[room];
    counts = new long[room];
    mins = new double[room];
    maxs = new double[room];
    sums = new double[room];
    lasts = new double[room];
  }

  /**
   * Gathers values.
   *
   * @param values in the order of time
   * @param origin when a part begins
   */
  public static Parts of(TimedValues values, long origin, long width) {
    var parts = new Parts(width);
    for (int from = 0; from < values.size(); ) {
      long part = Math.floorDiv(values.time(from) - origin, width);
      long end = origin + (part + 1) * width;
      int to = from + 1;
      while (to < values.size() && values.time(to) < end) {
        to++;
      }
      parts.addPart(values, from, to, end - width);
      from = to;
    }
    return parts;
  }

  private void addPart(TimedValues values, int from, int to, long begin) {
    long count = 0;
    double min = 0;
    double max = 0;
    double last = 0;
    double sum = 0;
    int digits = 0;
    for (int i = from; i < to; i++) {
      double value = values.value(i);
      if (Double.isNaN(value)) {
        continue;
      }
      min = count == 0 ? value : Math.min(min, value);
      max = count == 0 ? value : Math.max(max, value);
      sum += value;
      last = value;
      digits = digits < 0 ? digits : Decimals.digits(value, digits);
      count++;
    }
    if (count == 0) {
      return;
    }
    if (digits > 0) {
      sum = exactSum(values, from, to, digits, sum);
    }
    add(begin, count, min, max, sum, last);
  }

  /** Without what is lost where 0.1 and 0.2 make 0.30000000000000004: such a sum takes few bits. */
  private static double exactSum(
      TimedValues values, int from, int to, int digits, double otherwise) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      double value = values.value(i);
      if (!Double.isNaN(value)) {
        sum += Decimals.whole(value, digits);
        if (Math.abs(sum) >= Decimals.MAX_WHOLE) {
          return otherwise;
        }
      }
    }
    return Decimals.value(sum, digits);
  }

  /** Adds a part, which lies behind those there are. */
  void add(long time, long count, double min, double max, double sum, double last) {
    if (size == times.length) {
      int room = size * 2;
      times = Arrays.copyOf(times, room);
      counts = Arrays.copyOf(counts, room);
      mins = Arrays.copyOf(mins, room);
      maxs = Arrays.copyOf(maxs, room);
      sums = Arrays.copyOf(sums, room);
      lasts = Arrays.copyOf(lasts, room);
    }
    times[size] = time;
    counts[size] = count;
    mins[size] = min;
    maxs[size] = max;
    sums[size] = sum;
    lasts[size++] = last;
  }

  /** Adds what lies behind those there are. */
  private void addFrom(Parts other, int from, int to) {
    for (int i = from; i < to; i++) {
      add(
          other.times[i],
          other.counts[i],
          other.mins[i],
          other.maxs[i],
          other.sums[i],
          other.lasts[i]);
    }
  }

  public int size() {
    return size;
  }

  /** When it begins, unix milliseconds. */
  public long time(int index) {
    return times[index];
  }

  public long count(int index) {
    return counts[index];
  }

  public double min(int index) {
    return mins[index];
  }

  public double max(int index) {
    return maxs[index];
  }

  public double sum(int index) {
    return sums[index];
  }

  /** The value of the latest time. */
  public double last(int index) {
    return lasts[index];
  }

  private int indexOf(long time) {
    int index = Arrays.binarySearch(times, 0, size, time);
    return index < 0 ? -index - 1 : index;
  }

  /** These, but from one time to before another what others are. */
  public Parts replaced(Parts others, long from, long to) {
    var parts = new Parts(width, size + others.size);
    parts.addFrom(this, 0, indexOf(from));
    parts.addFrom(others, others.indexOf(from), others.indexOf(to));
    parts.addFrom(this, indexOf(to), size);
    return parts;
  }

  /** Both together, where others were measured later. */
  public Parts plus(Parts others) {
    var parts = new Parts(width, size + others.size);
    int a = 0;
    int b = 0;
    while (a < size || b < others.size) {
      if (b == others.size || (a < size && times[a] < others.times[b])) {
        parts.addFrom(this, a, ++a);
      } else if (a == size || others.times[b] < times[a]) {
        parts.addFrom(others, b, ++b);
      } else {
        parts.add(
            times[a],
            counts[a] + others.counts[b],
            Math.min(mins[a], others.mins[b]),
            Math.max(maxs[a], others.maxs[b]),
            sums[a] + others.sums[b],
            others.lasts[b]);
        a++;
        b++;
      }
    }
    return parts;
  }

  /** Those that begin from one time to before another, gathered in wider parts. */
  public Parts gathered(long from, long to, long origin, long wider) {
    var parts = new Parts(wider);
    for (int i = indexOf(from); i < size && times[i] < to; i++) {
      long begin = origin + Math.floorDiv(times[i] - origin, wider) * wider;
      int at = parts.size - 1;
      if (at >= 0 && parts.times[at] == begin) {
        parts.counts[at] += counts[i];
        parts.mins[at] = Math.min(parts.mins[at], mins[i]);
        parts.maxs[at] = Math.max(parts.maxs[at], maxs[i]);
        parts.sums[at] += sums[i];
        parts.lasts[at] = lasts[i];
      } else {
        parts.add(begin, counts[i], mins[i], maxs[i], sums[i], lasts[i]);
      }
    }
    return parts;
  }

  /** Packs them. */
  public byte[] toChunk(long base) {
    var out = new BitWriter();
    int digits = digits();
    out.bits(Math.max(digits, 0), 6);
    out.bits(digits < 0 ? 1 : 0, 2);
    out.varint(size);
    var whole = new long[size];
    for (int i = 0; i < size; i++) {
      whole[i] = (times[i] - base) / width;
    }
    Columns.writeWhole(out, whole, size);
    Columns.writeWhole(out, counts, size);
    if (digits < 0) {
      Columns.writeAny(out, mins, size);
      Columns.writeAny(out, maxs, size);
      Columns.writeAny(out, sums, size);
      Columns.writeAny(out, lasts, size);
      return out.toBytes();
    }
    var least = new long[size];
    for (int i = 0; i < size; i++) {
      least[i] = Decimals.whole(mins[i], digits);
    }
    Columns.writeWhole(out, least, size);
    for (int i = 0; i < size; i++) {
      whole[i] = Decimals.whole(maxs[i], digits) - least[i];
    }
    Columns.writeWhole(out, whole, size);
    for (int i = 0; i < size; i++) {
      whole[i] = Decimals.whole(sums[i], digits) - least[i] * counts[i];
    }
    Columns.writeWhole(out, whole, size);
    for (int i = 0; i < size; i++) {
      whole[i] = Decimals.whole(lasts[i], digits) - least[i];
    }
    Columns.writeWhole(out, whole, size);
    return out.toBytes();
  }

  /** As {@link Decimals#digits} of all there is; -1 also where a product has no place. */
  private int digits() {
    int digits = 0;
    for (var column : new double[][] {mins, maxs, sums, lasts}) {
      for (int i = 0; i < size && digits >= 0; i++) {
        digits = Decimals.digits(column[i], digits);
      }
    }
    for (int i = 0; i < size && digits >= 0; i++) {
      boolean fits =
          Decimals.fits(mins[i], digits)
              && Decimals.fits(maxs[i], digits)
              && Decimals.fits(sums[i], digits)
              && Decimals.fits(lasts[i], digits)
              && Math.abs((double) Decimals.whole(mins[i], digits) * counts[i])
                  < Decimals.MAX_WHOLE;
      digits = fits ? digits : -1;
    }
    return digits;
  }

  /**
   * Unpacks what {@link #toChunk} packed.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Parts ofChunk(byte[] chunk, long base, long width) {
    var in = new BitReader(chunk);
    int digits = Math.min(Decimals.MAX_DIGITS, (int) in.bits(6));
    boolean isAny = in.bits(2) != 0;
    int size = in.count(MOST);
    var parts = new Parts(width, size);
    var indexes = Columns.readWhole(in, size);
    for (int i = 0; i < size; i++) {
      parts.times[i] = base + indexes[i] * width;
    }
    System.arraycopy(Columns.readWhole(in, size), 0, parts.counts, 0, size);
    if (isAny) {
      System.arraycopy(Columns.readAny(in, size), 0, parts.mins, 0, size);
      System.arraycopy(Columns.readAny(in, size), 0, parts.maxs, 0, size);
      System.arraycopy(Columns.readAny(in, size), 0, parts.sums, 0, size);
      System.arraycopy(Columns.readAny(in, size), 0, parts.lasts, 0, size);
    } else {
      var least = Columns.readWhole(in, size);
      var most = Columns.readWhole(in, size);
      var sums = Columns.readWhole(in, size);
      var lasts = Columns.readWhole(in, size);
      for (int i = 0; i < size; i++) {
        parts.mins[i] = Decimals.value(least[i], digits);
        parts.maxs[i] = Decimals.value(least[i] + most[i], digits);
        parts.sums[i] = Decimals.value(least[i] * parts.counts[i] + sums[i], digits);
        parts.lasts[i] = Decimals.value(least[i] + lasts[i], digits);
      }
    }
    parts.size = size;
    return parts;
  }
}
