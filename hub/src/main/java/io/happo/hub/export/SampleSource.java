package io.happo.hub.export;

import java.util.List;
import java.util.OptionalLong;

/**
 * What intake stored, in its order, kept for those who read it: until each has it, or as long and
 * as much as the hub keeps it. Numbers grow, and some are never given. Any thread.
 */
public interface SampleSource {
  /** With it the names of readers begin that are no outputs. */
  String OWN = "@";

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

  /**
   * Number of the newest that is there of what was stored before a time; 0: none.
   *
   * @param received unix milliseconds
   */
  long before(long received);

  /** Number of the newest there ever was; 0 before the first one. */
  long last();

  /** The greatest number of an entry that was thrown away before all had it; 0: none. */
  long lost();

  /** All that are to have what is stored. */
  List<String> readers();

  /** Up to which entry a reader has all; empty when there is no such reader. */
  OptionalLong position(String reader);

  /** That reader has all up to this one; from now on there is one. */
  void setPosition(String reader, long number);

  /** There is no such reader any more. */
  void forget(String reader);
}
