package io.happo.hub.export;

import java.util.List;
import java.util.OptionalLong;

/**
 * What intake stored, in its order, kept for those who read it: until each has it, or as long and
 * as much as the hub keeps it. Numbers grow, and some are never given. Any thread.
 */
public interface SampleSource {
  /**
   * What came at once.
   *
   * @param received unix milliseconds
   */
  record Entry(long number, long received, List<Sample> samples) {
    public Entry {
      samples = List.copyOf(samples);
    }
  }

  /**
   * One value.
   *
   * @param time unix milliseconds
   * @param value NaN when it could not be told
   */
  record Sample(long series, long time, double value) {}

  /** Those that are there of a higher number, in order. */
  List<Entry> after(long number, int most);

  /** Those that are there of what was stored since a time, in order. */
  List<Entry> since(long received);

  /** Number of the newest there ever was; 0 before the first one. */
  long last();

  /** The greatest number of an entry that was thrown away before all had it; 0: none. */
  long lost();

  /** Up to which entry a reader has all; empty when there is no such reader. */
  OptionalLong position(String reader);

  /** That reader has all up to this one; from now on there is one. */
  void setPosition(String reader, long number);

  /** There is no such reader any more. */
  void forget(String reader);
}
