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
import io.happo.core.Decimal;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code check_file_age}: how long ago a file was written, and how large it is. */
final class CheckFileAge implements BuiltinCheck {
  private static final String NOT_A_DIRECTORY = "Not a directory"; // ENOTDIR

  private static final Command TABLE =
      Tables.check(
          "check_file_age",
          "Age and size of a file",
          List.of(
              "A number alone is the greatest age or the least size. As soon as one of the four"
                  + " thresholds is a range with : or @, all are ranges; sizes that are not given"
                  + " are not judged then."),
          "[FILE]",
          List.of(
              Option.of("file", Type.FILE, "FILE", "The file.").withKey('f'),
              age("warning-age", 'w', "WARNING when it was written longer ago.", "240"),
              age("critical-age", 'c', "CRITICAL when it was written longer ago.", "600"),
              size("warning-size", 'W', "WARNING when it is smaller."),
              size("critical-size", 'C', "CRITICAL when it is smaller."),
              Option.flag("ignore-missing", "OK when there is no such file.").withKey('i')),
          List.of(
              new Example(
                  "A backup of the last day, of 1 MB at least",
                  "check_file_age -f /var/backups/db.dump -w 90000 -c 180000 -W 1000000")));

  private static Option age(String name, char key, String doc, String byDefault) {
    return Option.of(name, Type.TEXT, "SECONDS|RANGE", doc).withKey(key).byDefault(byDefault);
  }

  private static Option size(String name, char key, String doc) {
    return Option.of(name, Type.TEXT, "BYTES|RANGE", doc).withKey(key);
  }

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine) throws UsageException, CheckException {
    var operand = given.operands().isEmpty() ? null : given.operands().getFirst();
    var file = given.find("file").orElse(operand);
    if (file == null || file.isEmpty()) {
      throw new UsageException("-f (--file) is missing");
    }
    var warnAge = given.text("warning-age");
    var critAge = given.text("critical-age");
    var warnSize = given.find("warning-size").orElse(null);
    var critSize = given.find("critical-size").orElse(null);
    boolean areRanges =
        isRange(warnAge) || isRange(critAge) || isRange(warnSize) || isRange(critSize);
    // Of a number alone the range is 0 to it for an age, and from it on for a size.
    var ageThresholds =
        areRanges
            ? Thresholds.of(warnAge, critAge)
            : Thresholds.of("~:" + number(warnAge), "~:" + number(critAge));
    var sizeThresholds =
        areRanges
            ? Thresholds.of(warnSize, critSize)
            : Thresholds.of(least(warnSize), least(critSize));
    var found = attributes(file);
    if (found == null) {
      return missing(OneLine.of(file), given.has("ignore-missing"));
    }
    long seconds =
        machine.clock().instant().getEpochSecond()
            - found.lastModifiedTime().toInstant().getEpochSecond();
    var status = ageThresholds.of(seconds).or(sizeThresholds.of(found.size()));
    var perfdata =
        new PerfdataText()
            .raw("age", seconds + "s;" + warnAge + ";" + critAge)
            .add(
                "size",
                found.size() + "B",
                warnSize == null ? "0" : warnSize,
                critSize == null ? "0" : critSize,
                "0",
                null);
    return new Finding(
        status,
        "FILE_AGE "
            + status
            + ": "
            + OneLine.of(file)
            + " is "
            + seconds
            + " seconds old and "
            + found.size()
            + " bytes | "
            + perfdata);
  }

  private static boolean isRange(@Nullable String text) {
    return text != null && (text.indexOf(':') >= 0 || text.indexOf('@') >= 0);
  }

  private static String number(String text) throws UsageException {
    if (!(Decimal.read(text) >= 0)) {
      throw new UsageException("the threshold '" + text + "' is neither a number nor a range");
    }
    return text;
  }

  private static @Nullable String least(@Nullable String size) throws UsageException {
    return size == null ? null : number(size) + ":";
  }

  private static Finding missing(String file, boolean isIgnored) {
    return isIgnored
        ? new Finding(
            Status.OK, "FILE_AGE OK: " + file + " doesn't exist, but ignore-missing was set")
        : new Finding(Status.CRITICAL, "FILE_AGE CRITICAL: File not found - " + file);
  }

  /** Null when there is no such file. */
  private static @Nullable BasicFileAttributes attributes(String file) throws CheckException {
    try {
      return Files.readAttributes(Path.of(file), BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      return null;
    } catch (FileSystemException e) {
      if (NOT_A_DIRECTORY.equals(e.getReason())) {
        return null;
      }
      throw unreadable(file, e);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static CheckException unreadable(String file, IOException e) {
    return CheckException.unknown(OneLine.of(file) + " cannot be looked at: " + Reason.of(e));
  }
}
