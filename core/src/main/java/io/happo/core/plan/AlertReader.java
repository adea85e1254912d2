package io.happo.core.plan;

import io.happo.core.JsonValue;
import io.happo.core.Nearest;
import io.happo.core.plan.AlertRule.About;
import io.happo.core.plan.AlertRule.Also;
import io.happo.core.plan.AlertRule.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads the rules of a plan that say who is told. */
final class AlertReader {
  private static final List<String> KINDS = List.of("checks", "agent", "metric");

  private static final int MAX_NAME = 60;

  private final List<AlertRule> rules = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  /** Those of one file. */
  void read(Members root) {
    root.each("alerts", this::rule);
    root.problem("alerts", Rules.count(rules.size(), AlertRule.MAX_RULES));
  }

  List<AlertRule> rules() {
    return rules;
  }

  private void rule(Members members) {
    var name = members.requiredText("name", AlertReader::name);
    if (!names.add(name) && !name.isEmpty()) {
      members.problem("name", Rules.shown(name) + " is the name of another rule too");
    }
    var about = about(members);
    var target = FleetReader.target(members, "for").orElse(Target.ALL);
    var except = FleetReader.target(members, "not-for");
    var steps = steps(members);
    var repeat = time(members, "repeat");
    var when = when(members);
    var also = words(members, "also", Also.class, EnumSet.of(Also.RECOVERY, Also.FLAPPING));
    members.refuseOthers();
    if (about.isPresent() && !steps.isEmpty() && when.isPresent() && name(name).isEmpty()) {
      rules.add(
          new AlertRule(
              name,
              about.get(),
              target,
              except,
              steps,
              repeat.orElse(Duration.ZERO),
              when.get(),
              also));
    }
  }

  /** Shorter than other names: it is a part of names of what it watches. */
  private static Optional<String> name(String name) {
    return name.length() > MAX_NAME
        ? Optional.of("has " + name.length() + " characters; at most " + MAX_NAME + " are possible")
        : Rules.name(name);
  }

  private static Optional<About> about(Members members) {
    boolean agent = members.has("agent");
    boolean metric = members.has("metric");
    if (agent && (metric || members.has("checks"))) {
      members.problem("", "needs only one of " + String.join(", ", KINDS));
    }
    if (!metric) {
      MetricReader.refuse(members);
    }
    if (members.has("states") && (agent || metric)) {
      members.problem("states", "belongs to checks");
    }
    if (agent) {
      return agent(members);
    }
    var checks = members.textOrTexts("checks");
    members.problem("checks", Rules.texts(checks));
    if (metric) {
      return MetricReader.read(members, checks);
    }
    return Optional.of(
        new About.Checks(
            checks, words(members, "states", State.class, EnumSet.allOf(State.class))));
  }

  private static Optional<About> agent(Members members) {
    var word = members.text("agent").orElse("");
    if (!word.equals("away") && !word.equals("trouble")) {
      members.problem(
          "agent",
          "is "
              + Rules.shown(word)
              + ", expected away (it is not there) or trouble (that, and what it has itself)");
      return Optional.empty();
    }
    return Optional.of(new About.Agents(word.equals("away")));
  }

  private List<AlertRule.Step> steps(Members members) {
    var steps = new ArrayList<AlertRule.Step>();
    var lasting = time(members, "lasting").orElse(Duration.ZERO);
    channels(members).ifPresent(channels -> steps.add(new AlertRule.Step(lasting, channels)));
    members.each(
        "escalate",
        step -> {
          var after = time(step, "after");
          if (!step.has("after")) {
            step.problem("after", "is missing");
          }
          var channels = channels(step);
          step.refuseOthers();
          var before = steps.isEmpty() ? lasting : steps.getLast().after();
          if (after.isPresent() && after.get().compareTo(before) <= 0) {
            step.problem(
                "after",
                "is "
                    + Durations.text(after.get())
                    + ", not later than the step before it, after "
                    + Durations.text(before));
          } else if (after.isPresent() && channels.isPresent()) {
            steps.add(new AlertRule.Step(after.get(), channels.get()));
          }
        });
    members.problem("escalate", Rules.count(steps.size(), AlertRule.MAX_STEPS));
    return steps;
  }

  private static Optional<List<String>> channels(Members members) {
    if (!members.has("tell")) {
      members.problem("tell", "is missing: the names of the channels by which somebody is told");
      return Optional.empty();
    }
    var channels = members.textOrTexts("tell");
    channels.forEach(channel -> members.problem("tell", Rules.name(channel)));
    members.problem("tell", Rules.count(channels.size(), AlertRule.MAX_CHANNELS));
    if (channels.isEmpty()) {
      members.problem("tell", "names nobody");
    }
    return channels.isEmpty() ? Optional.empty() : Optional.of(channels);
  }

  static Optional<Duration> time(Members members, String key) {
    var time = members.made(key, Durations::parse);
    if (time.isPresent() && time.get().compareTo(AlertRule.MAX_TIME) > 0) {
      members.problem(
          key,
          "is "
              + Durations.text(time.get())
              + "; at most "
              + Durations.text(AlertRule.MAX_TIME)
              + " are possible");
    }
    return time;
  }

  private static Optional<Period> when(Members members) {
    var zone = members.made("timezone", PlanReader::zone);
    if (!members.has("when")) {
      if (members.has("timezone")) {
        members.problem("timezone", "belongs to when");
      }
      return Optional.of(Period.ALWAYS);
    }
    if (!members.has("timezone")) {
      members.problem("timezone", "is missing: by whose clocks, such as Europe/Berlin or UTC");
    }
    return members.made("when", text -> Period.parse(text, zone.orElse(Period.ALWAYS.zone())));
  }

  /** Some of the words of an enum, in small letters. */
  static <E extends Enum<E>> EnumSet<E> words(
      Members members, String key, Class<E> type, EnumSet<E> otherwise) {
    var value = members.find(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    var known = new ArrayList<String>();
    for (var one : EnumSet.allOf(type)) {
      known.add(one.name().toLowerCase(Locale.ROOT));
    }
    var found = EnumSet.noneOf(type);
    for (var word : members.textOrTexts(key)) {
      if (known.contains(word)) {
        found.add(Enum.valueOf(type, word.toUpperCase(Locale.ROOT)));
      } else {
        members.problem(
            key,
            Rules.shown(word)
                + " is not known here: "
                + String.join(", ", known)
                + " are"
                + Nearest.suggestion(word, known));
      }
    }
    boolean emptyList = value.get() instanceof JsonValue.Array array && array.values().isEmpty();
    if (type == State.class && emptyList) {
      members.problem(key, "names none");
    }
    return found;
  }
}
