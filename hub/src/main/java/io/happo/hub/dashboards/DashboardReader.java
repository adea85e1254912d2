package io.happo.hub.dashboards;

import io.happo.core.JsonObject;
import io.happo.core.Nearest;
import io.happo.core.plan.Durations;
import io.happo.core.plan.Members;
import io.happo.core.plan.Problem;
import io.happo.core.plan.Rules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads one dashboard that people wrote. */
final class DashboardReader {
  private static final int MAX_NAME = 60;
  private static final int MAX_TITLE = 120;

  /** Of a name, a glob or a unit. */
  private static final int MAX_TEXT = 300;

  /** Of one list. */
  private static final int MAX_TEXTS = 50;

  private static final Duration SHORTEST_SPAN = Duration.ofMinutes(1);
  private static final Duration LONGEST_SPAN = Duration.ofDays(731);
  private static final Duration SHORTEST_REFRESH = Duration.ofSeconds(5);
  private static final Duration LONGEST_REFRESH = Duration.ofDays(1);

  /** What else stands in the address of a dashboard's page. */
  private static final List<String> TAKEN = List.of("span", "from", "to", "refresh", "screen");

  /** The address of the page by which one is made. */
  private static final String PAGE = "new";

  private static final Pattern CHOICE_NAME = Pattern.compile("[a-z][a-z0-9_-]{0,29}");
  private static final Pattern CHOSEN = Pattern.compile("\\{\\{([^{}]*)\\}\\}");

  private final JsonObject json;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Choice> choices = new ArrayList<>();

  DashboardReader(JsonObject json) {
    this.json = json;
  }

  Dashboard read(String given) throws BadDashboardException {
    var members = new Members(json, "", Members.Manner.WRITTEN_BY_PEOPLE, problems);
    var name = name(members, given);
    var title = members.text("title").orElse(name);
    members.problem("title", length(title, MAX_TITLE));
    var span = time(members, "span", Dashboard.USUAL_SPAN, SHORTEST_SPAN, LONGEST_SPAN);
    var refresh =
        members.text("refresh").filter("off"::equals).isPresent()
            ? Duration.ZERO
            : time(members, "refresh", Dashboard.USUAL_REFRESH, SHORTEST_REFRESH, LONGEST_REFRESH);
    members.each("choose", this::choice);
    members.problem("choose", Rules.count(choices.size(), Choice.MOST));
    var graphs = new ArrayList<Graph>();
    members.each("graphs", graph -> graphs.add(graph(graph)));
    members.problem("graphs", Rules.count(graphs.size(), Graph.MOST));
    if (graphs.isEmpty()) {
      members.problem(
          "graphs", members.has("graphs") ? "holds no graph" : "is missing: a list of graphs");
    }
    members.refuseOthers();
    if (!problems.isEmpty()) {
      throw new BadDashboardException(problems);
    }
    return new Dashboard(name, title, span, refresh, choices, graphs);
  }

  private static String name(Members members, String given) {
    var name =
        given.isEmpty()
            ? members.requiredText("name", DashboardReader::name)
            : members.text("name").orElse(given);
    if (!given.isEmpty() && !name.equals(given)) {
      members.problem(
          "name", "is " + Rules.shown(name) + ", and it is " + Rules.shown(given) + " elsewhere");
    } else if (!given.isEmpty()) {
      members.problem("name", name(given));
    }
    return name;
  }

  private static Optional<String> name(String name) {
    if (name.equals(PAGE)) {
      return Optional.of("is '" + PAGE + "', the address of the page by which one is made");
    }
    return length(name, MAX_NAME).or(() -> Rules.name(name));
  }

  private static Optional<String> length(String text, int most) {
    return text.length() <= most
        ? Optional.empty()
        : Optional.of("has " + text.length() + " characters; at most " + most + " are possible");
  }

  private static Duration time(
      Members members, String key, Duration usual, Duration least, Duration most) {
    var time = members.made(key, Durations::parse).orElse(usual);
    if (time.compareTo(least) < 0 || time.compareTo(most) > 0) {
      members.problem(
          key,
          "is "
              + Durations.text(time)
              + "; "
              + Durations.text(least)
              + " to "
              + Durations.text(most)
              + " are possible");
    }
    return time;
  }

  private void choice(Members members) {
    var name = members.requiredText("name", DashboardReader::choiceName);
    if (choices.stream().anyMatch(choice -> choice.name().equals(name))) {
      members.problem("name", Rules.shown(name) + " is the name of another choice too");
    }
    var tag = text(members, "tag");
    choices.add(new Choice(name, tag, isTrue(members, "all")));
    members.refuseOthers();
  }

  private static Optional<String> choiceName(String name) {
    if (TAKEN.contains(name)) {
      return Optional.of("is '" + name + "', which the page's address has for itself");
    }
    return CHOICE_NAME.matcher(name).matches()
        ? Optional.empty()
        : Optional.of(
            Rules.shown(name)
                + " is no name of a choice: a small letter, then small letters, digits, '_' and"
                + " '-', at most 30 in all");
  }

