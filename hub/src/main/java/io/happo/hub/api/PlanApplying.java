package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.FLAG;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.TEXTS;
import static io.happo.hub.api.Field.Kind.WHOLE;

import io.happo.core.JsonValue;
import io.happo.core.JsonWriter;
import io.happo.core.Nearest;
import io.happo.core.link.LinkMessage;
import io.happo.core.plan.BadPlanException;
import io.happo.core.plan.Problem;
import io.happo.hub.fleet.Applied;
import io.happo.hub.fleet.PlanBook;
import io.happo.hub.fleet.Rollout;
import io.happo.net.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;

/** Makes files the plan, whichever route they come by, and answers with what that changes. */
final class PlanApplying {
  static final Field BASE =
      Field.of(
          "base",
          WHOLE,
          "The version that this was made from, 0 for none; when another one is the newest by now,"
              + " nothing is changed and the answer is 409. Unless given, it does not matter.");

  static final Field COMMENT = Field.of("comment", TEXT, "Why.");
  static final Field DRY_RUN = Field.of("dryRun", FLAG, "Only tell what would change.");

  static final Field SHARE =
      Field.of("share", WHOLE, "Percent of the agents that get it first; 100 unless given.");

  static final List<Field> CHANGES =
      List.of(
          Field.must("version", WHOLE, "The newest version now."),
          Field.must("applied", FLAG, "Whether it was made by this request."),
          Field.list(
              "changes",
              "By check and member.",
              List.of(
                  Field.must("kind", TEXT, "added, removed or changed."),
                  Field.must("check", TEXT, "Name of the check; of a rule: alert and its name."),
                  Field.must("member", TEXT, "Which member; empty for the whole check."),
                  Field.must("before", TEXT, "What it was."),
                  Field.must("after", TEXT, "What it is."))),
          Field.list(
              "reach",
              "Of each check that is added or changed, which agents run it after this.",
              List.of(
                  Field.must("check", TEXT, "Name of the check."),
                  Field.must("agents", WHOLE, "How many of those that have joined."),
                  Field.must("some", TEXTS, "Names of the first 5."))),
          Field.must("unmatched", TEXTS, "Checks that no agent runs: a mistyped tag, perhaps."),
          Field.must("idle", TEXTS, "Rules of alerts that tell nothing, and why."),
          Field.must(
              "doubts",
              TEXTS,
              "What may be a mistake: built-in checks that agents of the hub's version do not"
                  + " have."));

  private final Rooms rooms;

  PlanApplying(Rooms rooms) {
    this.rooms = rooms;
  }

  /**
   * How it is to be done.
   *
   * @param share percent of the agents that get it first
   * @param dry whether only to tell what would change
   * @param base the version that the files were made from; empty: whichever
   */
  record Manner(String comment, int share, boolean dry, OptionalLong base) {
    /** Of a body with the members that are above. */
    static Manner of(Call call) throws ApiException {
      boolean dry = call.body().find("dryRun").map(new JsonValue.Bool(true)::equals).orElse(false);
      long base = call.number("base", -1, 0, Long.MAX_VALUE);
      int share = (int) call.number("share", 100, 1, 100);
      return new Manner(call.text("comment"), share, dry, optional(base));
    }

    /** Of a query likewise, which has no share. */
    static Manner ofQuery(Call call) throws ApiException {
      var dry = call.query("dryRun").orElse("false");
      if (!dry.equals("true") && !dry.equals("false")) {
        throw new ApiException(400, "dryRun is '" + dry + "', expected true or false");
      }
      int base = call.query("base", -1, 0, Integer.MAX_VALUE);
      return new Manner(call.query("comment").orElse(""), 100, dry.equals("true"), optional(base));
    }

    private static OptionalLong optional(long base) {
      return base < 0 ? OptionalLong.empty() : OptionalLong.of(base);
    }

    /** The same where these are not said. */
    Manner unlessSaid(String why, long version) {
      return new Manner(
          comment.isEmpty() ? why : comment,
          share,
          dry,
          base.isPresent() ? base : OptionalLong.of(version));
    }
  }

  Response apply(Call call, SortedMap<String, JsonValue> files, Manner manner) throws ApiException {
    var before = rooms.plans().rollout();
    Applied applied;
    try {
      applied =
          manner.dry()
              ? rooms.plans().compare(files, manner.base())
              : rooms
                  .plans()
                  .apply(
                      files, call.caller().name(), manner.comment(), manner.share(), manner.base());
    } catch (BadPlanException e) {
      throw refusal(e.problems().stream().map(Problem::toString).toList());
    } catch (PlanBook.ChangedMeanwhileException e) {
      rooms.sessions().offerPlans();
      rooms.intake().lookAgain(); // Of the version that was found.
      throw new ApiException(409, String.valueOf(e.getMessage()));
    }
    boolean made =
        !manner.dry()
            && (applied.version() != before.version()
                || (manner.share() == 100 && before.state() != Rollout.State.COMPLETE));
    if (made) {
      rooms.sessions().offerPlans();
      rooms.intake().lookAgain();
      rooms.did(
          call.caller(),
          "plan.apply",
          String.valueOf(applied.version()),
          Map.of("comment", manner.comment(), "share", String.valueOf(manner.share())));
    }
    return Replies.ok(json -> write(json, applied, made));
  }

  static ApiException refusal(List<String> problems) {
    return new ApiException(
        422,
        "the plan has " + ApiException.problems(problems.size()) + ", and nothing was changed",
        problems);
  }

  private void write(JsonWriter json, Applied applied, boolean made) {
    json.member("version", applied.version())
        .key("applied")
        .value(made)
        .key("changes")
        .beginArray();
    for (var change : applied.changes()) {
      json.beginObject()
          .member("kind", change.kind().name().toLowerCase(Locale.ROOT))
          .member("check", change.check())
          .member("member", change.member())
          .member("before", change.before())
          .member("after", change.after())
          .endObject();
    }
    json.endArray().key("reach").beginArray();
    for (var reach : applied.reach()) {
      json.beginObject()
          .member("check", reach.check())
          .member("agents", reach.agents())
          .key("some");
      LinkMessage.write(json, reach.some());
      json.endObject();
    }
    json.endArray().key("unmatched");
    LinkMessage.write(json, applied.unmatched());
    json.key("idle");
    LinkMessage.write(json, idle(applied));
    json.key("doubts");
    LinkMessage.write(json, applied.doubts());
  }

  private List<String> idle(Applied applied) {
    var idle = new ArrayList<>(applied.idle());
    var known = rooms.notifier().channels();
    for (var channel : applied.channels()) {
      if (!known.contains(channel)) {
        idle.add(
            "there is no channel '"
                + channel
                + "' yet, by which rules tell"
                + Nearest.suggestion(channel, known));
      }
    }
    return idle;
  }
}
