package io.happo.agent.probes;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.Thresholds;
import io.happo.agent.checks.UsageException;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.ArrayList;
import java.util.List;

/** {@code check_docker}: whether the daemon answers, and how its containers are. */
final class CheckDocker implements BuiltinCheck {
  /** More are judged, but not named. */
  private static final int MOST_NAMED = 10;

  private static final Command TABLE =
      Tables.check(
          "check_docker",
          "Containers of Docker or Podman",
          List.of(
              "CRITICAL when the daemon does not answer, when a container that is named does not"
                  + " run or is not there, and when one is unhealthy, dead or restarting. The agent's"
                  + " user must be in the group docker."),
          "",
          List.of(
              Option.of(
                      "connection", Type.TEXT, "PATH|HOST:PORT", "Where the daemon is to be asked.")
                  .byDefault("/var/run/docker.sock"),
              Option.of("containers", Type.LIST, "NAMES", "Look at these alone, by name or ID.")
                  .withKey('n')
                  .byDefault("all"),
              Option.of(
                  "status", Type.TEXT, "STATE", "The state they must be in, such as running."),
              Option.flag(
                  "health",
                  "They must be healthy: WARNING while one starts, UNKNOWN when it has no health"
                      + " check."),
              Option.of(
                  "image",
                  Type.TEXT,
                  "TEXT",
                  "CRITICAL when the image of one has no such" + " text in its name."),
              Option.of(
                  "restarts",
                  Type.TEXT,
                  "WARNING:CRITICAL",
                  "How often one may have been started anew, at most."),
              Tables.warning("RANGE", "WARNING when so many run that it is outside of it."),
              Tables.critical("RANGE", "CRITICAL when so many run that it is outside of it.")),
          List.of(
              new Example("The daemon, and at least three containers", "check_docker -c 3:"),
              new Example("Two containers", "check_docker -n web,db --health --restarts 1:5")));

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public boolean mayHoldItsThread(Given given) {
    return false;
  }

  @Override
  public String whatTimesOut() {
    return "Socket timeout";
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    var run = new Run(given, new DockerDaemon(given.text("connection"), machine));
    return run.look();
  }

  private static final class Run {
    private final Given given;
    private final DockerDaemon daemon;
    private final Thresholds running;
    private final int[] restarts;
    private final List<String> problems = new ArrayList<>();
    private Status status = Status.OK;

    Run(Given given, DockerDaemon daemon) throws UsageException {
      this.given = given;
      this.daemon = daemon;
      running = Thresholds.of(given);
      restarts = restarts(given.find("restarts").orElse(""));
    }

    /** Two numbers; none when restarts do not matter. */
    private static int[] restarts(String text) throws UsageException {
      int colon = text.indexOf(':');
      try {
        return text.isEmpty()
            ? new int[0]
            : new int[] {
              Integer.parseInt(text.substring(0, Math.max(0, colon))),
              Integer.parseInt(text.substring(colon + 1))
            };
      } catch (NumberFormatException e) {
        throw new UsageException(
            "--restarts: '" + text + "' is not two numbers with a colon between them");
      }
    }

    private void found(Status worse, String problem) {
      status = status.or(worse);
      problems.add(problem);
    }

    Finding look() throws CheckException, InterruptedException {
      var all = daemon.containers();
      var wanted = wanted(all);
      boolean isNamed = !given.text("containers").equals("all");
      var perfdata = new PerfdataText();
      int count = 0;
      int unhealthy = 0;
      for (var one : wanted) {
        count += one.isRunning() ? 1 : 0;
        unhealthy += one.health().equals("unhealthy") ? 1 : 0;
        judge(one, isNamed);
      }
      var counted = running.of(count);
      if (counted != Status.OK) {
        found(counted, count + " run");
      }
      perfdata.add("running", String.valueOf(count), running.warn(), running.crit(), "0", null);
      perfdata.add("containers", String.valueOf(wanted.size()), null, null, "0", null);
      perfdata.add("unhealthy", String.valueOf(unhealthy), null, null, "0", null);
      if (restarts.length > 0) {
        for (var one : wanted) {
          restarts(one, perfdata);
        }
      }
      var text = new StringBuilder("DOCKER ").append(status).append(" - ");
      text.append(count).append(" of ").append(wanted.size()).append(" containers run");
      for (int i = 0; i < Math.min(MOST_NAMED, problems.size()); i++) {
        text.append(", ").append(OneLine.of(problems.get(i)));
      }
      if (problems.size() > MOST_NAMED) {
        text.append(", and ").append(problems.size() - MOST_NAMED).append(" more");
      }
      return new Finding(status, text.append('|').append(perfdata).toString());
    }

    private List<DockerContainer> wanted(List<DockerContainer> all) {
      var names = given.text("containers");
      if (names.equals("all")) {
        return all;
      }
      var wanted = new ArrayList<DockerContainer>();
      for (var name : names.split(",", -1)) {
        var trimmed = name.strip();
        int before = wanted.size();
        for (var one : all) {
          if (one.is(trimmed)) {
            wanted.add(one);
          }
        }
        if (before == wanted.size() && !trimmed.isEmpty()) {
          found(Status.CRITICAL, "there is no " + trimmed);
        }
      }
      return wanted;
    }

    private void judge(DockerContainer one, boolean isNamed) {
      var state = given.find("status").orElse(isNamed ? "running" : one.state());
      if (!one.state().equals(state)) {
        found(Status.CRITICAL, one.name() + " is " + one.state());
      } else if (!given.has("status") && (state.equals("restarting") || state.equals("dead"))) {
        found(Status.CRITICAL, one.name() + " is " + state);
      }
      var health = one.health();
      if (health.equals("unhealthy")) {
        found(Status.CRITICAL, one.name() + " is unhealthy");
      } else if (given.has("health") && one.isRunning() && !health.equals("healthy")) {
        found(
            health.isEmpty() ? Status.UNKNOWN : Status.WARNING,
            one.name() + (health.isEmpty() ? " has no health check" : " is starting"));
      }
      var image = given.find("image").orElse("");
      if (!one.image().contains(image)) {
        found(Status.CRITICAL, one.name() + " runs the image " + one.image());
      }
    }

    private void restarts(DockerContainer one, PerfdataText perfdata)
        throws CheckException, InterruptedException {
      long count = daemon.restarts(one);
      if (count < 0) {
        return;
      }
      if (count > restarts[0]) {
        found(
            count > restarts[1] ? Status.CRITICAL : Status.WARNING,
            one.name() + " was started anew " + count + " times");
      }
      perfdata.add(
          OneLine.of(one.name()) + "_restarts",
          String.valueOf(count),
          String.valueOf(restarts[0]),
          String.valueOf(restarts[1]),
          "0",
          null);
    }
  }
}
