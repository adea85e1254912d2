package io.happo.hub.web;

import io.happo.core.JsonObject;
import io.happo.core.plan.AlertRule;
import io.happo.core.plan.Target;
import io.happo.hub.alert.Silence;
import io.happo.hub.api.Rooms;
import io.happo.hub.fleet.Member;
import io.happo.hub.notify.ChannelKind;
import io.happo.hub.store.AlertBook;
import io.happo.hub.store.Channels;
import io.happo.hub.store.Messages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What was told and what was not; silences and downtimes; rules; channels. */
final class AlertPages {
  private static final int ROWS = 50;
  private static final long LISTED_MILLIS = Duration.ofDays(7).toMillis();

  private final Rooms rooms;

  AlertPages(Rooms rooms) {
    this.rooms = rooms;
  }

  /** A note with the names that belong to it. */
  record Note(AlertBook.Note note, String agent, String agentId) {}

  /**
   * The page of notes.
   *
   * @param before number that older ones are to be asked for before; 0: there are none
   */
  record Notes(List<Note> notes, long before, boolean first, boolean hasChannels) {}

  View notes(Visit visit) {
    long before = visit.number("before", Long.MAX_VALUE);
    var found = rooms.alertBook().notes(OptionalLong.empty(), before, ROWS + 1);
    var notes = new ArrayList<Note>();
    for (var note : found.subList(0, Math.min(ROWS, found.size()))) {
      var agent = rooms.fleet().byNumberOrHub(note.subject().agent());
      notes.add(
          new Note(
              note,
              agent.map(member -> member.name()).orElse("an agent that is gone"),
              agent.map(member -> member.id()).orElse("")));
    }
    return View.of(
        "notes",
        "alerts",
        "Alerts",
        new Notes(
            notes,
            found.size() > ROWS ? notes.getLast().note().number() : 0,
            before == Long.MAX_VALUE,
            !rooms.notifier().channels().isEmpty()));
  }

  /** A silence or a downtime. */
  record SilenceRow(Silence silence, boolean holds, boolean over, String who) {}

  /** The page of silences; {@code agent} and {@code check} stand in the form already. */
  record Silences(List<SilenceRow> silences, String agent, String check) {}

  View silences(Visit visit) {
    long now = visit.now();
    var rows = new ArrayList<SilenceRow>();
    for (var silence : rooms.silences().since(now - LISTED_MILLIS)) {
      rows.add(
          new SilenceRow(
              silence,
              silence.holds(now),
              silence.end() <= now && !silence.holds(now),
              words(silence.target())));
    }
    return View.of(
        "silences",
        "alerts",
        "Silences and downtimes",
        new Silences(rows, visit.query("agent"), visit.query("check")));
  }

  /** Which agents are meant, by the names that people gave them. */
  private String words(Target target) {
    var words = new ArrayList<String>();
    target.tags().forEach((name, values) -> words.add(name + "=" + String.join(",", values)));
    target.facts().forEach((name, values) -> words.add(name + "=" + String.join(",", values)));
    if (!target.agents().isEmpty()) {
      words.add(
          target.agents().stream()
              .map(id -> rooms.fleet().byId(id).map(Member::name).orElse(id))
              .collect(Collectors.joining(", ")));
    }
    return words.isEmpty() ? "all agents" : String.join(" ", words);
  }

  /**
   * A rule for people.
   *
   * @param about what it is about
   * @param tell who is told after which time
   * @param idle why it tells nothing; empty when it does
   */
  record RuleRow(AlertRule rule, String about, String tell, String idle) {}

  /** The page of rules. */
  record Rules(List<RuleRow> rules, List<String> channels) {}

  View rules(Visit visit) {
    var plan = rooms.plans().current();
    var idle = new TreeMap<String, String>();
    for (var line :
        plan.idleAlerts(rooms.fleet().everyone().stream().map(member -> member.view()).toList())) {
      int colon = line.indexOf(": ");
      idle.put(line.substring(0, colon), line.substring(colon + 2));
    }
    var channels = rooms.notifier().channels();
    var rows = new ArrayList<RuleRow>();
    for (var rule : plan.alerts()) {
      var missing =
          rule.channels().stream().filter(name -> !channels.contains(name)).sorted().toList();
      rows.add(
          new RuleRow(
              rule,
              about(rule),
              tell(rule),
              missing.isEmpty()
                  ? idle.getOrDefault(rule.name(), "")
                  : "there is no channel " + String.join(", ", missing)));
    }
    return View.of("rules", "alerts", "Rules", new Rules(rows, channels));
  }

