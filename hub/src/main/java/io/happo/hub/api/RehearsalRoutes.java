package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.OBJECT;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TEXTS;
import static io.happo.hub.api.Field.Kind.TIME;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.VIEWER;

import io.happo.core.JsonObject;
import io.happo.core.JsonValue;
import io.happo.core.link.LinkMessage;
import io.happo.core.plan.AlertRule;
import io.happo.core.plan.BadPlanException;
import io.happo.core.plan.FleetPlan;
import io.happo.core.plan.Problem;
import io.happo.hub.alert.CheckSettings;
import io.happo.hub.alert.Observation;
import io.happo.hub.alert.Rehearsal;
import io.happo.hub.alert.Subject;
import io.happo.hub.fleet.Member;
import io.happo.hub.store.Checks;
import io.happo.net.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Tries a rule on what was: how often would it have told somebody, and of what. */
final class RehearsalRoutes {
  private static final int MOST_DAYS = 31;

  /** What is looked at, so that nobody waits for more than some seconds. */
  private static final int MOST_CHECKS = 1_000;

  private static final int MOST_RESULTS = 20_000;
  private static final int MOST_OF_ONE = 200;
  private static final int MOST = 1_000;

  private final Rooms rooms;

  /** One at a time: each reads much. */
  private final Semaphore turn = new Semaphore(1);

  RehearsalRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  private record Found(Member member, String check, Rehearsal.Telling telling) {}

  List<Route> routes() {
    return List.of(
        Route.of(
                "POST",
                "/v1/alerts/try",
                VIEWER,
                "What a rule would have told in the last days",
                this::rehearse)
            .taking(
                Field.must("rule", OBJECT, "As under alerts in a plan."),
                Field.of("days", WHOLE, "How many; 7 unless given."))
            .giving(
                Field.must("checks", WHOLE, "How many checks it was tried on."),
                Field.must(
                    "left", WHOLE, "How many more it would be about; at most 1,000 are tried."),
                Field.list(
                    "tellings",
                    "By time, at most 1,000.",
                    List.of(
                        Field.must("time", TIME, "When."),
                        Field.must("agent", TEXT, "Name of the agent."),
                        Field.must("check", TEXT, "Name of the check."),
                        Field.must("kind", TEXT, "problem, recovery …"),
                        Field.must("status", TEXT, "What it said for certain."),
                        Field.must("channels", TEXTS, "Who would have been told.")))));
  }

  private Response rehearse(Call call) throws ApiException, InterruptedException {
    var rule = rule(call);
    if (!turn.tryAcquire(10, TimeUnit.SECONDS)) {
      throw new ApiException(503, "another rule is being tried: try again in a moment");
    }
    try {
      return rehearse(rule, call);
    } finally {
      turn.release();
    }
  }

  private Response rehearse(AlertRule rule, Call call) throws ApiException {
    long now = rooms.clock().millis();
    long from = now - Duration.ofDays(call.number("days", 7, 1, MOST_DAYS)).toMillis();
    var found = new ArrayList<Found>();
    int tried = 0;
    int left = 0;
    for (var member : rooms.fleet().all()) {
      if (!rule.matches(member.view())) {
        continue;
      }
      for (var check :
          rooms.checks().some(Checks.Which.ALL, OptionalLong.of(member.number()), 0, Paging.MOST)) {
        if (!isAbout(rule, check.name())) {
          continue;
        }
        if (tried == MOST_CHECKS) {
          left++;
          continue;
        }
        tried++;
        for (var telling : rehearse(rule, member, check, from, now)) {
          found.add(new Found(member, check.name(), telling));
        }
      }
    }
    found.sort(Comparator.comparingLong(one -> one.telling().time()));
    int checks = tried;
    int others = left;
    return Replies.ok(
        json -> {
          json.member("checks", checks).member("left", others).key("tellings").beginArray();
          for (var one : found.subList(0, Math.min(MOST, found.size()))) {
            json.beginObject()
                .member("time", one.telling().time())
                .member("agent", one.member().name())
                .member("check", one.check())
                .member("kind", one.telling().kind().word())
                .member("status", CheckRoutes.word(one.telling().status()))
                .key("channels");
            LinkMessage.write(json, one.telling().channels());
            json.endObject();
          }
          json.endArray();
        });
  }

  private List<Rehearsal.Telling> rehearse(
      AlertRule rule, Member member, Checks.Current check, long from, long now) {
    var seen = new ArrayList<Observation>();
    for (var result : rooms.results().statuses(check.number(), from, now, MOST_RESULTS)) {
      seen.add(new Observation(result.time(), result.time(), 0, seen.size(), result.status()));
    }
    int attempts = Subject.isHubs(check.name()) ? 1 : rooms.plans().maxAttempts(check.name());
    return Rehearsal.of(
        rule,
        member.view(),
        new Subject(member.number(), check.name()),
        seen,
        new CheckSettings(attempts),
        now,
        MOST_OF_ONE);
  }

  private static boolean isAbout(AlertRule rule, String check) throws ApiException {
    return switch (rule.about()) {
      case AlertRule.About.Checks checks -> !Subject.isHubs(check) && checks.matches(check);
      case AlertRule.About.Agents _ -> check.equals(Subject.AGENT);
      case AlertRule.About.Metric _ ->
          throw new ApiException(422, "rules about values cannot be tried on the past yet");
    };
  }

  private static AlertRule rule(Call call) throws ApiException {
    var rule = call.body().find("rule").orElseGet(JsonValue.Null::new);
    try {
      var plan =
          new JsonObject(List.of(Map.entry("alerts", new JsonValue.Array(List.of(rule)))), "");
      return FleetPlan.read(plan).alerts().getFirst();
    } catch (BadPlanException e) {
      throw new ApiException(
          422,
          "the rule is not as it should be: " + e.problems().getFirst(),
          e.problems().stream().map(Problem::toString).toList());
    }
  }
}
