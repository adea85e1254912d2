package io.happo.hub.web;

import io.happo.hub.alert.Acknowledgement;
import io.happo.hub.alert.Subject;
import io.happo.hub.api.Rooms;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.fleet.Member;
import io.happo.hub.store.AlertBook;
import io.happo.hub.store.Checks;
import io.happo.hub.store.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One check of one agent: how it is, how it was, and who was told. */
final class CheckPages {
  private static final int HISTORY = 50;
  private static final int NOTES = 20;

  /** The strip of states is so wide; a part shows the worst that was said in it. */
  private static final int STRIP_PARTS = 1_000;

  private final Rooms rooms;

  CheckPages(Rooms rooms) {
    this.rooms = rooms;
  }

  /**
   * A time with one status in the strip of states.
   *
   * @param x where it begins, of 1,000
   * @param width of 1,000
   * @param status -1: nothing came
   */
  record Stretch(int x, int width, int status, long from, long to) {}

  /**
   * The page.
   *
   * @param check none before its first result
   * @param planned whether the agent is to run it
   * @param history the newest first
   * @param before the time that older results are to be asked for before; 0: there are none
   */
  record One(
      Member member,
      String name,
      @Nullable CheckNow check,
      boolean planned,
      boolean editable,
      TimeRange range,
      List<Stretch> strip,
      List<Results.Row> history,
      long before,
      List<AlertBook.Open> open,
      List<AlertBook.Note> notes) {
    String title() {
      return new Subject(member.number(), name).title();
    }

    /** What a silence of it is about: of a value the check that measures it. */
    String checkName() {
      return new Subject(member.number(), name).names();
    }

    String checkTitle() {
      return checkName().equals(Subject.AGENT)
          ? "the agent itself, and nothing else,"
          : checkName();
    }

    /** Whether it is of an agent, and not of the hub or of many. */
    boolean isAgents() {
      return !new Subject(member.number(), name).isOfHub();
    }

    boolean isHubs() {
      return Subject.isHubs(name);
    }
  }

  /**
   * How it is now.
   *
   * @param known who knows of its trouble
   */
  record CheckNow(Checks.Current current, boolean stale, @Nullable Acknowledgement known) {}

  View one(Visit visit) throws NoSuchAgentException, NoSuchPageException {
    var member = rooms.fleet().findOrHub(visit.path("agent"));
    var name = visit.path("check");
    var found = rooms.checks().find(member.number(), name);
    var planned = rooms.plans().isToRun(member, name);
    var plan = rooms.plans().current();
    boolean editable =
        plan.checks().stream()
            .anyMatch(check -> check.name().equals(name) && !plan.isOfCollector(check));
    if (found.isEmpty() && !planned) {
      throw new NoSuchPageException(member.name() + " runs no check '" + name + "'");
    }
    var path = "/agents/" + member.id() + "/checks/" + Words.url(name);
    var range = TimeRange.of(visit, path);
    if (found.isEmpty()) {
      return View.of(
          "check",
          "agents",
          name + " on " + member.name(),
          new One(
              member, name, null, planned, editable, range, List.of(), List.of(), 0, List.of(),
              List.of()));
    }
    var check = found.get();
    long from = range.from();
    long to = range.to();
    var statuses = rooms.results().worst(check.number(), from, to, STRIP_PARTS);
    long before = visit.number("before", range.isFixed() ? to : Long.MAX_VALUE);
    var history = rooms.results().ofCheck(check.number(), 0, before, HISTORY + 1).reversed();
    var shown = history.subList(0, Math.min(HISTORY, history.size()));
    var subject = new Subject(member.number(), name);
    return View.of(
        "check",
        "agents",
        subject.title() + (subject.isOfHub() ? "" : " on " + member.name()),
        new One(
            member,
            name,
            new CheckNow(
                check,
                AgentPages.isStale(member, check),
                rooms.silences().acknowledgements().get(subject)),
            planned,
            editable,
            range,
            strip(statuses, from, to),
            shown,
            history.size() > HISTORY ? shown.getLast().time() : 0,
            rooms.alertBook().open(List.of(check.number())),
            rooms.alertBook().notes(OptionalLong.of(check.number()), Long.MAX_VALUE, NOTES)));
  }

  /** Equal ones that follow each other become one; after a long silence nothing is claimed. */
  static List<Stretch> strip(List<Results.Status> statuses, long from, long to) {
    var strip = new ArrayList<Stretch>();
    long silence = silence(statuses, to - from);
    for (int i = 0; i < statuses.size(); ) {
      var first = statuses.get(i);
      int next = i + 1;
      while (next < statuses.size()
          && statuses.get(next).status() == first.status()
          && statuses.get(next).time() - statuses.get(next - 1).time() <= silence) {
        next++;
      }
      long last = statuses.get(next - 1).time();
      long end = next < statuses.size() ? statuses.get(next).time() : to;
      end = Math.min(end, last + silence);
      add(strip, first.status(), first.time(), end, from, to);
      i = next;
    }
    return strip;
  }

  /** How long one result counts: three of the usual distances between two. */
  private static long silence(List<Results.Status> statuses, long all) {
    if (statuses.size() < 2) {
      return all;
    }
    var distances = new ArrayList<Long>();
    for (int i = 1; i < statuses.size(); i++) {
      distances.add(statuses.get(i).time() - statuses.get(i - 1).time());
    }
    distances.sort(null);
    return Math.max(60_000, 3 * distances.get(distances.size() / 2));
  }

  private static void add(
      List<Stretch> strip, int status, long begin, long end, long from, long to) {
    int x = (int) (1000 * (begin - from) / (to - from));
    int width = Math.max(1, (int) (1000 * (end - from) / (to - from)) - x);
    strip.add(new Stretch(x, Math.min(width, 1000 - x), status, begin, end));
  }
}
