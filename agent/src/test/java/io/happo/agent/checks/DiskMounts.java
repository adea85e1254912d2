package io.happo.agent.checks;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A program that makes file systems in its mount namespace, asks about them as {@link Parity} does,
 * and tells in what the answers differ: a line for each case in the file {@code found}, its
 * arguments and the differences with tabs between them.
 */
final class DiskMounts {
  private static final int LOOKS = 3;
  private static final String BAR = "bar|x";

  private final Path m;

  private DiskMounts(Path folder) {
    m = folder;
  }

  /** Takes the folder for the mounts, that of what checks keep, and the file for what is found. */
  public static void main(String[] args) throws Exception {
    var folder = Path.of(args[0]);
    var mounts = new DiskMounts(folder);
    mounts.make();
    var places = new HashMap<>(Map.of("m", folder.toString()));
    mounts.makeLoop(places);
    var found = new ArrayList<String>();
    var parity = new Parity(Path.of(args[1]));
    for (var one : Parity.cases("check_disk", places)) {
      if (one.arguments().contains(BAR)) { // Last, since it spoils what the plugin says.
        mounts.tmpfs("tbar", "size=4m", BAR);
      }
      boolean exact = one.arguments().contains(folder.toString());
      if (!one.arguments().contains("{ext4}") && !one.arguments().contains("{loop}")) {
        var line = new ArrayList<>(look(parity, one, exact));
        line.addFirst(one.arguments());
        found.add(String.join("\t", line));
      }
    }
    Files.write(Path.of(args[2]), found);
  }

  private void make() throws IOException, InterruptedException {
    tmpfs("none", "size=1m", "");
    tmpfs("ta", "size=100m,nr_inodes=1000", "a");
    Files.write(m.resolve("a/file"), new byte[30_000_000]);
    Files.createDirectory(m.resolve("a/sub"));
    tmpfs("tb", "size=50m,nr_inodes=5000", "b");
    Files.createDirectory(m.resolve("b/sub"));
    tmpfs("tcd", "size=8m", "c d");
    tmpfs("tro", "size=4m,ro", "ro");
    tmpfs("tfull", "size=5m,nr_inodes=0", "full");
    Files.write(m.resolve("full/file"), new byte[5_000_000]);
    tmpfs("te", "size=4m", "e=e");
    tmpfs("td", "size=3m", "data");
    tmpfs("host:/x", "size=3m", "rem");
    tmpfs("//host/x", "size=3m", "sm");
    tmpfs("o1", "size=2m", "over");
    tmpfs("o2", "size=3m", "over");
    Files.createDirectory(m.resolve("data2"));
    Files.createDirectory(m.resolve("bind"));
    run("mount", "--bind", m + "/a/sub", m + "/bind");
    Files.createSymbolicLink(m.resolve("link"), m.resolve("b"));
  }

  private void tmpfs(String device, String options, String name)
      throws IOException, InterruptedException {
    var folder = m.resolve(name);
    Files.createDirectories(folder);
    run("mount", "-t", "tmpfs", "-o", options, device, folder.toString());
  }

  /** A file system in a file, where the machine lets one: root has loop devices. */
  private void makeLoop(Map<String, String> places) throws IOException, InterruptedException {
    var folder = Files.createDirectory(m.resolve("ext4"));
    var image = m.resolve("a/image");
    try (var file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(20 << 20);
    }
    if (tries("mkfs.ext4", "-q", image.toString())
        && tries("mount", "-o", "loop", image.toString(), folder.toString())) {
      Files.write(folder.resolve("file"), new byte[8_000_000]);
      places.put("ext4", folder.toString());
      for (var line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
        if (line.contains(" " + folder + " ")) {
          places.put("loop", line.substring(0, line.indexOf(' ')));
        }
      }
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    if (!tries(command)) {
      throw new IOException(String.join(" ", command) + " failed");
    }
  }

  private static boolean tries(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The differences; of a case that is to differ, that it does not. */
  private static List<String> look(Parity parity, Parity.Case one, boolean isExact)
      throws Exception {
    var differences = List.<String>of();
    for (int i = 0; i < LOOKS; i++) { // Between the two looks the machine may have changed.
      var theirs = parity.theirs(one);
      var ours = parity.ours(one);
      differences = new ArrayList<>(Parity.differences(theirs, ours));
      if (isExact && ours.status() != 3 && !theirs.output().equals(ours.output())) {
        differences.add("said '" + ours.output() + "', theirs '" + theirs.output() + "'");
      }
      if (one.difference().isPresent()) {
        differences =
            differences.isEmpty() ? List.of("differs no more: take the mark away") : List.of();
      }
      if (differences.isEmpty()) {
        break;
      }
    }
    return differences.stream().map(line -> line.replace('\n', ' ').replace('\t', ' ')).toList();
  }
}
