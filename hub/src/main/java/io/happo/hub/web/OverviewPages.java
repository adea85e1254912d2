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

  /**
   * Counting all checks of a large fleet takes a while: once in so long is enough for everybody.
   */
  private static final long COUNTED_FOR_NANOS = 1_000_000_000L;

  private final Rooms rooms;
  private final Troubles troubles;
  private volatile Counted counted = new Counted(new long[4], -1, 0);

  /**
   * How many checks say which status.
   *
   * @param changes of the store that it was counted after
   */
  private record Counted(long[] of, long changes, long atNanos) {}

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
          .byNumber(trouble.subject().agent())
          .ifPresent(
              agent ->
                  rows.add(
                      new Row(
                          trouble,
                          agent.name(),
                          agent.id(),
                          !agent.isConnected() && !trouble.subject().check().startsWith("@"),
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

  private long[] counts() {
    var last = counted;
    long changes = rooms.store().changes();
    long now = System.nanoTime();
    if (last.changes() != changes
        && (last.changes() < 0 || now - last.atNanos() > COUNTED_FOR_NANOS)) {
      last = new Counted(troubles.counts(), changes, now);
      counted = last;
    }
    return last.of().clone();
  }
}
