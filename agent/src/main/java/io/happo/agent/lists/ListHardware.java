package io.happo.agent.lists;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.Tables;
import io.happo.agent.facts.SmallFiles;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code list_hardware}: what the kernel tells of the machine in {@code /proc/cpuinfo}, {@code
 * /proc/meminfo} and sysfs(5), in which the firmware (DMI), disks, network cards and PCI devices
 * have folders.
 */
final class ListHardware implements BuiltinCheck {
  private static final Command TABLE =
      Tables.list(
          "list_hardware",
          "Processors, memory, board, disks, network cards and PCI devices",
          List.of(
              "What is not known is left out; serial numbers are known to root alone. Disks and"
                  + " network cards that are made by software (loop, RAID, bridges) do not count."
                  + " PCI devices are listed by the ids of their vendor and kind, as lspci -n does."),
          List.of(),
          List.of(new Example("Of this machine", "list_hardware")));

  private static final int SECTOR_BYTES = 512; // Of sysfs, whatever the disk has.

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine) throws CheckException, InterruptedException {
    var list = new Listing();
    list.next("cpu", processors(machine));
    list.next("memory", memory(machine));
    firmware(list, machine);
    disks(list, machine.file("/sys/block"));
    networkCards(list, machine.file("/sys/class/net"));
    devices(list, machine.file("/sys/bus/pci/devices"));
    if (list.isEmpty()) {
      throw CheckException.unknown(
          "this list is made on Linux alone: nothing is told by /proc/cpuinfo, /proc/meminfo and"
              + " /sys");
    }
    return list.finding();
  }

  private static String processors(Machine machine) throws InterruptedException {
    var packages = new HashSet<String>();
    var cores = new HashSet<String>();
    int threads = 0;
    var folder = machine.file("/sys/devices/system/cpu");
    for (var name : SmallFiles.names(folder)) {
      var topology = folder.resolve(name).resolve("topology");
      var core = SmallFiles.text(topology.resolve("core_id"));
      if (core != null && name.startsWith("cpu")) {
        var inPackage = SmallFiles.textOrNothing(topology.resolve("physical_package_id"));
        packages.add(inPackage);
        // Cores are counted anew in each package, and in each die of one.
        var die = SmallFiles.textOrNothing(topology.resolve("die_id"));
        cores.add(inPackage + " " + die + " " + core);
        threads++;
      }
    }
    var model = model(machine.file("/proc/cpuinfo"));
    return threads == 0
        ? model
        : (model.isEmpty() ? "" : model + ", ")
            + count(packages.size(), "socket")
            + ", "
            + count(cores.size(), "core")
            + ", "
            + count(threads, "thread");
  }

  private static String count(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  /** Of x86 and others; Arm tells numbers alone, those of the maker and of the kind. */
  private static String model(Path file) throws InterruptedException {
    var maker = "";
    try (var lines = new Lines(file)) {
      while (lines.next()) {
        var line = lines.begins("flags") ? "" : lines.from(0);
        var value = line.substring(line.indexOf(':') + 1).strip();
        if (line.startsWith("model name") || line.startsWith("cpu\t")) {
          return value;
        }
        if (line.startsWith("CPU implementer")) {
          maker = value;
        } else if (line.startsWith("CPU part")) {
          return "Arm, implementer " + maker + ", part " + value;
        }
      }
    } catch (IOException e) {
      // Then it is not known.
    }
    return "";
  }

  private static @Nullable String memory(Machine machine) {
    var text = SmallFiles.textOrNothing(machine.file("/proc/meminfo"));
    int end = text.indexOf(" kB");
    try {
      return text.startsWith("MemTotal:")
          ? Long.parseLong(text.substring("MemTotal:".length(), end).strip()) / 1024 + " MiB"
          : null;
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      return null;
    }
  }

  private static void firmware(Listing list, Machine machine) {
    var folder = machine.file("/sys/class/dmi/id");
    list.next("vendor", SmallFiles.text(folder.resolve("sys_vendor")));
    list.next("product", joined(folder, "product_name", "product_version"));
    list.next("serial number", SmallFiles.text(folder.resolve("product_serial")));
    list.next("board", joined(folder, "board_vendor", "board_name", "board_version"));
    list.next("board serial number", SmallFiles.text(folder.resolve("board_serial")));
    list.next("firmware", joined(folder, "bios_vendor", "bios_version", "bios_date"));
    if (!Files.isDirectory(folder)) {
      var model = SmallFiles.textOrNothing(machine.file("/proc/device-tree/model"));
      list.next("product", model.replace("\0", ""));
    }
  }

  private static String joined(Path folder, String... names) {
    var text = new StringBuilder();
    for (var name : names) {
      var value = SmallFiles.textOrNothing(folder.resolve(name));
      text.append(text.isEmpty() || value.isEmpty() ? "" : " ").append(value);
    }
    return text.toString();
  }

  private static void disks(Listing list, Path folder) {
    for (var name : SmallFiles.names(folder)) {
      var disk = folder.resolve(name);
      boolean isReal =
          Files.exists(disk.resolve("device"))
              && !name.startsWith("sr")
              && !name.startsWith("fd")
              && !SmallFiles.textOrNothing(disk.resolve("hidden")).equals("1");
      if (isReal) {
        var vendor = SmallFiles.textOrNothing(disk.resolve("device/vendor"));
        var model = SmallFiles.textOrNothing(disk.resolve("device/model"));
        // That of SATA disks is ATA, and virtio tells the number of its maker.
        var known = vendor.isEmpty() || vendor.equals("ATA") || vendor.startsWith("0x");
        var text = new StringBuilder("disk ").append(name).append(": ");
        text.append(size(SmallFiles.textOrNothing(disk.resolve("size"))));
        add(text, known ? model : vendor + " " + model);
        add(text, is(disk, "queue/rotational") ? "rotational" : "");
        add(text, is(disk, "removable") ? "removable" : "");
        list.next(text.toString());
      }
    }
  }

  private static String size(String sectors) {
    try {
      return Fixed.of(Long.parseLong(sectors) * (double) SECTOR_BYTES / 1e9, 1) + " GB";
    } catch (NumberFormatException e) {
      return "size not known";
    }
  }

  private static boolean is(Path folder, String name) {
    return SmallFiles.textOrNothing(folder.resolve(name)).equals("1");
  }

  private static void add(StringBuilder text, String more) {
    text.append(more.isBlank() ? "" : ", " + more.strip());
  }

  private static void networkCards(Listing list, Path folder) {
    for (var name : SmallFiles.names(folder)) {
      var card = folder.resolve(name);
      if (Files.exists(card.resolve("device"))) {
        var text = new StringBuilder("network card ").append(name).append(": ");
        text.append(driver(card.resolve("device/driver")));
        add(text, SmallFiles.textOrNothing(card.resolve("address")));
        var speed = SmallFiles.textOrNothing(card.resolve("speed"));
        // Without a link there is none, or -1, as in virtual machines.
        add(text, speed.isEmpty() || speed.startsWith("-") ? "" : speed + " Mbit/s");
        list.next(text.toString());
      }
    }
  }

  private static String driver(Path link) {
    try {
      return String.valueOf(Files.readSymbolicLink(link).getFileName());
    } catch (IOException | UnsupportedOperationException e) {
      return "driver not known";
    }
  }

  private static void devices(Listing list, Path folder) {
    for (var name : SmallFiles.names(folder)) {
      var device = folder.resolve(name);
      list.next(
          "pci "
              + name
              + ": "
              + id(device, "class")
              + " "
              + id(device, "vendor")
              + ":"
              + id(device, "device"));
    }
  }

  private static String id(Path device, String name) {
    var id = SmallFiles.textOrNothing(device.resolve(name));
    return id.startsWith("0x") ? id.substring(2) : id;
  }
}
