package io.happo.agent.collectors;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import java.util.List;
import java.util.Optional;

/** {@code check_collector}: whether a program that the agent keeps running runs, and its log. */
final class CheckCollector implements BuiltinCheck {
  /** Lines of its log that are told. */
  static final int LOG_LINES = 20;

  private static final int LINE_CHARACTERS = 500;

  /** Of what it said before it ended: the first line is what pagers show. */
  private static final int SAID_CHARACTERS = 100;

  /** A program that runs for so long again has come out of its crash loop, for now. */
  private static final long RUNS_NANOS = 60_000_000_000L;

  private static final Command TABLE =
      Tables.check(
          "check_collector",
          "Whether a program that the agent keeps running runs",
          List.of(
              "NAME is a collector of the agent's plan. CRITICAL while it does not run, or ends"
                  + " again and again. WARNING within 10 minutes after it had to be started again,"
                  + " while a newer configuration is refused, and while its values cannot be read."
                  + " Below that stands what it wrote last.",
              "The hub adds such a check for each collector, named collector-NAME. Only the running"
                  + " agent knows: on the command line it is UNKNOWN."),
          "NAME",
          List.of(),
          List.of(new Example("The collector of that name", "check_collector collectd")));

  /** Tells how one is. */
  @FunctionalInterface
  interface Source {
    /** Empty when there is none of that name. */
    Optional<CollectorStatus> status(String name, int lines);
  }

  private final Source source;

  CheckCollector(Source source) {
    this.source = source;
  }

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine) throws CheckException {
    var name = given.operands().getFirst();
    var status =
        source
            .status(name, LOG_LINES)
            .orElseThrow(
                () ->
                    CheckException.unknown(
                        "this agent keeps no collector '"
                            + OneLine.of(name)
                            + "' running: its plan has none of that name, or it was left out since"
                            + " a token has no value here; `happo-hub agent show` tells"));
    var state = state(status);
    var text = new StringBuilder("COLLECTOR ").append(state).append(" - ").append(name).append(' ');
    text.append(OneLine.of(words(status))).append(" | ").append(perfdata(status));
    for (var line : status.log()) {
      text.append('\n').append(OneLine.of(line, LINE_CHARACTERS));
    }
    return new Finding(state, text.toString());
  }

  private static Status state(CollectorStatus status) {
    boolean warns =
        status.sinceRestartNanos() < Restarts.SETTLED.toNanos()
            || !status.refused().isEmpty()
            || !status.troubles().isEmpty();
    return switch (status.state()) {
      case WAITING, CRASH_LOOP, REFUSED -> Status.CRITICAL;
      case RUNNING ->
          status.inCrashLoop() && status.upNanos() < RUNS_NANOS
              ? Status.CRITICAL
              : warns ? Status.WARNING : Status.OK;
      case BEGINNING -> warns ? Status.WARNING : Status.OK;
    };
  }

  private static String words(CollectorStatus status) {
    var text = new StringBuilder();
    switch (status.state()) {
      case BEGINNING -> text.append("is about to be started");
      case RUNNING -> {
        text.append("runs since ").append(Restarts.words(status.upNanos()));
        text.append(", pid ").append(status.pid());
        if (status.residentBytes() > 0) {
          text.append(", ").append(status.residentBytes() >> 20).append(" MiB");
        }
        if (status.sinceRestartNanos() < Restarts.SETTLED.toNanos()) {
          text.append("; started again ")
              .append(Restarts.words(status.sinceRestartNanos()))
              .append(" ago: ")
              .append(end(status));
        }
      }
      case WAITING ->
          text.append("does not run: ")
              .append(end(status))
              .append("; started again in ")
              .append(Restarts.words(status.startsInNanos()));
      case CRASH_LOOP ->
          text.append("ends again and again: ")
              .append(end(status))
              .append("; tried again in ")
              .append(Restarts.words(status.startsInNanos()));
      case REFUSED -> text.append("is not started");
    }
    if (!status.refused().isEmpty()) {
      text.append(status.state() == CollectorStatus.State.REFUSED ? ": " : "; ")
          .append(status.refused());
    }
    for (var trouble : status.troubles()) {
      text.append("; no values of ").append(trouble);
    }
    return text.toString();
  }

  private static String end(CollectorStatus status) {
    var said = status.lastSaid();
    return said.isEmpty()
        ? status.lastEnd()
        : status.lastEnd() + ", it said: " + OneLine.of(said, SAID_CHARACTERS);
  }

  /** What has not been measured is left out: a 0 would be a value. */
  private static PerfdataText perfdata(CollectorStatus status) {
    var most = status.memoryBytes() > 0 ? Long.toString(status.memoryBytes()) : null;
    var values = new PerfdataText();
    if (status.residentBytes() > 0) {
      values.add("rss", status.residentBytes() + "B", null, null, "0", most);
    }
    values.add("restarts", status.starts() + "c", null, null, "0", null);
    if (status.pid() != 0) {
      values.add("uptime", status.upNanos() / 1_000_000_000 + "s", null, null, "0", null);
    }
    return values;
  }
}
