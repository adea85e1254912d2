package io.happo.hub.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What series are, by their numbers; whose and called what never changes. */
public final class SeriesNames {
  /**
   * What a series is.
   *
   * @param agent number of the one who measured it; 0 when none did
   * @param check name of the check that measures it; empty when none does
   */
  public record Named(long number, long agent, String check, SeriesRow.Key key) {}

  private static final int AT_ONCE = 500;

  private final Store store;

  public SeriesNames(Store store) {
    this.store = store;
  }

  /** Another number after a restore: numbers that were read before it may be others' now. */
  public int generation() {
    return store.generation();
  }

  /** Those of them that there are, in no order. */
  public List<Named> find(Collection<Long> numbers) {
    var wanted = List.copyOf(numbers);
    var found = new ArrayList<Named>();
    for (int from = 0; from < wanted.size(); from += AT_ONCE) {
      var some = wanted.subList(from, Math.min(from + AT_ONCE, wanted.size()));
      found.addAll(
          store.read(
              h ->
                  h.createQuery(
                          "SELECT s.number, s.agent, coalesce(c.name, ''), s.check_number, s.host,"
                              + " s.name, s.unit FROM series s LEFT JOIN checks c ON"
                              + " c.number = s.check_number WHERE s.number IN (<numbers>)")
                      .bindList("numbers", some)
                      .map(
                          (rows, _) ->
                              new Named(
                                  rows.getLong(1),
                                  rows.getLong(2),
                                  rows.getString(3),
                                  new SeriesRow.Key(
                                      rows.getLong(4),
                                      rows.getString(5),
                                      rows.getString(6),
                                      rows.getString(7))))
                      .list()));
    }
    return found;
  }
}
