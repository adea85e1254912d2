package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.Thresholds;
import io.happo.agent.checks.UsageException;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.files.Reason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code check_users}: how many users are logged in, by {@code /run/utmp} (utmp(5)); on systems
 * that have none any more, by the sessions of systemd-logind in {@code /run/systemd/sessions}.
 * Where neither is there, nobody can log in.
 */
final class CheckUsers implements BuiltinCheck.OfAnyUser {
  /** Type of the entry of a user who is logged in. */
  private static final int USER_PROCESS = 7;

  /** So many entries are read at most. */
  private static final int MOST = 1 << 20;

  /** The length of an entry: glibc keeps times of 32 bits in it, except on 64-bit ARM. */
  static final int ENTRY_BYTES = System.getProperty("os.arch").equals("aarch64") ? 400 : 384;

  private static final Command TABLE =
      Tables.check(
          "check_users",
          "Number of users who are logged in",
          List.of(),
          "[WARNING] [CRITICAL]",
          List.of(
              Tables.warning("RANGE", "WARNING when the number is outside this range."),
              Tables.critical("RANGE", "CRITICAL when the number is outside this range.")),
          List.of(new Example("At most ten users", "check_users -w 5 -c 10")));

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
    if (thresholds.warning().isEmpty() && thresholds.critical().isEmpty()) {
      throw new UsageException("-w (--warning) and -c (--critical) are missing; give one at least");
    }
    int users = users(machine);
    var status = thresholds.of(users);
    var perfdata =
        new PerfdataText()
            .add("users", String.valueOf(users), thresholds.warn(), thresholds.crit(), "0", null);
    return new Finding(
        status, "USERS " + status + " - " + users + " users currently logged in |" + perfdata);
  }

  private static int users(Machine machine) throws CheckException, InterruptedException {
    try (InputStream in =
        new BufferedInputStream(Files.newInputStream(machine.file("/run/utmp")))) {
      var entry = new byte[ENTRY_BYTES];
      int users = 0;
      for (int i = 0; i < MOST && in.readNBytes(entry, 0, ENTRY_BYTES) == ENTRY_BYTES; i++) {
        // A short in the order of the processor; its other byte is 0 in either order.
        users += (entry[0] | entry[1]) == USER_PROCESS ? 1 : 0;
      }
      return users;
    } catch (NoSuchFileException e) {
      return sessions(machine.file("/run/systemd/sessions"));
    } catch (IOException e) {
      throw CheckException.unknown("/run/utmp cannot be read: " + Reason.of(e));
    }
  }

  /** A session is a file of lines such as {@code CLASS=user}; pipes with the suffix .ref beside. */
  private static int sessions(Path folder) throws CheckException, InterruptedException {
    int users = 0;
    try (var files = Files.newDirectoryStream(folder)) {
      for (var file : files) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        users += Files.isRegularFile(file) && isUser(file) ? 1 : 0;
      }
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException | DirectoryIteratorException e) {
      throw CheckException.unknown(folder + " cannot be read: " + Sys.reason(e));
    }
    return users;
  }

  private static boolean isUser(Path file) throws IOException {
    try {
      var lines = "\n" + Machine.read(file);
      return lines.contains("\nCLASS=user") && !lines.contains("\nSTATE=closing\n");
    } catch (NoSuchFileException e) {
      return false; // It has ended.
    }
  }
}
