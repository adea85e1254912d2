package io.happo.agent.facts;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What of a machine is worth checks of its own: each a fact, there only where it is so, that a plan
 * may choose by.
 */
final class Discovery {
  private static final String YES = "true";
  private static final int LONGEST_WORD = 40;

  private Discovery() {}

  /** Adds what there is. */
  static void add(Map<String, String> facts, Path root) {
    if (Files.isDirectory(root.resolve("run/systemd/system"))) {
      facts.put("init", "systemd");
    }
    if (Files.exists(root.resolve("run/docker.sock"))) {
      facts.put("containers", "docker");
    } else if (Files.exists(root.resolve("run/podman/podman.sock"))) {
      facts.put("containers", "podman");
    }
    if (hasSwap(root)) {
      facts.put("swap", YES);
    }
    if (hasArray(root)) {
      facts.put("mdRaid", YES);
    }
    if (hasSensor(root.resolve("sys/class/hwmon"))) {
      facts.put("sensors", YES);
    }
    if (hasFolder(root.resolve("etc/letsencrypt/live"))) {
      facts.put("certificates", "letsencrypt");
    }
    var virtualization = Virtualization.of(root);
    if (virtualization != null) {
      facts.put("virtualization", cut(virtualization));
    }
  }

  /**
   * It may be whatever somebody gave a container as a variable; a hub takes no text of any length.
   */
  private static String cut(String word) {
    return word.substring(0, Math.min(word.length(), LONGEST_WORD));
  }

  /** Below its head the file has a line for each. */
  private static boolean hasSwap(Path root) {
    return SmallFiles.textOrNothing(root.resolve("proc/swaps")).indexOf('\n') > 0;
  }

  private static boolean hasArray(Path root) {
    return SmallFiles.textOrNothing(root.resolve("proc/mdstat")).contains("\nmd");
  }

  private static boolean hasSensor(Path folder) {
    for (var chip : SmallFiles.names(folder)) {
      for (var name : SmallFiles.names(folder.resolve(chip))) {
        if (name.startsWith("temp") && name.endsWith("_input")) {
          return true;
        }
      }
    }
    return false;
  }

  /** Certbot lays a folder there for each certificate, beside a README. */
  private static boolean hasFolder(Path folder) {
    for (var name : SmallFiles.names(folder)) {
      if (Files.isDirectory(folder.resolve(name))) {
        return true;
      }
    }
    return false;
  }
}
