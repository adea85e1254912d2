package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TIME;

import io.happo.core.JsonWriter;
import io.happo.core.plan.AlertRule;
import io.happo.hub.alert.Subject;
import io.happo.hub.fleet.Member;
import io.happo.hub.store.Checks;
import io.happo.hub.store.Results;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What explains a graph: when nothing could come, and when nobody was to be told. */
final class Marks {
  static final List<Field> FIELDS =
      List.of(
          Field.must(
              "kind",
              TEXT,
              "outage: the agent was away, or nothing came of the check; downtime; silence."),
          Field.must("from", TIME, "When it began, or the beginning of what was asked for."),
          Field.must("to", TIME, "When it ended, or the end of what was asked for, or now."),
          Field.must("text", TEXT, "What it was."));

  private static final int MOST = 500;
  private static final String OUTAGE = "outage";

  private final Rooms rooms;

  Marks(Rooms rooms) {
    this.rooms = rooms;
  }

  /**
   * One of them.
   *
   * @param from unix milliseconds
   */
  record Mark(String kind, long from, long to, String text) {}

  static void write(JsonWriter json, List<Mark> marks) {
    json.key("marks").beginArray();
    for (var mark : marks) {
      json.beginObject()
          .member("kind", mark.kind)
          .member("from", mark.from)
          .member("to", mark.to)
          .member("text", mark.text)
          .endObject();
    }
    json.endArray();
  }

  /**
   * Those of an agent and of one of its checks, by when they began.
   *
   * @param check none: only those of the agent itself
   */
  List<Mark> of(Member member, Optional<Checks.Current> check, long from, long to) {
    long past = Math.min(to, Math.max(from, rooms.clock().millis()));
    var marks = new ArrayList<Mark>();
    away(member, from, past, marks);
    check.ifPresent(one -> silent(member, one, from, past, marks));
    var subject =
        check
            .map(one -> new Subject(member.number(), one.name()))
            .orElse(Subject.agent(member.number()));
    for (var silence : rooms.silences().since(from)) {
      if (silence.covers(subject, member.view())) {
        var kind = silence.downtime() ? "downtime" : "silence";
        silence
            .spans(from, to)
            .forEach(span -> marks.add(new Mark(kind, span.from(), span.to(), silence.text())));
      }
    }
    marks.sort(Comparator.comparingLong(Mark::from).thenComparingLong(Mark::to));
    return marks.subList(Math.max(0, marks.size() - MOST), marks.size());
  }

  /** When the agent was away: that is what it itself was critical for. */
  private void away(Member member, long from, long to, List<Mark> marks) {
    var itself = rooms.checks().find(member.number(), Subject.AGENT);
    if (itself.isEmpty()) {
      return;
    }
    long number = itself.get().number();
    var said = new ArrayList<>(rooms.results().ofCheck(number, 0, from, 1));
    said.addAll(rooms.results().ofCheck(number, from, to, MOST));
    for (int i = 0; i < said.size(); i++) {
      var one = said.get(i);
      if (one.status() == AlertRule.State.CRITICAL.status()) {
        long end = i + 1 < said.size() ? said.get(i + 1).time() : to;
        add(marks, one.time(), end, from, one.output().strip());
      }
    }
  }

  /** When nothing came of a check. */
  private void silent(Member member, Checks.Current check, long from, long to, List<Mark> marks) {
    long since =
        rooms.results().ofCheck(check.number(), 0, from, 1).stream()
            .mapToLong(Results.Row::time)
            .findFirst()
            .orElse(from);
    for (var one : rooms.results().silences(member.number(), check.number(), since, to, MOST)) {
      add(marks, one.from(), one.to(), from, "no result came of " + check.name());
    }
  }

  private static void add(List<Mark> marks, long begin, long end, long from, String text) {
    if (end > Math.max(begin, from)) {
      marks.add(new Mark(OUTAGE, Math.max(begin, from), end, text));
    }
  }
}
