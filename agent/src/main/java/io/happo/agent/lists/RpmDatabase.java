package io.happo.agent.lists;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Machine;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The database of rpm, in one of the folders and forms that it has had. SQLite's and rpm's own ndb
 * are read as they lie on disk; that of Berkeley DB (Enterprise Linux up to 8) is not.
 */
final class RpmDatabase {
  private static final List<String> FOLDERS =
      List.of("/usr/lib/sysimage/rpm", "/var/lib/rpm", "/usr/share/rpm");

  private RpmDatabase() {}

  /**
   * Adds what it says is installed.
   *
   * @return whether there is one
   */
  static boolean add(Listing list, Machine machine)
      throws IOException, CheckException, InterruptedException {
    for (var folder : FOLDERS) {
      var sqlite = machine.file(folder + "/rpmdb.sqlite");
      var ndb = machine.file(folder + "/Packages.db");
      if (Files.exists(sqlite)) {
        read(list, sqlite);
        return true;
      }
      if (Files.exists(ndb)) {
        read(list, ndb);
        return true;
      }
      if (Files.exists(machine.file(folder + "/Packages"))) {
        throw CheckException.unknown(
            "the packages of this rpm (in "
                + folder
                + "/Packages, of Berkeley DB) are read by rpm alone: list them by a script with"
                + " 'rpm -qa | sort' in place of this");
      }
    }
    return false;
  }

  private static void read(Listing list, Path file)
      throws IOException, CheckException, InterruptedException {
    var log = file.resolveSibling(file.getFileName() + "-wal");
    if (Files.exists(log) && Files.size(log) > 0) {
      throw CheckException.unknown(
          "rpm is at work, or has been interrupted: changes wait in " + log + "; try again");
    }
    var before = Files.getLastModifiedTime(file);
    try {
      if (file.endsWith("Packages.db")) {
        RpmNdb.add(list, file);
      } else {
        RpmSqlite.add(list, file);
      }
    } catch (IOException
        | IndexOutOfBoundsException
        | NegativeArraySizeException
        | IllegalArgumentException e) {
      if (before.equals(Files.getLastModifiedTime(file))) {
        throw new IOException(
            file
                + " is not understood: "
                + (e instanceof IOException io ? Reason.of(io) : "it is damaged"),
            e);
      }
    }
    if (!before.equals(Files.getLastModifiedTime(file))) {
      throw CheckException.unknown("rpm is at work: " + file + " has changed meanwhile; try again");
    }
  }
}
