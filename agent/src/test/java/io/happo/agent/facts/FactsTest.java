package io.happo.agent.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FactsTest {
  @TempDir Path root;

  private void file(String name, String text) throws IOException {
    var file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void facts_are_read_from_the_machines_files_and_its_id_does_not_leave_it() throws Exception {
    file("proc/sys/kernel/hostname", "web-01\n");
    file("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    file("proc/sys/kernel/random/boot_id", "boot-1\n");
    file("proc/meminfo", "MemTotal:       16384 kB\nMemFree: 1 kB\n");
    file("etc/os-release", "PRETTY_NAME=\"x\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID='13'\n");
    var facts = Facts.gather(root, Map.of());
    assertThat(facts)
        .containsEntry("hostname", "web-01")
        .containsEntry("bootId", "boot-1")
        .containsEntry("memoryBytes", "16777216")
        .containsEntry("os", Facts.os(System.getProperty("os.name")))
        .containsEntry("distribution", "Debian GNU/Linux")
        .containsEntry("osVersion", "13")
        .containsKeys("kernel", "arch", "cpus");
    assertThat(facts.get("machineId")).matches("[0-9a-f]{64}");
    assertThat(facts.toString()).doesNotContain("0123456789abcdef0123456789abcdef");
  }

  @Test
  void the_system_is_named_as_plans_name_it() {
    assertThat(Facts.os("Linux")).isEqualTo("linux");
    assertThat(Facts.os("Windows Server 2022")).isEqualTo("windows");
    assertThat(Facts.os("Mac OS X")).isEqualTo("darwin");
  }

  @Test
  void what_is_not_there_is_left_out() throws Exception {
    file("proc/meminfo", "MemTotal: many kB");
    var facts = Facts.gather(root, Map.of("COMPUTERNAME", "WIN-7"));
    assertThat(facts)
        .containsEntry("hostname", "WIN-7")
        .containsKeys("os", "bootId")
        .doesNotContainKeys("machineId", "memoryBytes", "osVersion");
    assertThat(Facts.gather(root, Map.of())).containsEntry("bootId", facts.get("bootId"));
  }

  @Test
  void what_has_checks_of_its_own_is_discovered() throws Exception {
    file("run/systemd/system/x", "");
    file("run/docker.sock", "");
    file("proc/swaps", "Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n");
    file("proc/mdstat", "Personalities : [raid1]\nmd0 : active raid1 sdb1[1] sda1[0]\n");
    file("sys/class/hwmon/hwmon0/name", "nvme\n");
    file("sys/class/hwmon/hwmon1/temp1_input", "42000\n");
    file("etc/letsencrypt/live/README", "");
    file("etc/letsencrypt/live/www.example.com/fullchain.pem", "");
    file("sys/class/dmi/id/sys_vendor", "QEMU\n");
    file("sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc kvm-clock\n");
    assertThat(Facts.gather(root, Map.of()))
        .containsEntry("init", "systemd")
        .containsEntry("containers", "docker")
        .containsEntry("swap", "true")
        .containsEntry("mdRaid", "true")
        .containsEntry("sensors", "true")
        .containsEntry("certificates", "letsencrypt")
        .containsEntry("virtualization", "kvm");
  }

  @Test
  void what_a_machine_does_not_have_is_no_fact() throws Exception {
    file("run/podman/podman.sock", "");
    file("proc/swaps", "Filename Type Size Used Priority\n");
    file("proc/mdstat", "Personalities : [raid1]\nunused devices: <none>\n");
    file("sys/class/hwmon/hwmon0/in0_input", "1\n");
    file("etc/letsencrypt/live/README", "");
    file("sys/class/dmi/id/sys_vendor", "Dell Inc.\n");
    file("proc/cpuinfo", "processor : 0\nflags : fpu sse\n");
    assertThat(Facts.gather(root, Map.of()))
        .containsEntry("containers", "podman")
        .doesNotContainKeys("init", "swap", "mdRaid", "sensors", "certificates", "virtualization");
  }

  @ParameterizedTest
  @CsvSource({
    "Amazon EC2, m5.large, amazon",
    "Amazon EC2, m5.metal, ",
    "Google, Google Compute Engine, google",
    "Google, Banon, ",
    "Microsoft Corporation, Virtual Machine, microsoft",
    "Microsoft Corporation, Surface Laptop 5, ",
    "'VMware, Inc.', 'VMware20,1', vmware",
    "innotek GmbH, VirtualBox, oracle",
    "Xen, HVM domU, xen",
    "QEMU, Standard PC (Q35 + ICH9; 2009), qemu",
    "OpenStack Foundation, OpenStack Nova, kvm"
  })
  void virtual_machine_is_told_by_its_firmware(String vendor, String product, String word)
      throws Exception {
    file("sys/class/dmi/id/sys_vendor", vendor + "\n");
    file("sys/class/dmi/id/product_name", product + "\n");
    assertThat(Virtualization.machine(root)).isEqualTo(word);
  }

  @ParameterizedTest
  @CsvSource({
    "run/systemd/container, systemd-nspawn, systemd-nspawn",
    "run/.containerenv, engine, podman",
    ".dockerenv, '', docker",
    "proc/vz/x, '', openvz",
    "proc/sys/kernel/osrelease, 5.15.1-microsoft-standard-WSL2, wsl",
    "proc/1/environ, 'TERM=linux\0container=lxc\0', lxc"
  })
  void container_is_told_by_what_it_leaves(String file, String text, String word) throws Exception {
    file("sys/class/dmi/id/sys_vendor", "QEMU");
    file(file, text.replace("\\0", "\0"));
    assertThat(Facts.gather(root, Map.of())).containsEntry("virtualization", word);
  }

  @Test
  void processor_tells_of_a_virtual_machine_whose_firmware_does_not() throws Exception {
    file("proc/cpuinfo", "processor : 0\nflags : fpu x2apic hypervisor lahf_lm\n");
    assertThat(Facts.gather(root, Map.of())).containsEntry("virtualization", "vm-other");
    file("sys/hypervisor/type", "xen\n");
    assertThat(Facts.gather(root, Map.of())).containsEntry("virtualization", "xen");
  }

  @Test
  void facts_of_this_machine_are_there() {
    assertThat(Facts.gather()).containsKeys("hostname", "kernel", "os", "bootId");
  }
}
