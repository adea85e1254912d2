package io.happo.agent.machine;

import io.happo.agent.checks.Tables;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.List;

/** The table of check_disk. */
final class DiskTable {
  private static final String PATH = "PATH";
  private static final String REGEX = "REGEX";

  static final Command TABLE =
      Tables.check(
          "check_disk",
          "Free space of file systems",
          List.of(
              "Thresholds are for the paths that are chosen behind them, until -C begins anew. Without"
                  + " a path, all file systems are looked at. What is written is the free space;"
                  + " performance data has the used space.",
              "A file system that does not answer, as of a dead NFS server, is CRITICAL, and the"
                  + " others are looked at all the same.",
              "Numbers without an option are the most of the used space in percent, for WARNING and"
                  + " for CRITICAL."),
          "[WARNING%] [CRITICAL%] [PATH]",
          List.of(
              Tables.warning("FREE|PERCENT%", "WARNING when no more than this is free.")
                  .thatRepeats(),
              Tables.critical("FREE|PERCENT%", "CRITICAL when no more than this is free.")
                  .thatRepeats(),
              text("iwarning", 'W', "PERCENT%", "WARNING when no more inodes than this are free."),
              text(
                  "icritical", 'K', "PERCENT%", "CRITICAL when no more inodes than this are free."),
              Option.flag("clear", "Forget the thresholds and the group; what follows has its own.")
                  .withKey('C')
                  .thatRepeats(),
              text("path", 'p', PATH, "The file system of this file, folder or device."),
              likeIt("partition", PATH, "path"),
              text("ereg-path", 'r', REGEX, "All whose folder or device matches."),
              likeIt("ereg-partition", REGEX, "ereg-path"),
              text("eregi-path", 'R', REGEX, "The same whether letters are small or capital."),
              likeIt("eregi-partition", REGEX, "eregi-path"),
              Option.flag("all", "All file systems.").withKey('A').thatRepeats(),
              text("ignore-ereg-path", 'i', REGEX, "Leave out those of the chosen that match."),
              likeIt("ignore-ereg-partition", REGEX, "ignore-ereg-path"),
              text(
                  "ignore-eregi-path",
                  'I',
                  REGEX,
                  "The same whether letters are small or capital."),
              likeIt("ignore-eregi-partition", REGEX, "ignore-eregi-path"),
              text("exclude_device", 'x', PATH, "Leave out this device or folder."),
              text("exclude-type", 'X', "TYPE", "Leave out file systems of this type."),
              text("include-type", 'N', "TYPE", "Look at file systems of this type alone."),
              Option.flag("exact-match", "Paths by -p have to be devices or mount points.")
                  .withKey('E'),
              text("group", 'g', "NAME", "Judge the paths behind it together, under this name."),
              Option.flag("local", "Leave out file systems of other machines.").withKey('l'),
              Option.flag(
                      "stat-remote-fs",
                      "Of file systems of other machines, only tell those that do not answer.")
                  .withKey('L'),
              Option.flag(
                      "ignore-missing",
                      "A path that is not there, or an expression that matches nothing, is no fault.")
                  .withKey('n'),
              Option.flag(
                  "read-only",
                  "CRITICAL when a file system cannot be written although it is to be: by /etc/fstab,"
                      + " or for those that are not in it, because it could be when this was checked"
                      + " before, since the machine started."),
              Option.flag("errors-only", "Tell those that are not OK alone.").withKey('e'),
              Option.flag("freespace-ignore-reserved", "Take the reserve of root as not there.")
                  .withKey('f'),
              Option.flag("iperfdata", "Performance data of inodes too.").withKey('P'),
              Option.flag("mountpoint", "Tell the device in place of the folder.").withKey('M'),
              text("units", 'u', "UNIT", "What numbers count: bytes, kB, MB, GB, TB or PB."),
              Option.flag("kilobytes", "The same as --units kB.").withKey('k'),
              Option.flag("megabytes", "The same as --units MB, which is so without it.")
                  .withKey('m')),
          List.of(
              new Example(
                  "Folders of their own, and all the others",
                  "check_disk -w 10% -c 5% -p /tmp -p /var -C -w 100000 -c 50000"),
              new Example(
                  "All that are on disks, and whether they can be written",
                  "check_disk -w 10% -c 5% -W 10% -K 5% --read-only -l -X tmpfs -X devtmpfs")));

  private DiskTable() {}

  private static Option text(String name, char key, String placeholder, String doc) {
    return Option.of(name, Type.TEXT, placeholder, doc).withKey(key).thatRepeats();
  }

  private static Option likeIt(String name, String placeholder, String other) {
    return Option.of(name, Type.TEXT, placeholder, "The same as --" + other + ".").thatRepeats();
  }
}
