package io.happo.hub.inventory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/**
 * Which lines one text has more and fewer of than another. Their order does not matter: what lists
 * a machine's parts may list them in any.
 *
 * @param added in the order of the later text
 * @param removed in the order of the earlier one
 */
public record LineChanges(List<String> added, List<String> removed) {
  public LineChanges {
    added = List.copyOf(added);
    removed = List.copyOf(removed);
  }

  public static LineChanges between(String earlier, String later) {
    return new LineChanges(more(later, earlier), more(earlier, later));
  }

  private static List<String> more(String one, String other) {
    var counts = new HashMap<String, Integer>();
    other.lines().forEach(line -> counts.merge(line, 1, Integer::sum));
    var more = new ArrayList<String>();
    one.lines()
        .forEach(
            line -> {
              if (counts.merge(line, -1, Integer::sum) < 0) {
                more.add(line);
              }
            });
    return more;
  }

  public boolean isEmpty() {
    return added.isEmpty() && removed.isEmpty();
  }
}
