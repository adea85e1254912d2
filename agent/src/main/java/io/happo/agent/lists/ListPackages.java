package io.happo.agent.lists;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.Tables;
import io.happo.agent.facts.SmallFiles;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code list_packages}: what the databases of dpkg (deb-control(5), and status.d of images without
 * dpkg), apk, pacman and rpm say is installed. One entry of them is held at a time.
 */
final class ListPackages implements BuiltinCheck {
  private static final Command TABLE =
      Tables.list(
          "list_packages",
          "The packages that are installed: name, version, architecture",
          List.of(
              "Of dpkg, apk, pacman and rpm. The database that rpm had in Enterprise Linux up to 8"
                  + " is read by rpm alone: there, list them by a script with rpm -qa."),
          List.of(),
          List.of(new Example("Of this machine", "list_packages")));

  private static final String DPKG = "/var/lib/dpkg/status";
  private static final String DPKG_PARTS = "/var/lib/dpkg/status.d";
  private static final List<String> APK =
      List.of("/lib/apk/db/installed", "/usr/lib/apk/db/installed");
  private static final String PACMAN = "/var/lib/pacman/local";

  /** How lines of a database begin. */
  private record Fields(String name, String version, String architecture) {}

  private static final Fields OF_DPKG = new Fields("Package:", "Version:", "Architecture:");
  private static final Fields OF_APK = new Fields("P:", "V:", "A:");

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine) throws CheckException, InterruptedException {
    var list = new Listing();
    boolean isFound = false;
    try {
      isFound |= dpkg(list, machine);
      isFound |= apk(list, machine);
      isFound |= pacman(list, machine.file(PACMAN));
      isFound |= RpmDatabase.add(list, machine);
    } catch (IOException e) {
      throw CheckException.unknown("the packages cannot be read: " + Reason.of(e));
    }
    if (isFound) {
      return list.finding();
    }
    throw CheckException.unknown(
        "no packages are known here: there is no database of dpkg, apk, pacman or rpm");
  }

  static void add(Listing list, String name, String version, String architecture) {
    if (!name.isEmpty()) {
      list.add(
          name
              + (version.isEmpty() ? "" : " " + version)
              + (architecture.isEmpty() ? "" : " " + architecture));
    }
  }

  private static boolean dpkg(Listing list, Machine machine)
      throws IOException, InterruptedException {
    boolean isFound = false;
    if (Files.exists(machine.file(DPKG))) {
      entries(list, machine.file(DPKG), OF_DPKG);
      isFound = true;
    }
    var parts = machine.file(DPKG_PARTS);
    for (var name : SmallFiles.names(parts)) {
      if (!name.endsWith(".md5sums")) {
        entries(list, parts.resolve(name), OF_DPKG);
        isFound = true;
      }
    }
    return isFound;
  }

  /**
   * Entries of lines, with an empty one between two. What was removed from dpkg and has left its
   * configuration is not there any more.
   */
  private static void entries(Listing list, Path file, Fields fields)
      throws IOException, InterruptedException {
    var name = "";
    var version = "";
    var architecture = "";
    boolean isInstalled = true;
    try (var lines = new Lines(file)) {
      boolean hasMore = lines.next();
      while (hasMore) {
        if (lines.begins(fields.name)) {
          name = lines.from(fields.name.length());
        } else if (lines.begins(fields.version)) {
          version = lines.from(fields.version.length());
        } else if (lines.begins(fields.architecture)) {
          architecture = lines.from(fields.architecture.length());
        } else if (lines.begins("Status:")) {
          isInstalled = !lines.has(" config-files") && !lines.has(" not-installed");
        }
        boolean isEnd = lines.isEmpty();
        hasMore = lines.next();
        if (isEnd || !hasMore) {
          add(list, isInstalled ? name : "", version, architecture);
          name = "";
          version = "";
          architecture = "";
          isInstalled = true;
        }
      }
    }
  }

  private static boolean apk(Listing list, Machine machine)
      throws IOException, InterruptedException {
    boolean isFound = false;
    for (var path : APK) {
      if (Files.exists(machine.file(path))) {
        // One of the two may lead to the other; each package counts once.
        entries(list, machine.file(path), OF_APK);
        isFound = true;
      }
    }
    return isFound;
  }

  /** A folder for each, in which the file {@code desc} has names of fields with values below. */
  private static boolean pacman(Listing list, Path folder)
      throws IOException, InterruptedException {
    for (var entry : SmallFiles.names(folder)) {
      var file = folder.resolve(entry).resolve("desc");
      if (Files.exists(file)) {
        try (var lines = new Lines(file)) {
          description(list, lines);
        }
      }
    }
    return Files.isDirectory(folder);
  }

  private static void description(Listing list, Lines lines)
      throws IOException, InterruptedException {
    var name = "";
    var version = "";
    var architecture = "";
    var field = "";
    boolean isBegin = true;
    while (lines.next()) {
      switch (field) {
        case "%NAME%" -> name = lines.from(0);
        case "%VERSION%" -> version = lines.from(0);
        case "%ARCH%" -> architecture = lines.from(0);
        default -> {}
      }
      field = isBegin ? lines.from(0) : "";
      isBegin = lines.isEmpty();
    }
    add(list, name, version, architecture);
  }
}
