package io.happo.hub.export;

import io.happo.hub.fleet.Fleet;
import io.happo.hub.fleet.Member;
import io.happo.hub.store.Agents;
import io.happo.hub.store.Checks;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What Prometheus scrapes of the fleet: the newest values, each with its time, and how agents and
 * checks are. Any thread.
 */
final class FleetPage {
  static final String AGENT_UP = "happo_agent_up";
  static final String AGENT_INFO = "happo_agent_info";
  static final String CHECK_STATUS = "happo_check_status";
  static final String CHECK_TIME = "happo_check_result_timestamp_seconds";
  static final String LEFT_OUT = "happo_series_left_out";

  private static final int CHECKS_AT_ONCE = 5_000;

  private final Newest newest;
  private final SeriesBook book;
  private final Fleet fleet;
  private final Checks checks;
  private final InstantSource clock;
  private final PrometheusNames names = new PrometheusNames(Map.of(), List.of());

  FleetPage(Newest newest, SeriesBook book, Fleet fleet, Checks checks, InstantSource clock) {
    this.newest = newest;
    this.book = book;
    this.fleet = fleet;
    this.checks = checks;
    this.clock = clock;
  }

  /** The page. */
  byte[] text() {
    var page = new Exposition();
    var joined = new HashMap<Long, Member>();
    fleet.all().stream()
        .filter(member -> member.agent().state() == Agents.State.JOINED)
        .forEach(member -> joined.put(member.number(), member));
    agents(page, joined);
    checks(page, joined);
    measured(page);
    return page.toBytes();
  }

  /** Nobody may be scraping any more. */
  void rest() {
    newest.rest(clock.millis());
  }

  private static void agents(Exposition page, Map<Long, Member> joined) {
    page.gauge(AGENT_UP, "Whether an agent is connected to the hub.");
    joined.values().forEach(member -> page.value(labels(member), member.isConnected() ? 1 : 0));
    page.gauge(AGENT_INFO, "An agent, with its version and its tags.");
    for (var member : joined.values()) {
      var labels = labels(member);
      if (!member.agent().version().isEmpty()) {
        labels.put("version", member.agent().version());
      }
      member
          .agent()
          .tags()
          .forEach((tag, value) -> labels.put("tag_" + PrometheusNames.label(tag), value));
      page.value(labels, 1);
    }
  }

  private static SortedMap<String, String> labels(Member member) {
    return PrometheusNames.ofAgent(member.name(), member.id());
  }

  private void checks(Exposition page, Map<Long, Member> joined) {
    var all = new ArrayList<Checks.Status>();
    for (var some = checks.statuses(0, CHECKS_AT_ONCE);
        !some.isEmpty();
        some = checks.statuses(some.getLast().number(), CHECKS_AT_ONCE)) {
      all.addAll(some);
    }
    all.removeIf(check -> !joined.containsKey(check.agent()));
    page.gauge(CHECK_STATUS, "What a check says: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.");
    for (var check : all) {
      page.value(labels(joined, check), check.status());
    }
    page.gauge(CHECK_TIME, "When the newest result of a check was made.");
    for (var check : all) {
      page.value(labels(joined, check), check.time() / 1_000.0);
    }
  }

  private static Map<String, String> labels(Map<Long, Member> joined, Checks.Status check) {
    var member = joined.get(check.agent());
    var labels = member == null ? new TreeMap<String, String>() : labels(member);
    labels.put("check", check.name());
    return labels;
  }

  private void measured(Exposition page) {
    var found = newest.at(clock.millis());
    var families = new TreeMap<String, List<Measured>>();
    book.of(found.values().keySet())
        .forEach(
            (number, series) -> {
              var value = found.values().get(number);
              if (value != null && !Double.isNaN(value.value())) {
                var labels = names.labels(series);
                families
                    .computeIfAbsent(
                        labels.getOrDefault(PrometheusNames.NAME, ""), _ -> new ArrayList<>())
                    .add(new Measured(labels, value));
              }
            });
    families.forEach(
        (name, all) -> {
          page.gauge(
              name,
              name.equals(PrometheusNames.PERFDATA)
                  ? "What plugins print behind their output, in the unit they print."
                  : "Measured in the fleet.");
          all.forEach(one -> page.value(one.labels(), one.newest().value(), one.newest().time()));
        });
    page.gauge(LEFT_OUT, "Series for which there was no room on this page.").value(found.leftOut());
  }

  private record Measured(SortedMap<String, String> labels, Newest.Value newest) {}
}
