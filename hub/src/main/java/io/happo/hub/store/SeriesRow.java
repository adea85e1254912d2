package io.happo.hub.store;

import org.jspecify.annotations.Nullable;

/**
 * What is measured again and again.
 *
 * @param key which
 * @param thresholds the latest
 * @param seen when a value came last, unix milliseconds, to about a day; 0: not since that is known
 */
public record SeriesRow(long number, Key key, Thresholds thresholds, long seen) {
  /**
   * Which, among those of one agent.
   *
   * @param check number of the check that measures it; 0 when none does
   * @param host that the agent measured it for; empty when it is its own
   * @param unit as printed; values are in it
   */
  public record Key(long check, String host, String name, String unit) {
    /** As a record has it, without the way round that it takes: intake asks for each value. */
    @Override
    public int hashCode() {
      return ((Long.hashCode(check) * 31 + host.hashCode()) * 31 + name.hashCode()) * 31
          + unit.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && key.check == check
          && key.name.equals(name)
          && key.host.equals(host)
          && key.unit.equals(unit);
    }
  }

  /** As a plugin prints them behind a value; each may be empty. */
  public record Thresholds(String warn, String crit, String low, String high) {
    public static final Thresholds NONE = new Thresholds("", "", "", "");
  }
}
