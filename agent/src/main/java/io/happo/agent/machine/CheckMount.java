package io.happo.agent.machine;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.UsageException;
import io.happo.agent.exec.FileSystemSpace;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code check_mount}: whether the file systems are mounted that have to be, by {@code
 * /proc/self/mountinfo}, and whether they answer, by statvfs(3).
 */
final class CheckMount implements BuiltinCheck {
  private static final Command TABLE =
      Tables.check(
          "check_mount",
          "File systems that have to be mounted",
          List.of(
              "Without -p, these are the lines of /etc/fstab without noauto. CRITICAL is what is not"
                  + " mounted, is read-only and should not be, does not answer (as of a dead NFS"
                  + " server), is stale, or is of another type or device; WARNING is what has other"
                  + " options, or is not mounted and is called nofail there.",
              "-T, -o and -d are for the path in front of them; in front of all paths, for all."),
          "",
          List.of(
              many("path", 'p', "FOLDER", "Something has to be mounted on this folder."),
              many("type", 'T', "TYPE[,TYPE...]", "It has to be of one of these types."),
              many("options", 'o', "OPTION[,OPTION...]", "It has to have all these options."),
              many("device", 'd', "DEVICE", "It has to be this device, or SERVER:/FOLDER."),
              Option.flag("fstab", "Look at the lines of /etc/fstab too, when there is a -p.")
                  .withKey('f'),
              many("exclude", 'x', "FOLDER", "Leave out this line of /etc/fstab."),
              many("exclude-type", 'X', "TYPE", "Leave out lines of /etc/fstab of this type."),
              Option.flag(
                      "all",
                      "Also tell whichever other file system on another machine does not answer.")
                  .withKey('a'),
              Option.of(
                      "no-lines",
                      Type.TEXT,
                      "STATE",
                      "The state when nothing has to be mounted by /etc/fstab, as in a container: ok,"
                          + " warning, critical or unknown.")
                  .byDefault("unknown")),
          List.of(
              new Example("All of /etc/fstab", "check_mount"),
              new Example(
                  "One from a server, which can be written",
                  "check_mount -p /srv/data -T nfs4 -o rw,nosuid -d nas:/data")));

  /** Options of fstab(5) that are seen at a mount as well. */
  private static final List<String> SEEN = List.of("noexec", "nosuid", "nodev");

  private final FileSystems systems;

  /**
   * @param systems what file systems are asked by
   */
  CheckMount(FileSystems systems) {
    this.systems = systems;
  }

  /**
   * What has to be mounted.
   *
   * @param types empty for any
   * @param device null for any
   * @param line of fstab that wants it; null when the command line does
   */
  private record Wanted(
      String directory,
      List<String> types,
      List<String> options,
      @Nullable String device,
      @Nullable Fstab line) {
    Wanted with(String option, String value) {
      return switch (option) {
        case "type" -> new Wanted(directory, words(value), options, device, line);
        case "options" -> new Wanted(directory, types, words(value), device, line);
        default -> new Wanted(directory, types, options, value, line);
      };
    }

    Wanted on(String other) {
      return new Wanted(other, types, options, device, line);
    }

    /** Whether the machine starts without it, as fstab has it. */
    boolean mayFail() {
      return line != null && line.options().contains("nofail");
    }

    private static List<String> words(String list) {
      return List.of(list.split(",", -1));
    }

    /** Whether it is of that type; in fstab, which programs of mounting read, names are looser. */
    boolean takes(String type) {
      if (types.isEmpty() || types.contains(type)) {
        return true;
      }
      boolean takesAny = types.contains("auto") || types.contains("none");
      return line != null
          && (takesAny || type.startsWith("fuse") || type.startsWith(types.getFirst()));
    }
  }

