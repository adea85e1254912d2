package io.happo.hub.web;

import io.happo.hub.alert.Subject;
import io.happo.hub.api.Rooms;
import io.happo.hub.classic.ClassicBook;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.fleet.Member;
import io.happo.hub.store.Agents.State;
import io.happo.hub.store.Checks;
import io.happo.hub.store.ClassicHosts;
import io.happo.hub.store.Events;
import io.happo.hub.store.Tokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The agents: all, one of them, and another one. */
final class AgentPages {
  private static final int ROWS = 50;
  private static final int EVENTS = 20;
  private static final int MOST_CHECKS = 2_000;

  /** Those that joined so lately are shown where somebody waits for one. */
  private static final long LATELY_MILLIS = Duration.ofMinutes(30).toMillis();

  private final Rooms rooms;

  AgentPages(Rooms rooms) {
    this.rooms = rooms;
  }

  /** Which agents are listed: the order of the tabs. */
  enum Filter {
    ALL("All"),
    CONNECTED("Connected"),
    AWAY("Away"),
    PENDING("Waiting"),
    DUPLICATE("Duplicates"),
    FAILED("Plan not applied"),
    REVOKED("Taken out");

    final String title;

    Filter(String title) {
      this.title = title;
    }

    /** Shown even when there is none. */
    boolean isAlways() {
      return this == ALL || this == CONNECTED || this == AWAY;
    }

    String word() {
      return this == ALL ? "" : name().toLowerCase(Locale.ROOT);
    }

    boolean takes(Member member) {
      var state = member.agent().state();
      return switch (this) {
        case ALL -> state == State.JOINED || state == State.PENDING;
        case CONNECTED -> state == State.JOINED && member.isConnected();
        case AWAY -> state == State.JOINED && !member.isConnected();
        case PENDING -> state == State.PENDING;
        case DUPLICATE -> member.isDuplicate();
        case FAILED -> state == State.JOINED && !member.agent().planProblems().isEmpty();
        case REVOKED -> state == State.REVOKED;
      };
    }
  }

  /** A tab and how many there are. */
  record Tab(Filter filter, int count) {}

  /** The page of all. */
  record All(Filter filter, List<Tab> tabs, String search, List<Row> rows, Paged paged) {}

  /**
   * One agent in a list.
   *
   * @param plan how it stands with its plan: a word for its style, and for people
   */
  record Row(Member member, String plan) {}

  View all(Visit visit) {
    var filter = Filter.ALL;
    for (var one : Filter.values()) {
      filter = one.word().equals(visit.query("state")) ? one : filter;
    }
    var search = visit.query("q");
    var counts = new EnumMap<Filter, Integer>(Filter.class);
    var found = new ArrayList<Member>();
    for (var member : rooms.fleet().everyone()) {
      for (var one : Filter.values()) {
        counts.merge(one, one.takes(member) ? 1 : 0, Integer::sum);
      }
      if (filter.takes(member) && suits(member, search.toLowerCase(Locale.ROOT))) {
        found.add(member);
      }
    }
    found.sort(
        Comparator.comparing((Member member) -> member.agent().state() != State.PENDING)
            .thenComparing(Member::name)
            .thenComparingLong(Member::number));
    int page = visit.page();
    int from = Math.min(found.size(), (page - 1) * ROWS);
    int to = Math.min(found.size(), from + ROWS);
    var tabs = new ArrayList<Tab>();
    for (var one : Filter.values()) {
      tabs.add(new Tab(one, counts.getOrDefault(one, 0)));
    }
    return View.of(
        "agents",
        "agents",
        "Agents",
        new All(
            filter,
            tabs,
            search,
            found.subList(from, to).stream().map(member -> new Row(member, plan(member))).toList(),
            new Paged(page, to < found.size())));
  }

  private static boolean suits(Member member, String search) {
    return search.isEmpty()
        || member.name().toLowerCase(Locale.ROOT).contains(search)
        || member.id().startsWith(search)
        || member.agent().tags().entrySet().stream()
            .anyMatch(
                tag ->
                    (tag.getKey() + "=" + tag.getValue())
                        .toLowerCase(Locale.ROOT)
                        .contains(search));
  }

