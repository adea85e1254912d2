package io.happo.hub.export;

import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.Member;
import io.happo.hub.store.SeriesNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Finds series by their numbers; knows those by heart that were asked for last. Any thread. */
final class SeriesBook {
  /** Some 200 bytes each. */
  private static final int KNOWN = 500_000;

  private final SeriesNames names;
  private final Fleet fleet;
  private final LinkedHashMap<Long, SeriesNames.Named> known = new LinkedHashMap<>(16, 0.75f, true);
  private int generation;

  SeriesBook(SeriesNames names, Fleet fleet) {
    this.names = names;
    this.fleet = fleet;
    this.generation = names.generation();
  }

  /** Those of them that there are, as they are called now. */
  Map<Long, Series> of(Collection<Long> numbers) {
    var agents = new HashMap<Long, Optional<Member>>();
    var found = new HashMap<Long, Series>();
    for (var named : named(numbers)) {
      var member = agents.computeIfAbsent(named.agent(), fleet::byNumber);
      found.put(
          named.number(),
          new Series(
              member.map(Member::name).orElse(""),
              member.map(Member::id).orElse(""),
              member.map(one -> one.agent().tags()).orElse(Map.of()),
              named.key().check() != 0,
              named.check(),
              named.key().host(),
              named.key().name(),
              named.key().unit()));
    }
    return found;
  }

  private Collection<SeriesNames.Named> named(Collection<Long> numbers) {
    var found = new ArrayList<SeriesNames.Named>();
    var missing = new ArrayList<Long>();
    synchronized (known) {
      if (generation != names.generation()) {
        known.clear();
        generation = names.generation();
      }
      for (var number : numbers) {
        var named = known.get(number);
        if (named == null) {
          missing.add(number);
        } else {
          found.add(named);
        }
      }
    }
    if (!missing.isEmpty()) {
      int before = names.generation();
      var read = names.find(missing);
      found.addAll(read);
      synchronized (known) {
        if (before == generation) {
          read.forEach(named -> known.put(named.number(), named));
        }
        for (var eldest = known.keySet().iterator(); known.size() > KNOWN && eldest.hasNext(); ) {
          eldest.next();
          eldest.remove();
        }
      }
    }
    return found;
  }
}
