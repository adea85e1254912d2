package io.happo.hub.metrics;

/** Values of many series as they come, in few bytes. For one thread. */
public final class Packed {
  /** Beyond this a new one is begun: SQLite puts what is large on pages of its own. */
  private static final int FULL = 3_000;

  private final BitWriter out = new BitWriter();
  private long series;
  private long time;

  /**
   * Adds one.
   *
   * @param time unix milliseconds
   * @param value NaN when it could not be told
   */
  public void add(long series, long time, double value) {
    out.signedVarint(series - this.series);
    out.signedVarint(time - this.time);
    this.series = series;
    this.time = time;
    int digits = Decimals.digits(value, 0);
    out.bits(digits + 1, 8);
    if (digits < 0) {
      out.bits(Double.doubleToRawLongBits(value), 64);
    } else {
      out.signedVarint(Decimals.whole(value, digits));
    }
  }

  public boolean isFull() {
    return out.size() >= FULL;
  }

  public byte[] toBytes() {
    return out.toBytes();
  }

  /** Takes values in the order in which they were added. */
  @FunctionalInterface
  public interface Taker {
    void take(long series, long time, double value);
  }

  /**
   * Unpacks.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static void each(byte[] packed, Taker taker) {
    var in = new BitReader(packed);
    long series = 0;
    long time = 0;
    while (!in.isAtEnd()) {
      series += in.signedVarint();
      time += in.signedVarint();
      int digits = (int) in.bits(8) - 1;
      if (digits > Decimals.MAX_DIGITS) {
        throw new IllegalArgumentException("a packed value has " + digits + " digits");
      }
      taker.take(
          series,
          time,
          digits < 0
              ? Double.longBitsToDouble(in.bits(64))
              : Decimals.value(in.signedVarint(), digits));
    }
  }
}
