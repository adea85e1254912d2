package io.happo.hub.web;

import io.happo.core.Nearest;
import io.happo.hub.api.Rooms;
import io.happo.hub.dashboards.Choice;
import io.happo.hub.dashboards.Dashboard;
import io.happo.hub.dashboards.DashboardBook.Entry;
import io.happo.hub.fleet.Member;
import io.happo.hub.store.Agents.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The dashboards: all, one of them, and changing one. What they show their program asks for. */
final class DashboardPages {
  /** Names that come with a page; further ones are searched for. */
  private static final int NAMES = 200;

  /** What somebody begins with. */
  private static final String FIRST =
      "{\"title\":\"\",\"span\":\"24h\",\"refresh\":\"1m\",\"graphs\":[]}";

  private static final List<String> SPANS = List.of("1h", "6h", "24h", "7d", "31d", "365d");
  private static final Map<String, String> REFRESHES =
      Map.of("off", "never", "10s", "10 seconds", "1m", "minute", "5m", "5 minutes");

  private final Rooms rooms;

  DashboardPages(Rooms rooms) {
    this.rooms = rooms;
  }

  /** The page of all. */
  record All(List<Entry> dashboards) {}

  View all(Visit visit) {
    return View.of("dashboards", "dashboards", "Dashboards", new All(rooms.dashboards().all()));
  }

  /**
   * What is picked at the top of a dashboard.
   *
   * @param values that can be picked, or some of them
   * @param value that is; empty: none in particular
   */
  record Picked(Choice choice, List<String> values, String value) {}

  /** How often a dashboard asks again, and what that is called. */
  record Refresh(String word, String title) {}

  /**
   * The page of one.
   *
   * @param title with what is picked in it
   * @param json of it
   * @param span that is shown; empty: from one time to another
   */
  record One(
      Entry entry,
      String title,
      String json,
      List<Picked> picked,
      String span,
      List<String> spans,
      String refresh,
      List<Refresh> refreshes) {}

  View one(Visit visit) throws NoSuchPageException {
    var entry = find(visit.path("name"));
    var dashboard = entry.dashboard();
    var picked = new ArrayList<Picked>();
    var title = dashboard.title();
    for (var choice : dashboard.choose()) {
      var values = values(choice);
      var value = visit.query(choice.name());
      if (value.isEmpty() && !choice.all() && !values.isEmpty()) {
        value = values.getFirst();
      }
      picked.add(new Picked(choice, values, value));
      title = title.replace("{{" + choice.name() + "}}", value.isEmpty() ? "all" : value);
    }
    var usualSpan = shown(SPANS, Words.span(dashboard.span()));
    var usualRefresh = dashboard.refresh().isZero() ? "off" : Words.span(dashboard.refresh());
    return View.of(
        "dashboard",
        "dashboards",
        title,
        new One(
            entry,
            title,
            dashboard.toJson(),
            picked,
            visit.query("from").isEmpty() ? either(visit.query("span"), usualSpan) : "",
            with(SPANS, usualSpan),
            either(visit.query("refresh"), usualRefresh),
            with(List.of("off", "10s", "1m", "5m"), usualRefresh).stream()
                .map(word -> new Refresh(word, REFRESHES.getOrDefault(word, word)))
                .toList()));
  }

  /** A day is called 24h among these. */
  private static String shown(List<String> spans, String span) {
    return !spans.contains(span) && span.equals("1d") ? "24h" : span;
  }

  private static String either(String asked, String usual) {
    return asked.matches("[0-9]{1,5}[smhd]|off") ? asked : usual;
  }

  private static List<String> with(List<String> words, String word) {
    if (words.contains(word)) {
      return words;
    }
    var more = new ArrayList<>(words);
    more.add(word);
    return more;
  }

  private Entry find(String name) throws NoSuchPageException {
    var found = rooms.dashboards().find(name);
    if (found.isPresent()) {
      return found.get();
    }
    var names = rooms.dashboards().all().stream().map(one -> one.dashboard().name()).toList();
    throw new NoSuchPageException(
        "there is no dashboard '" + name + "'" + Nearest.suggestion(name, names));
  }

  /** Those who are there first: one of them is shown when nobody has picked one. */
  private List<String> values(Choice choice) {
    var joined =
        rooms.fleet().everyone().stream().filter(member -> member.agent().state() == State.JOINED);
    return choice.tag().isEmpty()
        ? joined
            .sorted(
                Comparator.comparing((Member member) -> !member.isConnected())
                    .thenComparing(Member::name))
            .map(Member::name)
            .distinct()
            .limit(NAMES)
            .toList()
        : joined
            .map(member -> member.agent().tags().getOrDefault(choice.tag(), ""))
            .filter(value -> !value.isEmpty())
            .distinct()
            .sorted()
            .limit(NAMES)
            .toList();
  }

  /**
   * The page that changes one.
   *
   * @param name empty: a new one
   * @param json of it, or of what a new one begins as
   * @param revision that it was made from
   */
  record Edit(String name, String title, String json, long revision, boolean comesWithHub) {}

  View edit(Visit visit) throws NoSuchPageException {
    var entry = find(visit.path("name"));
    var dashboard = entry.dashboard();
    return View.of(
        "dashboardEdit",
        "dashboards",
        "Edit " + dashboard.title(),
        new Edit(
            dashboard.name(),
            dashboard.title(),
            dashboard.toJson(),
            entry.revision(),
            entry.comesWithHub()));
  }

  View newOne(Visit visit) throws NoSuchPageException {
    var json = FIRST;
    if (!visit.query("copy").isEmpty()) {
      var copied = find(visit.query("copy")).dashboard();
      var other =
          new Dashboard(
              "",
              "Copy of " + copied.title(),
              copied.span(),
              copied.refresh(),
              copied.choose(),
              copied.graphs());
      json = other.toJson();
    }
    return View.of(
        "dashboardEdit", "dashboards", "New dashboard", new Edit("", "", json, 0, false));
  }
}
