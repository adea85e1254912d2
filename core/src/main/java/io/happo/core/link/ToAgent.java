package io.happo.core.link;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/** What a hub says to an agent. */
public sealed interface ToAgent extends LinkMessage {
  /**
   * The first message of a connection: prove your key.
   *
   * @param hubId whom the agent speaks to
   * @param nonce fresh for this connection
   */
  record Challenge(String hubId, String nonce) implements ToAgent {
    @Override
    public String type() {
      return "challenge";
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.member("hubId", hubId).member("nonce", nonce);
    }
  }

  /**
   * The hello is accepted: results may come.
   *
   * @param stored what the hub has of the epoch that the hello named: ranges of sequences, in order
   * @param timeMillis the hub's clock
   * @param addresses where else the hub is reached, host:port
   * @param maxBatches batches that may wait for their acknowledgement
   * @param bearer what fetching bundles takes, until the session ends
   */
  record Welcome(
      List<Range> stored, long timeMillis, List<String> addresses, int maxBatches, String bearer)
      implements ToAgent {
    public Welcome {
      stored = List.copyOf(stored);
      addresses = List.copyOf(addresses);
    }

    @Override
    public String type() {
      return "welcome";
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.key("stored").beginArray();
      for (var range : stored) {
        json.beginObject().member("first", range.first()).member("last", range.last()).endObject();
      }
      json.endArray().member("timeMillis", timeMillis).key("addresses");
      LinkMessage.write(json, addresses);
      json.member("maxBatches", maxBatches).member("bearer", bearer);
    }
  }

  /** The agent waits until someone approves it; it stays connected. */
  record Pending() implements ToAgent {
    @Override
    public String type() {
      return "pending";
    }

    @Override
    public void writeMembers(JsonWriter json) {}
  }

  /**
   * The agent is not taken; the connection ends.
   *
   * @param message for the agent's log
   * @param retryAfterSeconds come again not earlier than this
   */
  record Refused(Refusal reason, String message, int retryAfterSeconds) implements ToAgent {
    @Override
    public String type() {
      return "refused";
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.member("reason", reason.word())
          .member("message", message)
          .member("retryAfterSeconds", retryAfterSeconds);
    }
  }

  /** These items are committed; the agent forgets them. */
  record Ack(String epoch, long first, long upTo) implements ToAgent {
    @Override
    public String type() {
      return "ack";
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.member("epoch", epoch).member("first", first).member("upTo", upTo);
    }
  }

  /**
   * What the agent is to run from now on.
   *
   * @param hash SHA-256 of the document's UTF-8, hexadecimal
   * @param document a {@link io.happo.core.plan.Plan} as JSON, whose bytes count
   */
  record PlanOffer(String hash, String document) implements ToAgent {
    @Override
    public String type() {
      return "plan";
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.member("hash", hash).member("document", document);
    }
  }

  /**
   * Run something now, and say what it says.
   *
   * @param id of this run
   * @param work {@link Work#kind}: which of the agent's checks, a command line, or a script
   * @param deadlineSeconds from its start
   */
  record Run(String id, Work work, int deadlineSeconds) implements ToAgent {
    @Override
    public String type() {
      return "run";
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.member("id", id)
          .member(work.kind(), work.text())
          .member("signature", work.signature())
          .member("deadlineSeconds", deadlineSeconds);
    }
  }

  /**
   * What a run runs.
   *
   * @param kind {@code check}: a check of the plan; {@code command}: a command line of an installed
   *     plugin; {@code script}: a script with its {@code #!} line
   * @param signature the hub's of a script, base64; empty for the others
   */
  record Work(String kind, String text, String signature) {
    static final List<String> KINDS = List.of("check", "command", "script");

    public Work {
      if (!KINDS.contains(kind) || text.isEmpty()) {
        throw new IllegalArgumentException("nothing to run: " + kind);
      }
    }
  }

  /** A run is not wanted any more. */
  record Cancel(String id) implements ToAgent {
    @Override
    public String type() {
      return "cancel";
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.member("id", id);
    }
  }

  static ToAgent read(String type, JsonObject json) throws JsonException {
    return switch (type) {
      case "challenge" -> new Challenge(json.requiredText("hubId"), json.requiredText("nonce"));
      case "welcome" -> welcome(json);
      case "pending" -> new Pending();
      case "refused" ->
          new Refused(
              Refusal.of(json.requiredText("reason")).orElse(Refusal.BUSY),
              json.text("message"),
              Math.clamp(json.requiredLong("retryAfterSeconds"), 0, 86_400));
      case "ack" ->
          new Ack(
              json.requiredText("epoch"), json.requiredLong("first"), json.requiredLong("upTo"));
      case "plan" -> new PlanOffer(json.requiredText("hash"), json.requiredText("document"));
      case "run" ->
          new Run(
              json.requiredText("id"),
              work(json),
              Math.clamp(json.requiredLong("deadlineSeconds"), 1, 3_600));
      case "cancel" -> new Cancel(json.requiredText("id"));
      default -> throw new UnknownType(type);
    };
  }

  private static Welcome welcome(JsonObject json) throws JsonException {
    var stored = new ArrayList<Range>();
    for (var range : json.objects("stored")) {
      stored.add(Range.read(range));
    }
    return new Welcome(
        stored,
        json.requiredLong("timeMillis"),
        json.texts("addresses"),
        Math.clamp(json.requiredLong("maxBatches"), 1, Link.MAX_BATCHES),
        json.text("bearer"));
  }

  private static Work work(JsonObject json) throws JsonException {
    for (var kind : Work.KINDS) {
      var text = json.text(kind);
      if (!text.isEmpty()) {
        return new Work(kind, text, json.text("signature"));
      }
    }
    throw new JsonException("the run says neither check nor command nor script");
  }
}
