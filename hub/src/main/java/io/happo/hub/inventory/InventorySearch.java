package io.happo.hub.inventory;

import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.Member;
import io.happo.hub.store.Agents;
import io.happo.hub.store.Inventories;
import io.happo.hub.store.Inventories.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Finds lines in the newest inventories of all agents. Any thread. */
public final class InventorySearch {
  /** So many agents are read at once. */
  private static final int AGENTS = 100;

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
   * @param lines those that were looked for
   */
  public record Found(Member member, Version version, List<String> lines) {
    public Found {
      lines = List.copyOf(lines);
    }
  }

  /**
   * A part of what was found.
   *
   * @param next number of the last agent that was looked at; empty: there is no more
   */
  public record Part(List<Found> found, OptionalLong next) {}

  /**
   * Looks on until there are so many lists, or no more.
   *
   * @param after number of an agent: those beyond it
   */
  public Part find(Query query, long after, int most) {
    var sought = query.text().toLowerCase(Locale.ROOT);
    var found = new ArrayList<Found>();
    long last = after;
    if (query.agent().isPresent()) {
      long number = query.agent().getAsLong();
      look(query, sought, number - 1, 1, found);
      return new Part(found, OptionalLong.empty());
    }
    while (found.size() < most) {
      var numbers = inventories.agents(last, AGENTS);
      if (numbers.isEmpty()) {
        return new Part(found, OptionalLong.empty());
      }
      look(query, sought, last, AGENTS, found);
      last = numbers.getLast();
    }
    return new Part(found, OptionalLong.of(last));
  }

  private void look(Query query, String sought, long after, int agents, List<Found> found) {
    inventories.newest(
        query.name(),
        after,
        agents,
        kept -> {
          var member = fleet.byNumber(kept.version().agent());
          if (member.isEmpty() || member.get().agent().state() != Agents.State.JOINED) {
            return;
          }
          var lines =
              kept.text()
                  .lines()
                  .filter(line -> line.toLowerCase(Locale.ROOT).contains(sought))
                  .toList();
          if (!lines.isEmpty() || sought.isEmpty()) {
            found.add(new Found(member.get(), kept.version(), lines));
          }
        });
  }
}