  private static Option many(String name, char key, String placeholder, String doc) {
    return Option.of(name, Type.TEXT, placeholder, doc).withKey(key).thatRepeats();
  }

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    var wanted = wanted(given);
    var without = States.of("--no-lines", given.text("no-lines"));
    var problems = new Problems();
    try {
      if (wanted.isEmpty() || given.has("fstab")) {
        wanted.addAll(ofFstab(given, machine, without));
      }
      if (wanted.isEmpty() && !given.has("all") && without == Status.UNKNOWN) {
        throw CheckException.unknown(
            "/etc/fstab has no line that has to be mounted; say by -p what has to be");
      }
      if (wanted.isEmpty() && without != Status.OK) {
        problems.add(without, "/etc/fstab has no line that has to be mounted");
      }
      var mounts = Mount.all(machine);
      for (var one : wanted) {
        look(one, mountedAt(one.directory(), mounts, machine), machine, problems);
      }
      if (given.has("all")) {
        lookAtOthers(wanted, mounts, machine, problems);
      }
    } catch (IOException e) {
      throw CheckException.unknown("the list of mounts cannot be read: " + Reason.of(e));
    }
    var perfdata =
        new PerfdataText()
            .add("wanted", String.valueOf(wanted.size()), null, null, "0", null)
            .add("problems", String.valueOf(problems.count()), null, null, "0", null);
    var fine =
        wanted.size() == 1
            ? wanted.getFirst().directory() + " is mounted as it should be"
            : wanted.size() + " file systems are mounted as they should be";
    return problems.finding("MOUNT", fine, perfdata);
  }

  private static List<Wanted> wanted(Given given) throws UsageException {
    var wanted = new ArrayList<Wanted>();
    var forAll = new Wanted("", List.of(), List.of(), null, null);
    for (var one : given.inOrder()) {
      switch (one.name()) {
        case "path" -> {
          if (!one.value().startsWith("/")) {
            throw new UsageException(
                "-p (--path): '" + one.value() + "' is no folder; write its whole path");
          }
          boolean hasSlash = one.value().length() > 1 && one.value().endsWith("/");
          wanted.add(
              forAll.on(
                  hasSlash ? one.value().substring(0, one.value().length() - 1) : one.value()));
        }
        case "type", "options", "device" -> {
          if (wanted.isEmpty()) {
            forAll = forAll.with(one.name(), one.value());
          } else {
            wanted.add(wanted.removeLast().with(one.name(), one.value()));
          }
        }
        default -> {}
      }
    }
    if (wanted.isEmpty() && (given.has("type") || given.has("options") || given.has("device"))) {
      throw new UsageException("-T, -o and -d need a path by -p");
    }
    return wanted;
  }

  private static List<Wanted> ofFstab(Given given, Machine machine, Status without)
      throws CheckException, IOException {
    var wanted = new ArrayList<Wanted>();
    List<Fstab> all;
    try {
      all = Fstab.all(machine);
    } catch (NoSuchFileException e) {
      if (without == Status.UNKNOWN) {
        throw CheckException.unknown("there is no /etc/fstab; say by -p what has to be mounted");
      }
      all = List.of();
    } catch (IOException e) {
      throw CheckException.unknown(
          "/etc/fstab cannot be read: " + Reason.of(e) + "; say by -p what has to be mounted");
    }
    for (var line : all) {
      boolean isLeftOut =
          given.all("exclude").contains(line.directory())
              || given.all("exclude-type").contains(line.types().getFirst());
      if (isLeftOut || line.isOnDemand()) {
        continue;
      }
      var options = new ArrayList<String>();
      if (line.options().contains("ro")) {
        options.add("ro");
      } else if (line.wantsWritable()) {
        options.add("rw");
      }
      for (var option : SEEN) {
        if (line.options().contains(option)) {
          options.add(option);
        }
      }
      wanted.add(new Wanted(line.directory(), line.types(), options, null, line));
    }
    return wanted;
  }

  /**
   * By name, or by where a name such as {@code /var/run} leads: mount(8) has followed the links.
   */
  private @Nullable Mount mountedAt(String directory, List<Mount> mounts, Machine machine)
      throws InterruptedException {
    var mount = Mount.at(directory, mounts);
    if (mount != null) {
      return mount;
    }
    try {
      var real = systems.real(directory, machine);
      return real == null ? null : Mount.at("/" + machine.root().relativize(real), mounts);
    } catch (IOException e) {
      return null; // There is no such folder either.
    }
  }

  private void look(Wanted wanted, @Nullable Mount mount, Machine machine, Problems problems)
      throws InterruptedException {
    if (mount == null) {
      problems.add(
          wanted.mayFail() ? Status.WARNING : Status.CRITICAL,
          wanted.directory() + " is not mounted");
      return;
    }
    if (mount.type().equals("autofs")) {
      return; // It is mounted when somebody looks into it, which is not to be a check.
    }
    if (!wanted.takes(mount.type())) {
      problems.add(
          Status.CRITICAL,
          wanted.directory()
              + " is of the type "
              + mount.type()
              + ", and not "
              + String.join(" or ", wanted.types()));
    }
    if (wanted.device() != null && !isDevice(wanted.device(), mount, machine)) {
      problems.add(
          Status.CRITICAL,
          wanted.directory() + " is " + mount.device() + ", and not " + wanted.device());
    }
    for (var option : wanted.options()) {
      lookAtOption(option, mount, problems);
    }
    lookWhetherItAnswers(mount, machine, problems);
  }

  private static void lookAtOption(String option, Mount mount, Problems problems) {
    switch (option) {
      case "rw" -> {
        boolean canBe = Fstab.canBeWritable(List.of(mount.type()));
        if (mount.isReadOnly() && canBe) {
          problems.add(Status.CRITICAL, mount.directory() + " is read-only");
        }
      }
      case "ro" -> {
        if (!mount.isReadOnly()) {
          problems.add(Status.WARNING, mount.directory() + " can be written");
        }
      }
      default -> {
        if (!mount.options().contains(option) && !mount.ofAll().contains(option)) {
          problems.add(
              Status.WARNING, mount.directory() + " is mounted without the option " + option);
        }
      }
    }
  }

  /** By name, or by what a name such as {@code /dev/disk/by-uuid/...} stands for. */
  private boolean isDevice(String device, Mount mount, Machine machine)
      throws InterruptedException {
    if (mount.device().equals(device)) {
      return true;
    }
    if (!device.startsWith("/") || !mount.device().startsWith("/")) {
      return false;
    }
    try {
      var real = systems.real(device, machine);
      return real != null && real.equals(systems.real(mount.device(), machine));
    } catch (IOException e) {
      return false;
    }
  }

  private void lookWhetherItAnswers(Mount mount, Machine machine, Problems problems)
      throws InterruptedException {
    if (!FileSystemSpace.canBeAskedFor()) {
      return; // The agent has told in its log that it lacks its library.
    }
    try {
      if (systems.space(mount, machine) == null) {
        problems.add(Status.CRITICAL, mount.directory() + " does not answer");
      }
    } catch (IOException e) {
      var reason = FileSystems.reason(e);
      if (!reason.equals("Permission denied")) { // That is an answer.
        problems.add(Status.CRITICAL, mount.directory() + " is not accessible: " + reason);
      }
    }
  }

  private void lookAtOthers(
      List<Wanted> wanted, List<Mount> mounts, Machine machine, Problems problems)
      throws InterruptedException {
    for (var mount : mounts) {
      boolean isKnown = false;
      for (var one : wanted) {
        isKnown |= one.directory().equals(mount.directory());
      }
      if (mount.isRemote() && !isKnown && !mount.type().equals("autofs")) {
        lookWhetherItAnswers(mount, machine, problems);
      }
    }
  }
}
