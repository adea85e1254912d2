package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.TEXT;
import static io.happo.hub.api.Field.Kind.WHOLE;
import static io.happo.hub.store.Users.Role.OPERATOR;

import io.happo.core.link.Item;
import io.happo.core.plan.Check;
import io.happo.hub.fleet.Fleet.NoSuchAgentException;
import io.happo.hub.store.Agents;
import io.happo.hub.store.StoreException;
import io.happo.net.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a job says of itself that no agent runs. */
final class ReportRoutes {
  private static final long LONGEST_SECONDS = Duration.ofDays(366).toSeconds();

  /** Within this it is stored, or the job is told that it is not; below the limit of a request. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final Rooms rooms;

  ReportRoutes(Rooms rooms) {
    this.rooms = rooms;
  }

  List<Route> routes() {
    return List.of(
        Route.of(
                "POST",
                "/v1/agents/:agent/checks/:check/result",
                OPERATOR,
                "Report a result of a check that no agent runs",
                this::report)
            .taking(
                Field.must("status", TEXT, "ok, warning, critical or unknown."),
                Field.of("output", TEXT, "What there is to say, with performance data after a |."),
                Field.of(
                    "ttlSeconds",
                    WHOLE,
                    "Without another result within this it is unknown; 1 to 31,622,400.")));
  }

  /** Its history is what is kept of it: it does not go into the audit log, as no result does. */
  private Response report(Call call)
      throws ApiException, NoSuchAgentException, InterruptedException {
    var member = rooms.fleet().find(call.path("agent"));
    var check = call.path("check");
    var wrong = Check.wrongName(check);
    if (wrong.isPresent()) {
      throw new ApiException(400, wrong.get());
    }
    int status = CheckRoutes.status(call.text("status"));
    long seconds = call.number("ttlSeconds", 0, 1, LONGEST_SECONDS);
    if (member.agent().state() != Agents.State.JOINED) {
      throw new ApiException(409, member.name() + " does not belong to the fleet");
    }
    if (rooms.plans().isToRun(member, check)) {
      throw new ApiException(
          409,
          member.name()
              + " runs a check '"
              + check
              + "' by its plan, and reports it itself: give this one another name");
    }
    store(
        rooms
            .intake()
            .report(
                member.number(),
                check,
                status,
                output(call),
                seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds))));
    return Replies.done();
  }

  /** Cut, not refused: a job that says too much is not to be taken for one that says nothing. */
  private static String output(Call call) throws ApiException {
    var output = call.text("output");
    return output.length() > Item.CheckResult.MAX_OUTPUT
        ? output.substring(0, Item.CheckResult.MAX_OUTPUT)
        : output;
  }

  private static void store(Future<Void> stored) throws ApiException, InterruptedException {
    try {
      stored.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ApiException(
          503, "the hub's store takes nothing now: the result waits, and may be stored yet");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StoreException store
          ? store
          : new IllegalStateException("a result was not stored", e);
    }
  }
}
