package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.PosixRegex;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.Thresholds;
import io.happo.agent.checks.UsageException;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import io.happo.program.files.AtomicFile;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code check_log}: new lines of a log file that match an expression. Unlike the plugin it keeps
 * no copy of the log but how far it has read, and goes on there also when the log was rotated.
 */
final class CheckLog implements BuiltinCheck {
  /** Of a line that is told. */
  private static final int MOST_CHARACTERS = 1_000;

  /** A position file is shorter. */
  private static final int POSITION_BYTES = 1_000;

  /** The log may be rotated between two looks at it; then it is looked at again. */
  private static final int TRIES = 3;

  private static final Command TABLE =
      Tables.check(
          "check_log",
          "New lines of a log that match",
          List.of(
              "The first run only remembers where the log ends. Each further run looks at the lines"
                  + " written since, and is CRITICAL when one matches; the next run begins behind"
                  + " them. So let it alert at the first time, without retries.",
              "When the log has been rotated, the rest of the earlier file is read first, unless it"
                  + " is compressed already. A last line that has no end yet is left for the next"
                  + " run. Of very much at once the next run reads the rest. Of a line the first 16 KiB"
                  + " are looked at."),
          "",
          List.of(
              Option.of("filename", Type.FILE, "FILE", "The log.").withKey('F').thatMustBeGiven(),
              Option.of(
                      "oldlog",
                      Type.FILE,
                      "FILE",
                      "Keep in this file how far the log was read; it must not exist at first."
                          + " Without it the agent keeps it in its own folder.")
                  .withKey('O'),
              Option.of("query", Type.TEXT, "REGEX", "What to look for, as grep takes it.")
                  .withKey('q')
                  .thatMustBeGiven(),
              Option.of("exclude", Type.TEXT, "REGEX", "Lines that match this do not count.")
                  .thatRepeats(),
              Option.flag("extended-regex", "The expressions are extended ones, as of grep -E.")
                  .withKey('e'),
              Option.flag("perl-regex", "The expressions are as of Perl, in the manner of Java.")
                  .withKey('p'),
              Option.flag("ignore-case", "Upper and lower case are the same.").withKey('i'),
              Option.flag("all", "Tell all lines that match, 50 at most, and not only the last.")
                  .withKey('a'),
              Tables.warning(
                  "RANGE", "WARNING when the number of lines that match is outside this range."),
              Tables.critical(
                  "RANGE",
                  "CRITICAL when it is outside this range; without -w and -c when a line matches.")),
          List.of(
              new Example(
                  "Errors of an application", "check_log -F /var/log/app.log -q 'ERROR|FATAL' -e"),
              new Example(
                  "Many failed logins",
                  "check_log -F /var/log/auth.log -q 'Failed password' -w 10 -c 100")));

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    boolean isExtended = given.has("extended-regex");
    boolean isPerl = given.has("perl-regex");
    if (isExtended && isPerl) {
      throw new UsageException("-e (--extended-regex) and -p (--perl-regex) exclude each other");
    }
    boolean ignoresCase = given.has("ignore-case");
    var query = compile(given.text("query"), isExtended, isPerl, ignoresCase);
    var excluded = new ArrayList<Pattern>();
    for (var pattern : given.all("exclude")) {
      excluded.add(compile(pattern, isExtended, isPerl, ignoresCase));
    }
    var thresholds = Thresholds.of(given);
    var log = path(given.text("filename"));
    var oldlog = given.find("oldlog");
    var file = oldlog.isEmpty() ? Optional.<Path>empty() : Optional.of(path(oldlog.get()));
    var store = new Store(machine, file, key(given));
    var scan = new LogScan(query, excluded, machine);
    try {
      var position = store.recall();
      var read = read(log, position, scan);
      store.keep(read.position());
      return position.isEmpty()
          ? new Finding(Status.OK, "Log check data initialized...")
          : finding(scan, read, thresholds, given.has("all"));
    } catch (IOException e) {
      throw CheckException.unknown(OneLine.of(log + " cannot be checked: " + Reason.of(e)));
    }
  }

  private static Path path(String text) throws UsageException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new UsageException("'" + OneLine.of(text) + "' is no path of a file");
    }
  }

  private static Pattern compile(
      String text, boolean isExtended, boolean isPerl, boolean ignoresCase) throws UsageException {
    return isPerl
        ? PosixRegex.perl(text, ignoresCase)
        : isExtended ? PosixRegex.extended(text, ignoresCase) : PosixRegex.basic(text, ignoresCase);
  }

  /** Runs that look for something else in the same log do not take its lines from each other. */
  private static String key(Given given) {
    var key = new StringBuilder("check_log");
    for (var option : given.inOrder()) {
      if (!option.name().equals("verbose") && !option.name().equals("timeout")) {
        key.append('\0').append(option.name()).append('\0').append(option.value());
      }
    }
    return key.toString();
  }

  /** Where the position is kept. */
  private record Store(Machine machine, Optional<Path> file, String key) {
    Optional<LogPosition> recall() throws IOException, CheckException {
      if (file.isEmpty()) {
        return machine.memory().recall(key).flatMap(LogPosition::parse);
      }
      if (!Files.exists(file.get())) {
        return Optional.empty();
      }
      var position = LogPosition.parse(begin(file.get()));
      if (position.isEmpty()) {
        throw CheckException.unknown(
            OneLine.of(
                file.get()
                    + " is no file that this check wrote, and is left as it is; delete it when the"
                    + " plugin check_log made it, or give another file with -O"));
      }
      return position;
    }

    private static String begin(Path file) throws IOException {
      if (!Files.isRegularFile(file)) {
        return "";
      }
      try (var in = Files.newInputStream(file)) {
        return new String(in.readNBytes(POSITION_BYTES), StandardCharsets.ISO_8859_1);
      }
    }

    void keep(LogPosition position) throws IOException, CheckException {
      try {
        if (file.isPresent()) {
          AtomicFile.write(file.get(), position.text().getBytes(StandardCharsets.ISO_8859_1));
        } else {
          machine.memory().keep(key, position.text());
        }
      } catch (IOException e) {
        throw CheckException.unknown(
            OneLine.of("how far the log was read cannot be kept: " + e.getMessage()));
      }
    }
  }

  /**
   * What came of reading.
   *
   * @param isLost whether lines of an earlier file could not be found
   */
  private record Read(LogPosition position, boolean isLost) {}

  private static Read read(Path log, Optional<LogPosition> position, LogScan scan)
      throws IOException, CheckException, InterruptedException {
    if (!Files.exists(log)) {
      throw new CheckException(
          Status.UNKNOWN, "Log check error: Log file " + OneLine.of("" + log) + " does not exist!");
    }
    if (!Files.isRegularFile(log)) {
      throw CheckException.unknown(OneLine.of(log + " is no file; give that of a log with -F"));
    }
    for (int i = 1; ; i++) {
      long inode = LogFiles.inode(log);
      try (var file = FileChannel.open(log)) {
        if (inode == LogFiles.inode(log) || i == TRIES) {
          return position.isEmpty()
              ? new Read(LogPosition.of(inode, file, file.size(), file.size()), false)
              : rest(log, inode, file, position.get(), scan);
        }
      }
    }
  }

  private static Read rest(
      Path log, long inode, FileChannel file, LogPosition position, LogScan scan)
      throws IOException, CheckException, InterruptedException {
    var rest = LogFiles.since(position, log, inode, file);
    for (var part : rest.parts()) {
      if (part.file().equals(log)) {
        break;
      }
      try (var earlier = FileChannel.open(part.file())) {
        long size = earlier.size();
        long offset = scan.read(earlier, part.from(), true);
        if (offset < size && scan.isFull()) {
          return new Read(
              LogPosition.of(LogFiles.inode(part.file()), earlier, offset, size), rest.isLost());
        }
      }
    }
    long from = rest.parts().getLast().from();
    long size = file.size();
    // What had no end the last time, and has not grown since, will have none.
    boolean isDone = from == position.offset() && size == position.size();
    long offset = scan.isFull() ? from : scan.read(file, from, isDone);
    return new Read(LogPosition.of(inode, file, offset, size), rest.isLost());
  }

  private static Finding finding(LogScan scan, Read read, Thresholds thresholds, boolean tellsAll) {
    boolean hasThresholds = thresholds.warning().isPresent() || thresholds.critical().isPresent();
    long count = scan.count();
    var status = hasThresholds ? thresholds.of(count) : count > 0 ? Status.CRITICAL : Status.OK;
    var text = new StringBuilder();
    if (count == 0) {
      text.append(
          status == Status.OK
              ? "Log check ok - 0 pattern matches found"
              : "Log check " + status + " - 0 pattern matches found");
    } else {
      text.append('(').append(count).append(')');
    }
    var matches = scan.matches();
    var told = tellsAll || matches.isEmpty() ? matches : List.of(matches.getLast());
    for (int i = 0; i < told.size(); i++) {
      text.append(i == 0 ? " < " : "\n< ").append(OneLine.of(told.get(i), MOST_CHARACTERS));
      if (i == 0 && hasThresholds) {
        text.append(perfdata(scan, thresholds));
      }
    }
    if (told.isEmpty() && hasThresholds) {
      text.append(perfdata(scan, thresholds));
    }
    if (scan.isFull()) {
      text.append("\nThere is more in the log; the next run reads on.");
    }
    if (read.isLost()) {
      text.append(
          "\nThe log has been rotated, and the earlier file is not beside it; its last lines were"
              + " not read.");
    }
    return new Finding(status, text.toString());
  }

  private static String perfdata(LogScan scan, Thresholds thresholds) {
    return " | "
        + new PerfdataText()
            .add(
                "matches",
                String.valueOf(scan.count()),
                thresholds.warn(),
                thresholds.crit(),
                "0",
                null)
            .add("lines", String.valueOf(scan.lines()), null, null, "0", null);
  }
}
