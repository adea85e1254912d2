package io.happo.agent.lists;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.Tables;
import io.happo.agent.facts.SmallFiles;
import io.happo.agent.facts.Virtualization;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code list_os}: the system, of os-release(5), {@code /proc/sys/kernel} and files beside them.
 */
final class ListOs implements BuiltinCheck {
  private static final Command TABLE =
      Tables.list(
          "list_os",
          "The operating system: name, version, kernel, what it runs in, time zone",
          List.of("What is not known is left out."),
          List.of(),
          List.of(new Example("Of this machine", "list_os")));

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine) throws CheckException {
    var root = machine.root();
    var release = SmallFiles.text(machine.file("/etc/os-release"));
    release = release == null ? SmallFiles.text(machine.file("/usr/lib/os-release")) : release;
    var kernel = SmallFiles.text(machine.file("/proc/sys/kernel/osrelease"));
    if (kernel == null) {
      throw CheckException.unknown(
          "this list is made on Linux alone: there is no /proc/sys/kernel/osrelease");
    }
    var list = new Listing();
    if (release != null) {
      var version = SmallFiles.value(release, "VERSION");
      list.next("name", SmallFiles.value(release, "NAME"));
      list.next("version", version == null ? SmallFiles.value(release, "VERSION_ID") : version);
    }
    // A release of Debian has many points, which os-release does not tell.
    list.next("debian", SmallFiles.text(machine.file("/etc/debian_version")));
    list.next("kernel", kernel);
    list.next("kernel build", SmallFiles.text(machine.file("/proc/sys/kernel/version")));
    list.next("architecture", System.getProperty("os.arch"));
    list.next("host name", SmallFiles.text(machine.file("/proc/sys/kernel/hostname")));
    list.next("virtual machine", Virtualization.machine(root));
    list.next("container", Virtualization.container(root));
    list.next("init", init(machine));
    list.next("time zone", timeZone(machine));
    list.next("locale", locale(machine));
    return list.finding();
  }

  private static @Nullable String init(Machine machine) {
    return Files.isDirectory(machine.file("/run/systemd/system"))
        ? "systemd"
        : SmallFiles.text(machine.file("/proc/1/comm"));
  }

  /** The link leads to a file that has its name; without one there may be a file with the name. */
  private static @Nullable String timeZone(Machine machine) {
    try {
      var target = Files.readSymbolicLink(machine.file("/etc/localtime")).toString();
      int name = target.indexOf("/zoneinfo/");
      if (name >= 0) {
        return target.substring(name + "/zoneinfo/".length());
      }
    } catch (IOException | UnsupportedOperationException e) {
      // It is a copy, or not there.
    }
    return SmallFiles.text(machine.file("/etc/timezone"));
  }

  private static @Nullable String locale(Machine machine) {
    for (var file : new String[] {"/etc/locale.conf", "/etc/default/locale"}) {
      Path path = machine.file(file);
      var language = SmallFiles.value(SmallFiles.textOrNothing(path), "LANG");
      if (language != null) {
        return language;
      }
    }
    return null;
  }
}
