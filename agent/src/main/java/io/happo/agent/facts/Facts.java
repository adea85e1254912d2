package io.happo.agent.facts;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an agent tells of its machine: read from files and the environment, without starting or
 * asking anything. What is not there is left out.
 */
public final class Facts {
  /** Stands for the boot on a machine whose kernel names none: the life of this process. */
  private static final class ProcessId {
    static final String VALUE = UUID.randomUUID().toString();
  }

  private Facts() {}

  /** The facts by name. */
  public static Map<String, String> gather() {
    return gather(Path.of("/"), System.getenv());
  }

  static Map<String, String> gather(Path root, Map<String, String> environment) {
    var facts = new TreeMap<String, String>();
    put(facts, "hostname", hostname(root, environment));
    put(facts, "kernel", System.getProperty("os.version"));
    put(facts, "arch", System.getProperty("os.arch"));
    put(facts, "machineId", digest(first(root, "etc/machine-id", "var/lib/dbus/machine-id")));
    put(facts, "bootId", bootId(root));
    facts.put("cpus", Integer.toString(Runtime.getRuntime().availableProcessors()));
    put(facts, "memoryBytes", memory(first(root, "proc/meminfo")));
    var release = first(root, "etc/os-release", "usr/lib/os-release");
    facts.put("os", os(System.getProperty("os.name", "")));
    put(facts, "distribution", release == null ? null : SmallFiles.value(release, "NAME"));
    put(facts, "osVersion", release == null ? null : SmallFiles.value(release, "VERSION_ID"));
    Discovery.add(facts, root);
    return facts;
  }

  /** The name of this machine now; empty when nothing says it. */
  public static String hostname() {
    var name = hostname(Path.of("/"), System.getenv());
    return name == null ? "" : name;
  }

  private static @Nullable String hostname(Path root, Map<String, String> environment) {
    var name = first(root, "proc/sys/kernel/hostname", "etc/hostname");
    return name == null
        ? environment.getOrDefault("COMPUTERNAME", environment.get("HOSTNAME"))
        : name;
  }

  /** Changes with each start of the kernel. */
  public static String bootId() {
    return bootId(Path.of("/"));
  }

  private static String bootId(Path root) {
    var id = first(root, "proc/sys/kernel/random/boot_id");
    return id == null ? ProcessId.VALUE : id;
  }

  /** The system as plans name it: linux, windows or darwin; others as they call themselves. */
  static String os(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    return lower.startsWith("windows") ? "windows" : lower.startsWith("mac") ? "darwin" : lower;
  }

  private static void put(Map<String, String> facts, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      facts.put(name, value);
    }
  }

  /** The text of the first of these files that can be read. */
  private static @Nullable String first(Path root, String... files) {
    for (var file : files) {
      var text = SmallFiles.text(root.resolve(file));
      if (text != null) {
        return text;
      }
    }
    return null;
  }

  /**
   * The id of a machine is confidential (machine-id(5)): what leaves it is an id of this program on
   * that machine.
   */
  private static @Nullable String digest(@Nullable String machineId) {
    if (machineId == null || machineId.isEmpty()) {
      return null;
    }
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(("happo\n" + machineId).getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code MemTotal: 16384 kB}. */
  private static @Nullable String memory(@Nullable String meminfo) {
    if (meminfo == null || !meminfo.startsWith("MemTotal:")) {
      return null;
    }
    int end = meminfo.indexOf(" kB");
    try {
      return Long.toString(
          1_024 * Long.parseLong(meminfo.substring("MemTotal:".length(), end).strip()));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      return null;
    }
  }
}