  /** How an agent stands with what it is to run. */
  private String plan(Member member) {
    if (member.agent().state() != State.JOINED) {
      return "";
    }
    if (!member.agent().planProblems().isEmpty()) {
      return "failed";
    }
    return !member.planProblems().isEmpty()
        ? "partly"
        : member.agent().planReported().isEmpty() ? "none" : "runs";
  }

  /**
   * A check of an agent.
   *
   * @param stale whether the agent is not there to run it
   */
  record CheckRow(Checks.Current check, boolean stale) {
    String title() {
      return new Subject(check.agent(), check.name()).title();
    }
  }

  /**
   * The page of one.
   *
   * @param planned checks of its plan, by name: what it can be asked to run
   * @param range of its graphs
   * @param charts names of checks that measure something
   * @param key of whom the hub asks first for it, when it is asked
   */
  record One(
      Member member,
      TimeRange range,
      List<CheckRow> checks,
      List<String> planned,
      List<Events.Row> events,
      List<String> charts,
      Optional<ClassicHosts.Key> key) {
    /** How it is reached, when it is asked. */
    String way() {
      return member.agent().facts().getOrDefault(ClassicBook.ADDRESS, "");
    }

    boolean isIn() {
      return member.agent().state() == State.JOINED;
    }

    boolean isWaiting() {
      return member.agent().state() == State.PENDING;
    }
  }

  /** Whether what a check said last is no more than that: its agent is not there to run it. */
  static boolean isStale(Member member, Checks.Current check) {
    return !member.isConnected() && !check.name().equals(Subject.AGENT) && check.lateAt().isEmpty();
  }

  View one(Visit visit) throws NoSuchAgentException {
    var member = rooms.fleet().find(visit.path("agent"));
    var checks = new ArrayList<CheckRow>();
    var charts = new ArrayList<String>();
    for (var check : rooms.checks().brief(member.number(), MOST_CHECKS)) {
      boolean hubs = Subject.isHubs(check.name());
      if (hubs && check.state().status() == 0) {
        continue; // That it is well nobody needs to be told twice.
      }
      checks.add(new CheckRow(check, isStale(member, check)));
      if (!hubs && Words.firstLine(check.output()).contains("|")) {
        charts.add(check.name());
      }
    }
    checks.sort(
        Comparator.comparing((CheckRow row) -> row.check().state().status() == 0)
            .thenComparing(row -> row.check().name()));
    var planned = new ArrayList<String>();
    for (var check : rooms.plans().current().checks()) {
      if (check.matches(member.view())) {
        planned.add(check.name());
      }
    }
    return View.of(
        "agent",
        "agents",
        member.name(),
        new One(
            member,
            TimeRange.of(visit, "/agents/" + member.id()),
            checks,
            planned,
            rooms.events().ofAgent(member.number(), Long.MAX_VALUE, EVENTS),
            charts,
            key(member)));
  }

  private Optional<ClassicHosts.Key> key(Member member) {
    var way = member.agent().facts().getOrDefault(ClassicBook.ADDRESS, "");
    return way.isEmpty()
        ? Optional.empty()
        : rooms.classics().keys().stream()
            .filter(
                key ->
                    way.split(" ", 2)[0].equals(ClassicHosts.Host.server(key.host(), key.port())))
            .findFirst();
  }

  /**
   * The page for another one.
   *
   * @param tokens that can be used still
   * @param lately agents that came a short while ago, the newest first
   */
  record Join(List<Tokens.Token> tokens, List<Member> lately) {}

  View join(Visit visit) {
    long now = visit.now();
    var tokens =
        rooms.tokens().all().stream()
            .filter(
                token ->
                    token.revokedAt().isEmpty()
                        && token.expiresAt().orElse(Long.MAX_VALUE) > now
                        && token.usesLeft().orElse(1) > 0)
            .toList();
    var lately =
        rooms.fleet().everyone().stream()
            .filter(member -> member.agent().joinedAt() > now - LATELY_MILLIS)
            .filter(member -> Filter.ALL.takes(member))
            .sorted(Comparator.comparingLong((Member member) -> -member.agent().joinedAt()))
            .limit(ROWS)
            .toList();
    return View.of("join", "join", "Add an agent", new Join(tokens, lately));
  }
}
