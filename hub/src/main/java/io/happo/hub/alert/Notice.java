package io.happo.hub.alert;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message as it waits for its channel: all that one may say, so that nothing has to be looked up
 * when it is sent, and it says how it was. Times are unix milliseconds.
 *
 * @param rule that tells it
 * @param incident what all notices from a trouble to its end have alike
 * @param time when it was decided
 * @param things of what, at least one; several when many came at once
 */
public record Notice(Kind kind, String rule, String incident, long time, List<Thing> things) {
  private static final List<String> STATUSES = List.of("OK", "WARNING", "CRITICAL", "UNKNOWN");

  public Notice {
    things = List.copyOf(things);
    if (things.isEmpty()) {
      throw new IllegalArgumentException("a notice of nothing");
    }
  }

  /**
   * What it is of.
   *
   * @param agent its name
   * @param agentId its fingerprint
   * @param check name of the check, {@link Subject#AGENT} for the agent itself
   * @param status 0 to 3
   * @param since of that status
   * @param attempt how often in a row it was not OK
   * @param output what it said
   * @param comment what somebody said who knows of it
   * @param incident what notices of it alone have alike
   */
  public record Thing(
      String agent,
      String agentId,
      String check,
      int status,
      long since,
      int attempt,
      String output,
      String comment,
      String incident) {
    /** As plugins say it. */
    public String statusWord() {
      return STATUSES.get(status);
    }

    /** What people call it. */
    public String title() {
      var subject = new Subject(Subject.HUB, check);
      return subject.isAgent()
          ? agent
          : subject.isGroup() ? subject.title() : agent + " " + subject.title();
    }

    /** The first line of what it said. */
    public String firstLine() {
      int end = output.indexOf('\n');
      var line = end < 0 ? output : output.substring(0, end);
      int bar = line.indexOf('|');
      return (bar < 0 ? line : line.substring(0, bar)).strip();
    }
  }

  /** The first of those it is of. */
  public Thing first() {
    return things.getFirst();
  }

  /** In one line. */
  public String subject() {
    var what =
        things.size() == 1 ? first().title() : things.size() + " at once, first " + first().title();
    return switch (kind) {
      case PROBLEM -> first().statusWord() + ": " + what;
      case RECOVERY -> recovery() + what;
      case FLAPPING_START -> "flaps: " + what;
      case FLAPPING_END -> "flaps no more: " + what;
      case ACKNOWLEDGEMENT -> "somebody knows: " + what;
    };
  }

  private String recovery() {
    if (first().status() != 0) {
      return "not watched any more: ";
    }
    return isShared() ? "all well again: " : "OK again: ";
  }

  /** Whether it ends what was told of many at once. */
  private boolean isShared() {
    return things.size() == 1 && Storm.isOfMany(incident);
  }

  /** As {@link #read} reads it. */
  public String toJson() {
    var json =
        new JsonWriter()
            .beginObject()
            .member("kind", kind.word())
            .member("rule", rule)
            .member("incident", incident)
            .member("time", time)
            .key("things")
            .beginArray();
    for (var thing : things) {
      json.beginObject()
          .member("agent", thing.agent())
          .member("agentId", thing.agentId())
          .member("check", thing.check())
          .member("status", thing.status())
          .member("since", thing.since())
          .member("attempt", thing.attempt())
          .member("output", thing.output())
          .member("comment", thing.comment())
          .member("incident", thing.incident())
          .endObject();
    }
    return json.endArray().endObject().toString();
  }

  /**
   * Reads one.
   *
   * @throws JsonException when it is none
   */
  public static Notice read(String text) throws JsonException {
    var json = Json.parseObject(text.getBytes(StandardCharsets.UTF_8));
    var things = new ArrayList<Thing>();
    for (var thing : json.objects("things")) {
      things.add(thing(thing));
    }
    return new Notice(
        Kind.of(json.requiredText("kind")),
        json.requiredText("rule"),
        json.requiredText("incident"),
        json.requiredLong("time"),
        things);
  }

  private static Thing thing(JsonObject json) throws JsonException {
    return new Thing(
        json.requiredText("agent"),
        json.requiredText("agentId"),
        json.requiredText("check"),
        Math.clamp(json.requiredLong("status"), 0, 3),
        json.requiredLong("since"),
        (int) json.requiredLong("attempt"),
        json.text("output"),
        json.text("comment"),
        json.text("incident"));
  }
}
