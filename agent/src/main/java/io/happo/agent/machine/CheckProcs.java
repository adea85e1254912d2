package io.happo.agent.machine;

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
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.util.List;

/**
 * {@code check_procs}: how many processes there are of some kind, or what each of them takes. Reads
 * {@code /proc} (proc(5)) and shows the figures of ps(1); no process is started.
 */
final class CheckProcs implements BuiltinCheck.OfAnyUser {
  /** Of the processes that are told with {@code -vv}. */
  private static final int MOST_TOLD = 100;

  private static final int MOST_CHARACTERS = 400;

  private static final Command TABLE =
      Tables.check(
          "check_procs",
          "Number of processes, or what they take",
          List.of(
              "Counts the processes that meet all filters. With another metric than PROCS, the"
                  + " thresholds are for each of these processes, and how many are outside them is told.",
              "The agent itself counts like any other process."),
          "[WARNING] [CRITICAL] [STATE]",
          List.of(
              Tables.warning("RANGE", "WARNING when the metric is outside this range."),
              Tables.critical("RANGE", "CRITICAL when the metric is outside this range."),
              Option.of(
                      "metric",
                      Type.choice("PROCS", "VSZ", "RSS", "CPU", "ELAPSED"),
                      "METRIC",
                      "What the thresholds are for: the number of processes, or of each the memory"
                          + " in KiB (VSZ, RSS), the share of a processor in percent since it began"
                          + " (CPU), or for how many seconds it runs (ELAPSED).")
                  .withKey('m')
                  .byDefault("PROCS"),
              Option.of(
                      "state",
                      Type.TEXT,
                      "FLAGS",
                      "Only with these flags in the state that ps shows, such as Z or Ss; of"
                          + " several letters for states, such as RSZDT, any counts.")
                  .withKey('s'),
              Option.of("status", Type.TEXT, "FLAGS", "The same as --state."),
              number("ppid", 'p', "PID", "Only children of this process."),
              number("vsz", 'z', "KIB", "Only with at least so much virtual memory."),
              number("rss", 'r', "KIB", "Only with at least so much resident memory."),
              number("pcpu", 'P', "PERCENT", "Only with at least this share of a processor."),
              Option.of("user", Type.TEXT, "USER", "Only of this user, by name or number.")
                  .withKey('u'),
              Option.of(
                      "argument-array",
                      Type.TEXT,
                      "TEXT",
                      "Only with this text in the command line.")
                  .withKey('a'),
              Option.of(
                  "ereg-argument-array",
                  Type.TEXT,
                  "REGEX",
                  "Only with a match of this extended regular expression in the command line."),
              Option.of(
                      "command", Type.TEXT, "NAME", "Only of exactly this name, without its path.")
                  .withKey('C'),
              Option.of(
                      "exclude-process",
                      Type.TEXT,
                      "NAME[,NAME...]",
                      "Without the processes of these names.")
                  .withKey('X'),
              Option.flag("no-kthreads", "Without the threads of the kernel.").withKey('k'),
              Option.flag(
                      "traditional-filter",
                      "Is taken and changes nothing, since the check is no process of its own.")
                  .withKey('T')),
          List.of(
              new Example("At least one sshd", "check_procs -c 1: -C sshd"),
              new Example("No more than ten zombies", "check_procs -w 5 -c 10 -s Z"),
              new Example(
                  "No process of www-data with more than 1 GiB",
                  "check_procs -m RSS -c 1048576 -u www-data")));

  private static Option number(String name, char key, String placeholder, String doc) {
    return Option.of(name, Type.TEXT, placeholder, doc).withKey(key);
  }

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    var operands = given.operands();
    var thresholds =
        Thresholds.of(
            given.find("warning").orElse(operands.isEmpty() ? null : operands.get(0)),
            given.find("critical").orElse(operands.size() < 2 ? null : operands.get(1)));
    var filter = ProcessFilter.of(given, machine);
    var metric = given.text("metric");
    return new Look(filter, metric, thresholds, Uptime.seconds(machine), given.count("verbose"))
        .at(machine);
  }

  /** One pass over the processes. */
  private static final class Look {
    private final ProcessFilter filter;
    private final String metric;
    private final Thresholds thresholds;
    private final double uptime;
    private final int verbosity;
    private final boolean counts;
    private final StringBuilder failed = new StringBuilder();
    private final StringBuilder told = new StringBuilder();
    private int found;
    private int warnings;
    private int criticals;

    Look(ProcessFilter filter, String metric, Thresholds thresholds, double uptime, int verbosity) {
      this.filter = filter;
      this.metric = metric;
      this.thresholds = thresholds;
      this.uptime = uptime;
      this.verbosity = verbosity;
      this.counts = metric.equals("PROCS");
    }

    Finding at(Machine machine) throws CheckException, InterruptedException {
      int seen = 0;
      try (var folders = Files.newDirectoryStream(machine.file("/proc"), "[0-9]*")) {
        for (var folder : folders) {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
          var process = ProcessEntry.read(folder);
          seen += process == null ? 0 : 1;
          if (process != null && filter.takes(process, uptime)) {
            judge(process);
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        throw CheckException.unknown("the processes cannot be read from /proc: " + Sys.reason(e));
      }
      if (seen == 0) {
        throw CheckException.unknown(
            "/proc shows no process; mount it, or let the agent see it (mount option hidepid)");
      }
      return finding();
    }

    private void judge(ProcessEntry process) {
      found++;
      if (verbosity > 1 && found <= MOST_TOLD) {
        told.append('\n').append(OneLine.of(process.words(uptime), MOST_CHARACTERS));
      }
      if (counts) {
        return;
      }
      var status = thresholds.of(value(process));
      warnings += status == Status.WARNING ? 1 : 0;
      criticals += status == Status.CRITICAL ? 1 : 0;
      if (status != Status.OK && verbosity > 0 && failed.length() < MOST_CHARACTERS) {
        failed.append(failed.isEmpty() ? "" : ", ").append(OneLine.of(process.name()));
      }
    }

    private double value(ProcessEntry process) {
      return switch (metric) {
        case "VSZ" -> (double) process.virtualKib();
        case "RSS" -> (double) process.residentKib();
        case "CPU" -> process.processorPercent(uptime);
        default -> (double) process.elapsed(uptime);
      };
    }

    private Finding finding() {
      var status =
          counts
              ? thresholds.of(found)
              : criticals > 0 ? Status.CRITICAL : warnings > 0 ? Status.WARNING : Status.OK;
      var text = new StringBuilder().append(metric).append(' ').append(status).append(": ");
      if (criticals > 0) {
        text.append(criticals).append(" crit, ");
      }
      if (criticals + warnings > 0) {
        text.append(warnings).append(" warn out of ");
      }
      text.append(found).append(found == 1 ? " process" : " processes").append(filter.words());
      if (!failed.isEmpty()) {
        text.append(" [").append(failed).append(']');
      }
      return new Finding(status, text + " | " + perfdata() + told);
    }

    private PerfdataText perfdata() {
      var perfdata = new PerfdataText();
      if (counts) {
        return perfdata.add(
            "procs", String.valueOf(found), thresholds.warn(), thresholds.crit(), "0", "");
      }
      return perfdata
          .add("procs", String.valueOf(found), null, null, "0", "")
          .add("procs_warn", String.valueOf(warnings), null, null, "0", "")
          .add("procs_crit", String.valueOf(criticals), null, null, "0", "");
    }
  }
}
