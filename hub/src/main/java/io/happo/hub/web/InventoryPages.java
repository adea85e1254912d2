package io.happo.hub.web;

import io.happo.hub.api.Rooms;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.fleet.Member;
import io.happo.hub.inventory.InventorySearch;
import io.happo.hub.inventory.InventorySearch.Found;
import io.happo.hub.inventory.LineChanges;
import io.happo.hub.store.Inventories.Kept;
import io.happo.hub.store.Inventories.Version;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What machines have: of all, and of one with what has changed. */
final class InventoryPages {
  private static final int ROWS = 50;
  private static final int MOST_NAMES = 200;
  private static final int VERSIONS = 50;
  private static final List<Duration> SPANS =
      List.of(Duration.ofDays(1), Duration.ofDays(7), Duration.ofDays(31), Duration.ofDays(365));
  private static final Duration USUAL = Duration.ofDays(7);

  private final Rooms rooms;
  private final InventorySearch search;

  InventoryPages(Rooms rooms) {
    this.rooms = rooms;
    this.search = new InventorySearch(rooms.inventories(), rooms.fleet());
  }

  /**
   * The page of all.
   *
   * @param names of all lists that there are
   * @param more query of what follows; empty: nothing does
   */
  record All(String text, String name, List<String> names, List<Found> found, String more) {
    /** Of a list that was searched, the lines to be shown. */
    static final int LINES = 8;

    /** The query of what is shown. */
    String query() {
      return "name=" + Words.url(name) + "&search=" + Words.url(text);
    }
  }

  View all(Visit visit) {
    var text = visit.query("q");
    var name = visit.query("name");
    var part =
        search.find(
            new InventorySearch.Query(OptionalLong.empty(), name, text),
            visit.number("after", 0),
            ROWS,
            text.isEmpty() ? 0 : All.LINES);
    var more =
        part.next().isPresent()
            ? "q="
                + Words.url(text)
                + "&name="
                + Words.url(name)
                + "&after="
                + part.next().getAsLong()
            : "";
    return View.of(
        "inventory",
        "inventory",
        "Inventory",
        new All(text, name, rooms.inventories().names(MOST_NAMES), part.found(), more));
  }

  /** What has changed in a list. */
  record Changed(Version from, Version to, LineChanges lines) {}

  /**
   * The page of one agent.
   *
   * @param lists the newest of each
   * @param since what has changed since then is shown, unix milliseconds
   * @param spans how far back one may go
   * @param shown the list that is shown whole
   * @param versions of that, the newest first
   */
  record One(
      Member member,
      List<Version> lists,
      long since,
      List<TimeRange.Link> spans,
      List<Changed> changes,
      Optional<Kept> shown,
      List<Version> versions) {
    static final int LINES = 500;

    /** As a field for days has it. */
    String day() {
      return Instant.ofEpochMilli(since).atZone(ZoneOffset.UTC).toLocalDate().toString();
    }

    boolean isShown(Version version) {
      return shown.isPresent() && shown.get().version().name().equals(version.name());
    }

    boolean isAt(Version version) {
      return shown.isPresent() && shown.get().version().since() == version.since();
    }
  }

  View one(Visit visit) throws NoSuchAgentException, NoSuchPageException {
    var member = rooms.fleet().find(visit.path("agent"));
    var lists = rooms.inventories().ofAgent(member.number());
    long since = since(visit);
    var changes = new ArrayList<Changed>();
    for (var list : lists) {
      change(member, list, since).ifPresent(changes::add);
    }
    var name = visit.query("list");
    Optional<Kept> shown = Optional.empty();
    List<Version> versions = List.of();
    if (!name.isEmpty()) {
      shown = rooms.inventories().find(member.number(), name, visit.number("at", Long.MAX_VALUE));
      if (shown.isEmpty()) {
        throw new NoSuchPageException("%s has no list %s".formatted(member.name(), name));
      }
      versions = rooms.inventories().versions(member.number(), name, VERSIONS);
    }
    return View.of(
        "agentInventory",
        "agents",
        "Inventory of " + member.name(),
        new One(member, lists, since, spans(visit, member), changes, shown, versions));
  }

  private Optional<Changed> change(Member member, Version list, long since) {
    if (list.since() <= since) {
      return Optional.empty();
    }
    var earlier = rooms.inventories().find(member.number(), list.name(), since);
    var later = rooms.inventories().find(member.number(), list.name(), Long.MAX_VALUE);
    if (earlier.isEmpty() || later.isEmpty()) {
      return Optional.empty();
    }
    var lines = LineChanges.between(earlier.get().text(), later.get().text());
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(new Changed(earlier.get().version(), later.get().version(), lines));
  }

  private static long since(Visit visit) {
    try {
      if (!visit.query("since").isEmpty()) {
        return LocalDate.parse(visit.query("since"))
            .atStartOfDay(ZoneOffset.UTC)
            .toInstant()
            .toEpochMilli();
      }
    } catch (DateTimeException | ArithmeticException e) {
      // As if there were none.
    }
    return visit.now() - span(visit).toMillis();
  }

  private static Duration span(Visit visit) {
    return SPANS.stream()
        .filter(one -> Words.span(one).equals(visit.query("span")))
        .findFirst()
        .orElse(USUAL);
  }

  private static List<TimeRange.Link> spans(Visit visit, Member member) {
    var links = new ArrayList<TimeRange.Link>();
    for (var one : SPANS) {
      links.add(
          new TimeRange.Link(
              Words.span(one),
              "/agents/" + member.id() + "/inventory?span=" + Words.span(one),
              visit.query("since").isEmpty() && one.equals(span(visit))));
    }
    return links;
  }
}
