package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.FLAG;
import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.OPERATOR;

import io.happo.core.link.Link;
import io.happo.core.link.ToAgent;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.link.Runs;
import io.happo.hub.store.Agents;
import io.happo.net.Response;
import java.util.List;
import java.util.Map;

/** Running something now, and listening to it. */
final class RunRoutes {
  private static final int LONGEST_WAIT_MILLIS = 25_000;
  private static final int MAX_CHARS = 262_144;

  private final Rooms rooms;

  RunRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    return List.of(
        Route.of("POST", "/v1/runs", OPERATOR, "Have an agent run something now", this::run)
            .taking(
                Field.must("agent", TEXT, "Name or fingerprint of the agent."),
                Field.of("check", TEXT, "A check of its plan,"),
                Field.of("command", TEXT, "or a plugin with its options,"),
                Field.of("script", TEXT, "or a script with its #! line."),
                Field.of("deadlineSeconds", WHOLE, "When it is ended; 60 unless given."))
            .giving(Field.must("id", TEXT, "Of the run.")),
        Route.of("GET", "/v1/runs/:id", OPERATOR, "What a run has said since", this::listen)
            .asking(
                Field.of("from", WHOLE, "The position that the last answer gave as next."),
                Field.of(
                    "waitMillis", WHOLE, "Wait so long until there is something; at most 25,000."))
            .giving(
                Field.must("output", TEXT, "What it has said from there on."),
                Field.must("next", WHOLE, "The position to ask for next."),
                Field.must("ended", FLAG, "Whether it is over."),
                Field.of("outcome", TEXT, "exited, timeout, cancelled, refused or failed."),
                Field.of("message", TEXT, "Why it did not run, or was ended."),
                Field.of("status", WHOLE, "0 to 3."),
                Field.of("exit", WHOLE, "Exit status; -1: none."),
                Field.of("durationMillis", WHOLE, "How long it ran.")),
        Route.of("DELETE", "/v1/runs/:id", OPERATOR, "End a run", this::cancel));
  }

  private Response run(Call call) throws ApiException, NoSuchAgentException {
    var member = rooms.fleet().find(call.text("agent"));
    ToAgent.Work work = null;
    for (var kind : List.of("check", "command", "script")) {
      var text = call.text(kind);
      if (!text.isEmpty()) {
        if (work != null) {
          throw new ApiException(400, "give one of check, command and script, not several");
        }
        if (text.length() > MAX_CHARS) {
          throw new ApiException(413, kind + " is longer than " + MAX_CHARS + " characters");
        }
        work = new ToAgent.Work(kind, text, kind.equals("script") ? rooms.plans().sign(text) : "");
      }
    }
    if (work == null) {
      throw new ApiException(400, "say what to run: check, command or script");
    }
    int deadline = (int) call.number("deadlineSeconds", 60, 1, 3_600);
    if (Runs.messageBytes(work, deadline) > Link.MAX_MESSAGE_BYTES) {
      throw new ApiException(
          413,
          work.kind()
              + " has so many characters that JSON must escape, or beyond ASCII, that it does not"
              + " fit a message of "
              + Link.MAX_MESSAGE_BYTES
              + " bytes: make it shorter");
    }
    var user = call.caller().name();
    if (member.isClassic()) {
      throw new ApiException(
          409,
          member.name() + " does not connect to this hub: only agents that do run something now");
    }
    if (!member.isConnected()) {
      boolean waits = member.agent().state() == Agents.State.PENDING;
      throw new ApiException(
          409,
          waits
              ? member.name()
                  + " waits for approval: happo-hub agent approve "
                  + member.id().substring(0, 12)
              : member.name() + " is not connected");
    }
    rooms.does(
        call.caller(),
        "run",
        member.name(),
        Map.of(
            "kind",
            work.kind(),
            "what",
            work.kind().equals("script") ? digest(work) : work.text()));
    var run =
        rooms
            .sessions()
            .run(member, work, deadline, user)
            .orElseThrow(
                () ->
                    new ApiException(
                        member.isConnected() ? 429 : 409,
                        member.isConnected()
                            ? "too much is being run now: wait for some of it"
                            : member.name() + " is not connected"));
    return Replies.ok(json -> json.member("id", run.id()));
  }

  /** The log tells which script it was, and not what may be secret in it. */
  private static String digest(ToAgent.Work work) {
    return "sha256 " + java.util.HexFormat.of().formatHex(Access.sha256(work.text()));
  }

  private Runs.Running find(Call call) throws ApiException {
    return rooms
        .runs()
        .find(call.path("id"))
        .orElseThrow(() -> new ApiException(404, "there is no such run, or not any more"));
  }

  private Response listen(Call call) throws ApiException, InterruptedException {
    var run = find(call);
    int from = call.query("from", 0, 0, Integer.MAX_VALUE);
    int wait = call.query("waitMillis", 0, 0, LONGEST_WAIT_MILLIS);
    var progress = run.from(from, wait);
    return Replies.ok(
        json -> {
          json.member("output", progress.text())
              .member("next", progress.next())
              .key("ended")
              .value(progress.end().isPresent());
          progress
              .end()
              .ifPresent(
                  end -> {
                    json.member("outcome", end.outcome()).member("message", end.message());
                    end.result()
                        .ifPresent(
                            result ->
                                json.member("status", result.status())
                                    .member("exit", result.exit())
                                    .member("durationMillis", result.durationMillis()));
                  });
        });
  }

  private Response cancel(Call call) throws ApiException {
    var run = find(call);
    rooms.sessions().cancel(run);
    rooms.did(call.caller(), "run.cancel", run.id());
    return Replies.done();
  }
}
