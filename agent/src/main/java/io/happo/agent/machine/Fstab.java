package io.happo.agent.machine;

import io.happo.agent.checks.Machine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /etc/fstab} wants mounted (fstab(5)).
 *
 * @param device such as {@code /dev/sda1}, {@code UUID=...} or {@code server:/folder}
 * @param directory where
 * @param types one or more, or {@code auto}
 */
record Fstab(String device, String directory, List<String> types, List<String> options) {
  /** Types that are never writable, whatever the options. */
  private static final List<String> READ_ONLY_TYPES =
      List.of("iso9660", "squashfs", "erofs", "cramfs");

  /** All lines but those for swap. */
  static List<Fstab> all(Machine machine) throws IOException {
    var all = new ArrayList<Fstab>();
    var text = new String(machine.bytes("/etc/fstab"), StandardCharsets.ISO_8859_1);
    for (var line : text.split("\n", -1)) {
      var words = line.strip().split("[ \t]+", -1);
      if (words.length < 3
          || words[0].startsWith("#")
          || words[2].equals("swap")
          || !words[1].startsWith("/")) {
        continue;
      }
      var directory = Mount.text(Mount.unescaped(words[1]));
      boolean hasSlash = directory.length() > 1 && directory.endsWith("/");
      all.add(
          new Fstab(
              Mount.text(Mount.unescaped(words[0])),
              hasSlash ? directory.substring(0, directory.length() - 1) : directory,
              List.of(words[2].split(",", -1)),
              List.of((words.length > 3 ? words[3] : "defaults").split(",", -1))));
    }
    return all;
  }

  /** The line for a directory; null when there is none. */
  static @Nullable Fstab of(String directory, List<Fstab> all) {
    for (var one : all) {
      if (one.directory().equals(directory)) {
        return one;
      }
    }
    return null;
  }

  /** Whether it is mounted only when somebody asks for it. */
  boolean isOnDemand() {
    return options.contains("noauto") || types.contains("ignore");
  }

  boolean wantsWritable() {
    return !options.contains("ro") && canBeWritable(types);
  }

  static boolean canBeWritable(List<String> types) {
    for (var type : types) {
      if (READ_ONLY_TYPES.contains(type)) {
        return false;
      }
    }
    return true;
  }
}
