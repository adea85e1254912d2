package io.happo.agent.feeds;

import java.util.Arrays;
import java.util.function.ObjDoubleConsumer;

/**
 * The values of one timer between two flushes. Count, sum and limits are those of all values;
 * median and percentile those of all that are kept, and beyond that of a fair sample of them.
 */
final class StatsdTimer {
  private double[] kept = new double[4];
  private int size;
  private boolean full;
  private long added;
  private double count;
  private double sum;
  private double lower = Double.POSITIVE_INFINITY;
  private double upper = Double.NEGATIVE_INFINITY;
  private long random = 0x9E3779B97F4A7C15L;

  /**
   * Adds a value.
   *
   * @param weight how many it stands for
   * @param room whether one more may be kept; the first is in any case
   * @return whether one more is kept
   */
  boolean add(double value, double weight, boolean room) {
    added++;
    count += weight;
    sum += value;
    lower = Math.min(lower, value);
    upper = Math.max(upper, value);
    full |= size == StatsdValues.MAX_TIMER_VALUES || (!room && size > 0);
    if (full) {
      // Algorithm R: each of all values is in the sample with the same chance.
      long place = Long.remainderUnsigned(next(), added);
      if (place < size) {
        kept[(int) place] = value;
      }
      return false;
    }
    if (size == kept.length) {
      kept = Arrays.copyOf(kept, Math.min(2 * size, StatsdValues.MAX_TIMER_VALUES));
    }
    kept[size++] = value;
    return true;
  }

  /** Marsaglia's xorshift. */
  private long next() {
    random ^= random << 13;
    random ^= random >>> 7;
    random ^= random << 17;
    return random;
  }

  /** Tells its values, each with what its name ends in, as Etsy's daemon calls them. */
  void tell(ObjDoubleConsumer<String> values) {
    Arrays.sort(kept, 0, size);
    int middle = size / 2;
    values.accept(".count", count);
    values.accept(".sum", sum);
    values.accept(".lower", lower);
    values.accept(".upper", upper);
    values.accept(".mean", sum / added);
    values.accept(".median", size % 2 == 1 ? kept[middle] : (kept[middle - 1] + kept[middle]) / 2);
    values.accept(".upper_95", kept[Math.max(1, (int) Math.round(0.95 * size)) - 1]);
  }
}
