package io.happo.agent.facts;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a system runs in, by the words of systemd-detect-virt(1): a container, a virtual machine,
 * both or neither. Told by what they leave in files; no instruction of the processor is asked.
 */
public final class Virtualization {
  private static final String DMI = "sys/class/dmi/id/";

  /** Beginnings of what the firmware says of itself, and what that is. */
  private static final String[][] FIRMWARE = {
    {"amazon ec2", "amazon"},
    {"google compute engine", "google"},
    {"vmware", "vmware"},
    {"innotek gmbh", "oracle"},
    {"virtualbox", "oracle"},
    {"oracle corporation virtualbox", "oracle"},
    {"xen", "xen"},
    {"bochs", "bochs"},
    {"parallels", "parallels"},
    {"bhyve", "bhyve"},
    {"apple virtualization", "apple"},
    {"kvm", "kvm"},
    {"openstack", "kvm"},
    {"rhev", "kvm"},
    {"red hat kvm", "kvm"},
    {"qemu", "qemu"},
  };

  private Virtualization() {}

  /** The container, else the virtual machine that a system runs in; null on bare metal. */
  static @Nullable String of(Path root) {
    var container = container(root);
    return container == null ? machine(root) : container;
  }

  /** The container that a system runs in, such as {@code docker} or {@code lxc}; null for none. */
  public static @Nullable String container(Path root) {
    var told = SmallFiles.textOrNothing(root.resolve("run/systemd/container"));
    if (!told.isEmpty()) {
      return told.lines().findFirst().orElse(told);
    }
    if (Files.exists(root.resolve("run/.containerenv"))) {
      return "podman";
    }
    if (Files.exists(root.resolve(".dockerenv"))) {
      return "docker";
    }
    if (Files.exists(root.resolve("proc/vz")) && !Files.exists(root.resolve("proc/bc"))) {
      return "openvz";
    }
    var kernel = SmallFiles.textOrNothing(root.resolve("proc/sys/kernel/osrelease"));
    if (kernel.contains("Microsoft") || kernel.contains("WSL")) {
      return "wsl";
    }
    return ofFirstProcess(SmallFiles.textOrNothing(root.resolve("proc/1/environ")));
  }

  /** What starts a container says so to its first process; only root may see that. */
  private static @Nullable String ofFirstProcess(String environment) {
    for (var variable : environment.split("\0", -1)) {
      if (variable.startsWith("container=") && variable.length() > "container=".length()) {
        return variable.substring("container=".length());
      }
    }
    return null;
  }

  /** The virtual machine that a system runs in, such as {@code kvm}; null for none. */
  public static @Nullable String machine(Path root) {
    var vendor = dmi(root, "sys_vendor");
    var product = dmi(root, "product_name");
    if (vendor.equals("amazon ec2")
        && (product.endsWith(".metal") || product.contains(".metal-"))) {
      return null;
    }
    if (vendor.equals("microsoft corporation") && product.equals("virtual machine")) {
      return "microsoft";
    }
    var found = ofFirmware(product);
    found = found == null ? ofFirmware(vendor) : found;
    found = found == null ? ofFirmware(dmi(root, "bios_vendor")) : found;
    if (found != null && !found.equals("qemu")) {
      return found;
    }
    var clocks =
        SmallFiles.textOrNothing(
            root.resolve("sys/devices/system/clocksource/clocksource0/available_clocksource"));
    if (clocks.contains("kvm-clock")) {
      return "kvm"; // QEMU alone would be slower, and has no such clock.
    }
    if (found != null) {
      return found;
    }
    var hypervisor = SmallFiles.textOrNothing(root.resolve("sys/hypervisor/type"));
    if (!hypervisor.isEmpty()) {
      return hypervisor;
    }
    // The first processor is enough: in all of them it is the same.
    var processor = SmallFiles.textOrNothing(root.resolve("proc/cpuinfo"));
    return processor.contains(" hypervisor ") ? "vm-other" : null;
  }

  private static String dmi(Path root, String name) {
    return SmallFiles.textOrNothing(root.resolve(DMI + name)).toLowerCase(Locale.ROOT);
  }

  private static @Nullable String ofFirmware(String text) {
    for (var known : FIRMWARE) {
      if (text.startsWith(known[0])) {
        return known[1];
      }
    }
    return null;
  }
}
