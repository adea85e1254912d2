package io.happo.core.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks of one agent that depend on each other in a circle: when all of them are ill each would be
 * held for the sake of the next, and nobody told of any.
 */
final class Circles {
  private final Map<String, FleetCheck> checks = new LinkedHashMap<>();
  private final Set<String> done = new HashSet<>();
  private final List<String> path = new ArrayList<>();
  private final List<List<String>> found = new ArrayList<>();

  private Circles(List<FleetCheck> all) {
    all.forEach(check -> checks.put(check.name(), check));
  }

  /** Each circle as the names from one check to that check again. */
  static List<List<String>> of(List<FleetCheck> all) {
    var circles = new Circles(all);
    all.forEach(check -> circles.follow(check.name()));
    return circles.found;
  }

  private void follow(String name) {
    int at = path.indexOf(name);
    if (at >= 0) {
      var circle = new ArrayList<>(path.subList(at, path.size()));
      circle.add(name);
      found.add(circle);
      return;
    }
    var check = checks.get(name);
    if (check == null || !done.add(name)) {
      return;
    }
    path.add(name);
    for (var on : check.depends()) {
      if (on.agent().isEmpty()) {
        follow(on.check());
      }
    }
    path.removeLast();
  }
}
