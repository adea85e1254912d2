package io.happo.hub.inventory;

import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.Member;
import io.happo.hub.store.Agents;
import io.happo.hub.store.Inventories;
import io.happo.hub.store.Inventories.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds lines in the newest inventories of all agents. Any thread. */
public final class InventorySearch {
  /** So many agents are read at once. */
  private static final int AGENTS = 10;

  /** A part ends when it has so many characters, about. */
  private static final long MOST_CHARS = 4 << 20;

  private final Inventories inventories;
  private final Fleet fleet;

  public InventorySearch(Inventories inventories, Fleet fleet) {
    this.inventories = inventories;
    this.fleet = fleet;
  }

  /**
   * What is looked for.
   *
   * @param agent number of one; empty: of all that are in
   * @param name of the list; empty: all
   * @param text in a line, whatever its letter case; empty: all lines
   */
  public record Query(OptionalLong agent, String name, String text) {}

  /**
   * One list of one agent.
   *
   * @param lines those that were looked for, the first of them; none when all are meant
   * @param found how many there are of these
   */
  public record Found(Member member, Version version, List<String> lines, int found) {
    public Found {
      lines = List.copyOf(lines);
    }

    /** How many were found beside those that are here. */
    public int more() {
      return found - lines.size();
    }
  }

  /**
   * A part of what was found.
   *
   * @param next number of the last agent that was looked at; empty: there is no more
   */
  public record Part(List<Found> found, OptionalLong next) {}

  /**
   * Looks on until there are so many lists, or a few more, or as much text as an answer holds.
   *
   * @param after number of an agent: those beyond it
   * @param lines of a list at most
   */
  public Part find(Query query, long after, int most, int lines) {
    var found = new ArrayList<Found>();
    long last = after;
    while (found.size() < most && chars(found) < MOST_CHARS) {
      var numbers = numbers(query, last);
      if (numbers.isEmpty()) {
        return new Part(found, OptionalLong.empty());
      }
      look(query, numbers.getFirst() - 1, numbers.size(), lines, found);
      last = numbers.getLast();
    }
    return new Part(found, OptionalLong.of(last));
  }

  private List<Long> numbers(Query query, long after) {
    if (query.agent().isPresent()) {
      long one = query.agent().getAsLong();
      return one > after ? List.of(one) : List.of();
    }
    return inventories.agents(after, AGENTS);
  }

  private static long chars(List<Found> found) {
    return found.stream()
        .flatMap(one -> one.lines().stream())
        .mapToLong(line -> line.length() + 1L)
        .sum();
  }

  private void look(Query query, long after, int agents, int lines, List<Found> found) {
    if (query.text().isEmpty() && lines == 0) {
      for (var version : inventories.newestVersions(query.name(), after, agents)) {
        member(version)
            .ifPresent(member -> found.add(new Found(member, version, List.of(), version.lines())));
      }
      return;
    }
    var sought = query.text().toLowerCase(Locale.ROOT);
    inventories.newest(
        query.name(),
        after,
        agents,
        kept -> {
          var member = member(kept.version());
          if (member.isEmpty()) {
            return;
          }
          var suiting =
              kept.text()
                  .lines()
                  .filter(line -> line.toLowerCase(Locale.ROOT).contains(sought))
                  .toList();
          if (!suiting.isEmpty() || sought.isEmpty()) {
            var some = suiting.subList(0, Math.min(lines, suiting.size()));
            found.add(new Found(member.get(), kept.version(), some, suiting.size()));
          }
        });
  }

  /** Who has it, when it is in. */
  private Optional<Member> member(Version version) {
    return fleet
        .byNumber(version.agent())
        .filter(member -> member.agent().state() == Agents.State.JOINED);
  }
}
