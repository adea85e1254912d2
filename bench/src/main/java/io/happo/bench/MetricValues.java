package io.happo.bench;

import java.util.SplittableRandom;

/**
 * What a fleet of machines may measure: of each series one value a minute, the same in each run. A
 * fifth never changes; a fifth are percentages with two digits, a fifth counters of bytes, a fifth
 * small whole numbers, a tenth memory in pages of 4,096 bytes, a tenth ratios with all digits.
 */
final class MetricValues {
  /** The kinds, by the tenths of the series. */
  private static final String[] NAMES = {
    "disk.total",
    "limit.files",
    "cpu.percent",
    "disk.percent",
    "net.bytes",
    "disk.bytes",
    "procs.count",
    "sessions.count",
    "memory.bytes",
    "cache.ratio"
  };

  private final SplittableRandom random;
  private final double[] values;
  private final int kinds;

  /**
   * @param agent each has its own values
   * @param series of each agent
   */
  MetricValues(int agent, int series) {
    this.random = new SplittableRandom(agent);
    this.kinds = NAMES.length;
    this.values = new double[series];
    for (int i = 0; i < series; i++) {
      values[i] =
          switch (i % kinds) {
            case 0 -> 4_096L * random.nextInt(1 << 28);
            case 1 -> 1_024 * random.nextInt(1, 64);
            case 2, 3 -> random.nextInt(10_000) / 100.0;
            case 4, 5 -> random.nextLong(1L << 40);
            case 6, 7 -> random.nextInt(300);
            case 8 -> 4_096L * random.nextInt(1 << 20);
            default -> random.nextDouble();
          };
    }
  }

  static String name(int series) {
    return NAMES[series % NAMES.length] + "." + series / NAMES.length;
  }

  /** The value of the next minute. */
  double next(int series) {
    double value = values[series];
    double next =
        switch (series % kinds) {
          case 0, 1 -> value;
          case 2, 3 ->
              Math.clamp(Math.rint(value * 100 + random.nextInt(-50, 51)), 0, 10_000) / 100.0;
          case 4, 5 -> value + random.nextInt(60_000_000);
          case 6, 7 -> Math.max(0, value + random.nextInt(-3, 4));
          case 8 -> Math.max(0, value + 4_096L * random.nextInt(-200, 201));
          default -> Math.clamp(value + (random.nextDouble() - 0.5) / 50, 0, 1);
        };
    values[series] = next;
    return next;
  }
}