  private String about(AlertRule rule) {
    var of =
        switch (rule.about()) {
          case AlertRule.About.Checks about ->
              about.names().isEmpty() ? "all checks" : "checks " + String.join(", ", about.names());
          case AlertRule.About.Agents about ->
              about.away() ? "agents that are away" : "agents in trouble";
          case AlertRule.About.Metric about ->
              about.group().map(group -> group.aggregate().word() + " of ").orElse("")
                  + about.name()
                  + (about.checks().isEmpty() ? "" : " of " + String.join(", ", about.checks()))
                  + about.group().map(AlertPages::by).orElse("")
                  + " "
                  + about.limit();
        };
    var states =
        rule.about() instanceof AlertRule.About.Checks checks && checks.states().size() < 3
            ? checks.states().stream()
                .sorted()
                .map(state -> state.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" or ", " that are ", ""))
            : "";
    return of
        + states
        + " on "
        + words(rule.target())
        + rule.except().map(target -> ", not on " + words(target)).orElse("");
  }

  private static String by(AlertRule.Group group) {
    return group.by().isEmpty() ? "" : " by " + String.join(", ", group.by());
  }

  private static String tell(AlertRule rule) {
    var steps = new ArrayList<String>();
    for (var step : rule.steps()) {
      steps.add(
          String.join(", ", step.channels())
              + (step.after().isZero() ? " at once" : " after " + Words.span(step.after())));
    }
    return String.join("; ", steps)
        + (rule.repeat().isZero() ? "" : "; again each " + Words.span(rule.repeat()));
  }

  /** One that a form offers, as plans have it and for people. */
  record Choice(String key, String words) {}

  private static final List<Choice> LIMITS =
      List.of(
          new Choice("above", "it is greater"),
          new Choice("below", "it is less"),
          new Choice("outside", "it is outside of a range"),
          new Choice("rises-by", "it rises"),
          new Choice("falls-by", "it falls"),
          new Choice("absent", "it does not come any more"));

  private static final List<Choice> AGGREGATES =
      List.of(
          new Choice("", "each by itself"),
          new Choice("avg", "the average of all agents"),
          new Choice("sum", "the sum of all agents"),
          new Choice("max", "the greatest of all agents"),
          new Choice("min", "the least of all agents"),
          new Choice("count", "how many there are"));

  /**
   * The page of one rule.
   *
   * @param name empty: a new one
   */
  record RulePage(
      String name, Written written, List<String> channels, long version, boolean first) {
    boolean is(String kind) {
      return written.has("agent")
          ? kind.equals("agent")
          : written.has("metric") ? kind.equals("metric") : kind.equals("checks");
    }

    List<Choice> limits() {
      return LIMITS;
    }

    List<Choice> aggregates() {
      return AGGREGATES;
    }

    /** What is a trouble of a value. */
    String limit() {
      return LIMITS.stream().map(Choice::key).filter(written::has).findFirst().orElse("above");
    }

    String level() {
      return written.text(written.has("below") ? "below" : "above");
    }

    String change() {
      return written.text(written.has("falls-by") ? "falls-by" : "rises-by");
    }
  }

  View newRule(Visit visit) {
    return rule("", new JsonObject(List.of(), ""));
  }

  View rule(Visit visit) throws NoSuchPageException {
    var name = visit.path("rule");
    return rule(
        name,
        rooms.plans().files(0).orElseGet(TreeMap::new).values().stream()
            .flatMap(document -> Written.objects(document, "alerts").stream())
            .filter(rule -> Written.name(rule).equals(name))
            .findFirst()
            .orElseThrow(() -> new NoSuchPageException("the plan has no rule '" + name + "'")));
  }

  private View rule(String name, JsonObject members) {
    return View.of(
        "rule",
        "alerts",
        name.isEmpty() ? "New rule" : name,
        new RulePage(
            name,
            new Written(members),
            rooms.notifier().channels(),
            rooms.plans().rollout().version(),
            rooms.plans().alerts().isEmpty()));
  }

  /** A message and what it says first. */
  record MessageRow(Messages.Message message) {
    String state() {
      return message.deliveredAt().isPresent()
          ? "delivered"
          : message.nextAt().isPresent() ? "waits" : "given up";
    }
  }

  /** The page of channels. */
  record ChannelsPage(
      List<Channels.Channel> channels, List<ChannelKind> kinds, List<MessageRow> messages) {}

  View channels(Visit visit) {
    return View.of(
        "channels",
        "alerts",
        "Channels",
        new ChannelsPage(
            rooms.channels().all(),
            List.of(ChannelKind.values()),
            rooms.messages().newest(Long.MAX_VALUE, 20).stream().map(MessageRow::new).toList()));
  }
}
