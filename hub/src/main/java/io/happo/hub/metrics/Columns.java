package io.happo.hub.metrics;

/**
 * Numbers that follow each other, as few bits. Whole ones: what each differs from what the ones
 * before it let expect, with a Golomb-Rice code whose parameter suits them. Others: by the bytes in
 * which each differs from the one before it (after Gorilla, Pelkonen et al. 2015).
 */
final class Columns {
  /** In place of the parameter: each is as expected. */
  private static final int EXPECTED = 63;

  /** So many bits that are 1 say that the number itself follows, with its length before it. */
  private static final int ESCAPE = 20;

  private static final int LENGTH_BITS = 7;

  private Columns() {}

  /** What the cheapest code takes. */
  private record Code(int parameter, long bits) {}

  /** Writes numbers whose differences fit into 63 bits. */
  static void writeWhole(BitWriter out, long[] numbers, int count) {
    if (count == 0) {
      return;
    }
    out.signedVarint(numbers[0]);
    if (count == 1) {
      return;
    }
    var first = new long[count - 1]; // Differences
    var second = new long[count - 1]; // and theirs, of which the first is a difference.
    long any = 0;
    long anySecond = 0;
    for (int i = 1; i < count; i++) {
      first[i - 1] = numbers[i] - numbers[i - 1];
      second[i - 1] = i == 1 ? first[0] : first[i - 1] - first[i - 2];
      any |= first[i - 1];
      anySecond |= i == 1 ? 0 : second[i - 1];
    }
    int shift = any == 0 ? 0 : Long.numberOfTrailingZeros(any);
    int secondShift = anySecond == 0 ? 0 : Long.numberOfTrailingZeros(anySecond);
    var code = any == 0 ? new Code(EXPECTED, 0) : code(first, 0, shift);
    var secondCode = anySecond == 0 ? new Code(EXPECTED, 0) : code(second, 1, secondShift);
    boolean isSecond = any != 0 && secondCode.bits + 16 < code.bits;
    if (isSecond) {
      head(out, true, secondCode.parameter, secondShift);
      out.signedVarint(second[0]);
      write(out, second, 1, secondShift, secondCode.parameter);
    } else {
      head(out, false, code.parameter, shift);
      write(out, first, 0, shift, code.parameter);
    }
  }

  private static void head(BitWriter out, boolean isSecond, int parameter, int shift) {
    out.align();
    out.bits(isSecond ? 1 : 0, 1);
    out.bits(shift == 0 ? 0 : 1, 1);
    out.bits(parameter, 6);
    if (shift > 0) {
      out.bits(shift, 8);
    }
  }

  private static Code code(long[] numbers, int from, int shift) {
    var lengths = new int[65];
    int longest = 0;
    for (int i = from; i < numbers.length; i++) {
      int length = 64 - Long.numberOfLeadingZeros(BitWriter.zigzag(numbers[i] >> shift));
      lengths[length]++;
      longest = Math.max(longest, length);
    }
    int best = 0;
    long bestBits = Long.MAX_VALUE;
    int usual = usual(lengths, numbers.length - from);
    for (int parameter = Math.max(0, usual - 3); parameter <= usual + 1; parameter++) {
      long bits = 0;
      for (int length = 0; length <= longest; length++) {
        bits += lengths[length] == 0 ? 0 : lengths[length] * cost(length, parameter);
      }
      if (bits < bestBits) {
        bestBits = bits;
        best = parameter;
      }
    }
    return new Code(best, bestBits);
  }

  /** The length that nine of ten do not exceed. */
  private static int usual(int[] lengths, int count) {
    int length = 0;
    for (int shorter = lengths[0]; shorter * 10L < count * 9L && length < 60; ) {
      shorter += lengths[++length];
    }
    return length;
  }

  /** Bits of a number of that length, about. */
  private static long cost(int length, int parameter) {
    int beyond = length - parameter;
    if (beyond <= 0) {
      return parameter + 1L;
    }
    // Between half and all of what the length can hold: three quarters.
    long ones = beyond == 1 ? 1 : beyond > 6 ? ESCAPE : 3L << (beyond - 2);
    return ones >= ESCAPE ? ESCAPE + LENGTH_BITS + length : ones + 1 + parameter;
  }

  private static void write(BitWriter out, long[] numbers, int from, int shift, int parameter) {
    if (parameter == EXPECTED) {
      return;
    }
    for (int i = from; i < numbers.length; i++) {
      long number = BitWriter.zigzag(numbers[i] >> shift);
      long ones = number >>> parameter;
      if (ones >= ESCAPE || ones < 0) {
        int length = 64 - Long.numberOfLeadingZeros(number);
        out.bits((1L << ESCAPE) - 1, ESCAPE);
        out.bits(length, LENGTH_BITS);
        out.bits(number, length);
      } else {
        out.bits((1L << (ones + 1)) - 2, (int) ones + 1);
        out.bits(number, parameter);
      }
    }
  }

  /** Reads what {@link #writeWhole} wrote. */
  static long[] readWhole(BitReader in, int count) {
    var numbers = new long[count];
    if (count == 0) {
      return numbers;
    }
    numbers[0] = in.signedVarint();
    if (count == 1) {
      return numbers;
    }
    in.align();
    boolean isSecond = in.bits(1) == 1;
    boolean isShifted = in.bits(1) == 1;
    int parameter = (int) in.bits(6);
    int shift = isShifted ? (int) in.bits(8) & 63 : 0;
    long step = 0;
    int from = 1;
    if (isSecond) {
      step = in.signedVarint();
      numbers[1] = numbers[0] + step;
      from = 2;
    }
    for (int i = from; i < count; i++) {
      long difference = parameter == EXPECTED ? 0 : read(in, parameter) << shift;
      step = isSecond ? step + difference : difference;
      numbers[i] = numbers[i - 1] + step;
    }
    in.align();
    return numbers;
  }

  private static long read(BitReader in, int parameter) {
    int ones = in.ones(ESCAPE);
    long number =
        ones == ESCAPE
            ? in.bits(Math.min(64, (int) in.bits(LENGTH_BITS)))
            : ((long) ones << parameter) | in.bits(parameter);
    return BitReader.unzigzag(number);
  }

  /** Writes any numbers, bit by bit as they are. */
  static void writeAny(BitWriter out, double[] numbers, int count) {
    out.align();
    long before = 0;
    for (int i = 0; i < count; i++) {
      long now = Double.doubleToRawLongBits(numbers[i]);
      long other = now ^ before;
      before = now;
      if (other == 0) {
        out.bits(0, 1);
        continue;
      }
      int leading = Long.numberOfLeadingZeros(other) / 8;
      int trailing = Long.numberOfTrailingZeros(other) / 8;
      int length = 8 - leading - trailing;
      out.bits(1, 1);
      out.bits(leading, 3);
      out.bits(length - 1, 3);
      out.bits(other >>> (8 * trailing), 8 * length);
    }
    out.align();
  }

  /** Reads what {@link #writeAny} wrote. */
  static double[] readAny(BitReader in, int count) {
    in.align();
    var numbers = new double[count];
    long now = 0;
    for (int i = 0; i < count; i++) {
      if (in.bits(1) == 1) {
        int leading = (int) in.bits(3);
        int length = (int) in.bits(3) + 1;
        int trailing = Math.max(0, 8 - leading - length);
        now ^= in.bits(8 * length) << (8 * trailing);
      }
      numbers[i] = Double.longBitsToDouble(now);
    }
    in.align();
    return numbers;
  }
}