  private Graph graph(Members members) {
    var metrics = texts(members, "metric");
    members.problem("metric", Rules.count(metrics.size(), Graph.MOST_METRICS));
    if (metrics.isEmpty() || metrics.contains("")) {
      members.problem("metric", "is missing: the name of a metric, or a part of it with *");
    }
    var usual = String.join(", ", metrics);
    var title = chosen(members, "title", members.text("title").orElse(usual));
    members.problem("title", length(title, MAX_TITLE));
    var kind = word(members, "kind", Graph.Kind.class, Graph.Kind.LINE);
    var check = chosen(members, "check", text(members, "check"));
    var host = chosen(members, "host", text(members, "host"));
    List<String> agents = List.of();
    SortedMap<String, List<String>> tags = new TreeMap<>();
    var target = members.object("for");
    if (target != null) {
      agents = texts(target, "agents");
      tags = tags(target);
      target.refuseOthers();
    }
    var aggregate = word(members, "aggregate", Graph.Aggregate.class, Graph.Aggregate.NONE);
    var by = texts(members, "by");
    if (!by.isEmpty() && aggregate == Graph.Aggregate.NONE) {
      members.problem("by", "belongs to aggregate");
    }
    var as =
        members.has("as")
            ? Optional.of(word(members, "as", Graph.As.class, Graph.As.VALUE))
            : Optional.<Graph.As>empty();
    var unit = text(members, "unit");
    var min = number(members, "min");
    var max = number(members, "max");
    if (min.isPresent() && max.isPresent() && min.getAsDouble() >= max.getAsDouble()) {
      members.problem("max", "is not more than min");
    }
    int most = most(members);
    boolean wide = isTrue(members, "wide");
    boolean stacked = isTrue(members, "stacked");
    if (stacked && kind != Graph.Kind.LINE) {
      members.problem("stacked", "belongs to lines");
    }
    members.refuseOthers();
    return new Graph(
        title, kind, metrics, check, host, agents, tags, aggregate, by, as, unit, min, max, most,
        wide, stacked);
  }

  private SortedMap<String, List<String>> tags(Members target) {
    var tags = new TreeMap<String, List<String>>();
    var object = target.object("tags");
    if (object != null) {
      for (var tag : object.names()) {
        var values = texts(object, tag);
        if (tag.isEmpty() || tag.contains(":") || tag.length() > MAX_TEXT) {
          object.problem(tag, Rules.shown(tag) + " is no name of a tag here");
        } else if (values.isEmpty()) {
          object.problem(tag, "names no value; * stands for any");
        }
        tags.put(tag, values);
      }
    }
    return tags;
  }

  private static int most(Members members) {
    long most = members.made("most", DashboardReader::whole).orElse((long) Graph.USUAL_SERIES);
    if (most < 1 || most > Graph.MOST_SERIES) {
      members.problem(
          "most", "is " + most + "; 1 to " + Graph.MOST_SERIES + " series are possible");
    }
    return Math.clamp(most, 1, Graph.MOST_SERIES);
  }

  private static long whole(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "is " + Rules.shown(text) + ", expected a whole number", e);
    }
  }

  private static OptionalDouble number(Members members, String key) {
    var number =
        members.made(
            key,
            text -> {
              try {
                double value = Double.parseDouble(text);
                if (Double.isFinite(value)) {
                  return value;
                }
              } catch (NumberFormatException e) {
                // Told below.
              }
              throw new IllegalArgumentException("is " + Rules.shown(text) + ", expected a number");
            });
    return number.isPresent() ? OptionalDouble.of(number.get()) : OptionalDouble.empty();
  }

  private static boolean isTrue(Members members, String key) {
    return members
        .made(
            key,
            text -> {
              if (text.equals("true") || text.equals("false")) {
                return text.equals("true");
              }
              throw new IllegalArgumentException(
                  "is " + Rules.shown(text) + ", expected true or false");
            })
        .orElse(false);
  }

  private static <E extends Enum<E>> E word(
      Members members, String key, Class<E> type, E otherwise) {
    var known = new ArrayList<String>();
    E found = null;
    var word = members.text(key).orElse(Graph.word(otherwise));
    for (var one : EnumSet.allOf(type)) {
      known.add(Graph.word(one));
      found = Graph.word(one).equals(word) ? one : found;
    }
    if (found == null) {
      members.problem(
          key,
          Rules.shown(word)
              + " is not known here: "
              + String.join(", ", known)
              + " are"
              + Nearest.suggestion(word, known));
      return otherwise;
    }
    return found;
  }

  private static String text(Members members, String key) {
    var text = members.text(key).orElse("");
    members.problem(key, length(text, MAX_TEXT));
    return text;
  }

  private List<String> texts(Members members, String key) {
    var texts = members.textOrTexts(key);
    members.problem(key, Rules.count(texts.size(), MAX_TEXTS));
    for (var text : texts) {
      members.problem(key, length(text, MAX_TEXT));
      chosen(members, key, text);
    }
    return texts;
  }

  /** A text, whose choices must be there. */
  private String chosen(Members members, String key, String text) {
    var names = choices.stream().map(Choice::name).toList();
    var matcher = CHOSEN.matcher(text);
    while (matcher.find()) {
      var name = matcher.group(1);
      if (!names.contains(name)) {
        members.problem(
            key,
            "holds {{"
                + name
                + "}}, and choose has no such name"
                + Nearest.suggestion(name, names));
      }
    }
    return text;
  }
}
