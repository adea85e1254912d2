package io.happo.hub.alert;

/**
 * How much a state flaps: the share of changes among the last hard states, the newer ones counting
 * more (Nagios Core, "Detection and Handling of State Flapping"). States are kept two bits each,
 * the newest in the lowest ones.
 *
 * @param changes how many are looked at, at most 31
 * @param oldest weight of a change between the two oldest states
 * @param step by how much the weight of a change rises to the next newer one
 */
record Flapping(int changes, double oldest, double step) {
  /** 21 states; weights from 0.75 to 1.25. */
  static final Flapping NAGIOS = new Flapping(20, 0.75, 0.5 / 19);

  /** Flapping begins above this, in percent. */
  static final double HIGH = 30;

  /** It ends below this; in between it stays as it was. */
  static final double LOW = 20;

  private static final int STATE_BITS = 2;
  private static final int STATE_MASK = 3;

  /** The states with one more. */
  long with(long states, int status) {
    long mask = (1L << (STATE_BITS * (changes + 1))) - 1;
    return (states << STATE_BITS | status) & mask;
  }

  /** Percent. */
  double percent(long states) {
    double sum = 0;
    for (int age = 0; age < changes; age++) {
      if (state(states, age) != state(states, age + 1)) {
        sum += oldest + step * (changes - 1 - age);
      }
    }
    return sum * 100 / changes;
  }

  /** Whether it flaps now. */
  boolean isFlapping(boolean before, long states) {
    double percent = percent(states);
    return before ? percent >= LOW : percent > HIGH;
  }

  private static long state(long states, int age) {
    return states >>> (STATE_BITS * age) & STATE_MASK;
  }
}
