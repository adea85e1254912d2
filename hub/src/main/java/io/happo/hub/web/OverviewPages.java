package io.happo.hub.web;

import io.happo.hub.api.Rooms;
import io.happo.hub.store.Agents;
import io.happo.hub.store.Troubles;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** What is wrong now, by importance. */
final class OverviewPages {
  private static final int ROWS = 50;

  private final Rooms rooms;
  private final Troubles troubles;
  private long[] counted = new long[0];
  private long countedAfter = -1;

  OverviewPages(Rooms rooms) {
    this.rooms = rooms;
    this.troubles = new Troubles(rooms.store());
  }

  /**
   * One trouble.
   *
   * @param stale whether the agent is not there to run the check
   */
  record Row(Troubles.Trouble trouble, String agent, String agentId, boolean stale, Known known) {}

  /**
   * The page.
   *
   * @param counts of checks by status
   */
  record Overview(
      int joined,
      int connected,
      int pending,
      long[] counts,
      List<Row> rows,
      String status,
      String search,
      Paged paged,
      boolean hasChannels) {
    long wrong() {
      return counts[1] + counts[2] + counts[3];
    }

    long all() {
      return wrong() + counts[0];
    }

    /** Nothing is wrong, and nobody is away of whom that could not be said. */
    boolean isWell() {
      return wrong() == 0 && all() > 0 && connected == joined;
    }

    boolean isFiltered() {
      return !status.isEmpty() || !search.isEmpty();
    }
  }

  View overview(Visit visit) {
    var status = visit.query("status");
    var search = visit.query("q");
    int wanted = Words.status(status);
    int page = visit.page();
    var found =
        troubles.some(
            wanted > 0 ? OptionalInt.of(wanted) : OptionalInt.empty(),
            search,
            (page - 1) * ROWS,
            ROWS + 1);
    var shown = found.subList(0, Math.min(ROWS, found.size()));
    var known = Known.of(rooms, shown.stream().map(Troubles.Trouble::number).toList());
    var rows = new ArrayList<Row>();
    for (var trouble : shown) {
      rooms
          .fleet()
          .byNumberOrHub(trouble.subject().agent())
          .ifPresent(
              agent ->
                  rows.add(
                      new Row(
                          trouble,
                          agent.name(),
                          agent.id(),
                          !agent.isConnected()
                              && !trouble.subject().isAgent()
                              && !trouble.reported(),
                          known.of(trouble.number(), trouble.knownBy(), trouble.comment()))));
    }
    int joined = 0;
    int connected = 0;
    int pending = 0;
    for (var member : rooms.fleet().everyone()) {
      var state = member.agent().state();
      joined += state == Agents.State.JOINED ? 1 : 0;
      connected += state == Agents.State.JOINED && member.isConnected() ? 1 : 0;
      pending += state == Agents.State.PENDING ? 1 : 0;
    }
    return View.of(
        "overview",
        "overview",
        "Overview",
        new Overview(
            joined,
            connected,
            pending,
            counts(),
            rows,
            wanted > 0 ? status : "",
            search,
            new Paged(page, found.size() > ROWS),
            !rooms.notifier().channels().isEmpty()));
  }

  /** Counted once after each change, for all who look. */
  private synchronized long[] counts() {
    long changes = rooms.store().changes();
    if (changes != countedAfter) {
      counted = troubles.counts();
      countedAfter = changes;
    }
    return counted.clone();
  }
}
