package io.happo.agent.lists;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.cli.AllChecks;
import io.happo.agent.machine.MadeMachine;
import io.happo.core.link.Item;
import io.happo.program.cli.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListsTest {
  @TempDir Path folder;
  private MadeMachine machine;

  @BeforeEach
  void begin() {
    machine = new MadeMachine(folder, new Lists());
  }

  private void link(String path, String target) throws IOException {
    var link = machine.root.resolve(path.substring(1));
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of(target));
  }

  @Test
  void every_list_is_found_by_its_name_behind_all_checks() {
    var lists = new Lists();
    assertThat(lists.names()).isSorted();
    assertThat(new AllChecks().names()).endsWith(lists.names().toArray(new String[0]));
    for (var name : lists.names()) {
      var list = new AllChecks().find(name);
      assertThat(list == null ? "" : list.table().name()).isEqualTo(name);
      assertThat(machine.says(name + " --help")).contains("30:UNKNOWN");
      assertThat(machine.says(name + " -V"))
          .isEqualTo("3: " + name + " v" + Version.number() + " (happo-agent)");
      assertThat(machine.says(name + " more")).startsWith("3: " + name + ": does not take");
    }
    assertThat(lists.find("list_nothing")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"list_hardware", "list_os", "list_packages", "list_ports", "list_users"})
  void list_that_cannot_be_had_is_unknown_and_says_why(String name) {
    assertThat(machine.says(name)).startsWith("3: UNKNOWN - ").doesNotContain("fault");
  }

  /** That it ends well wherever tests run, and twice with the same. */
  @ParameterizedTest
  @ValueSource(strings = {"list_hardware", "list_os", "list_packages", "list_users"})
  void list_of_this_machine_is_the_same_each_time(String name) {
    var here = new Here(folder);
    assertThat(here.says(name)).startsWith("0: ").isEqualTo(here.says(name));
  }

  @Test
  void system_is_told_with_what_it_runs_in() throws IOException {
    machine
        .with(
            "/etc/os-release", "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"13\"\nVERSION=\"13 (t)\"\n")
        .with("/etc/debian_version", "13.2\n")
        .with("/proc/sys/kernel/osrelease", "6.12.9\n")
        .with("/proc/sys/kernel/version", "#1 SMP Debian 6.12.9-1 (2026-01-01)\n")
        .with("/proc/sys/kernel/hostname", "web-07\n")
        .with("/sys/class/dmi/id/sys_vendor", "QEMU\n")
        .with("/run/systemd/container", "lxc\n")
        .with("/proc/1/comm", "tini\n")
        .with("/etc/default/locale", "#  File\nLANG=\"de_DE.UTF-8\"\n");
    link("/etc/localtime", "../usr/share/zoneinfo/Europe/Berlin");
    assertThat(machine.says("list_os"))
        .isEqualTo(
            "0: name: Debian GNU/Linux\nversion: 13 (t)\ndebian: 13.2\nkernel: 6.12.9\n"
                + "kernel build: #1 SMP Debian 6.12.9-1 (2026-01-01)\narchitecture: "
                + System.getProperty("os.arch")
                + "\nhost name: web-07\nvirtual machine: qemu\ncontainer: lxc\ninit: tini\n"
                + "time zone: Europe/Berlin\nlocale: de_DE.UTF-8");
  }

  @Test
  void hardware_is_told_by_the_kernel_and_the_firmware() throws IOException {
    for (int cpu = 0; cpu < 8; cpu++) {
      machine
          .with("/sys/devices/system/cpu/cpu" + cpu + "/topology/core_id", cpu / 2 % 2 + "\n")
          .with(
              "/sys/devices/system/cpu/cpu" + cpu + "/topology/physical_package_id",
              cpu / 4 + "\n");
    }
    machine
        .with("/sys/devices/system/cpu/cpufreq/x", "")
        .with("/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu\nmodel name\t: Xeon 5\n")
        .with("/proc/meminfo", "MemTotal:       16384000 kB\nMemFree: 1 kB\n")
        .with("/sys/class/dmi/id/sys_vendor", "Dell Inc.\n")
        .with("/sys/class/dmi/id/product_name", "PowerEdge R640\n")
        .with("/sys/class/dmi/id/product_serial", "ABC123\n")
        .with("/sys/class/dmi/id/bios_vendor", "Dell Inc.\n")
        .with("/sys/class/dmi/id/bios_version", "2.1\n")
        .with("/sys/block/sda/size", "1953525168\n")
        .with("/sys/block/sda/queue/rotational", "1\n")
        .with("/sys/block/sda/device/vendor", "ATA     \n")
        .with("/sys/block/sda/device/model", "ST1000  \n")
        .with("/sys/block/sdb/size", "many\n")
        .with("/sys/block/sdb/removable", "1\n")
        .with("/sys/block/sdb/device/vendor", "SanDisk\n")
        .with("/sys/block/sdb/device/model", "Ultra\n")
        .with("/sys/block/loop0/size", "8\n")
        .with("/sys/block/sr0/device/model", "DVD\n")
        .with("/sys/class/net/eth0/address", "52:54:00:12:34:56\n")
        .with("/sys/class/net/eth0/speed", "1000\n")
        .with("/sys/class/net/eth0/device/vendor", "0x1\n")
        .with("/sys/class/net/eth1/speed", "-1\n")
        .with("/sys/class/net/eth1/device/vendor", "0x1\n")
        .with("/sys/class/net/br0/address", "52:54:00:12:34:56\n")
        .with("/sys/bus/pci/devices/0000:00:1f.2/class", "0x010601\n")
        .with("/sys/bus/pci/devices/0000:00:1f.2/vendor", "0x8086\n")
        .with("/sys/bus/pci/devices/0000:00:1f.2/device", "0x2922\n");
    link("/sys/class/net/eth0/device/driver", "../../../bus/pci/drivers/e1000e");
    assertThat(machine.says("list_hardware"))
        .isEqualTo(
            """
            0: cpu: Xeon 5, 2 sockets, 4 cores, 8 threads
            memory: 16000 MiB
            vendor: Dell Inc.
            product: PowerEdge R640
            serial number: ABC123
            firmware: Dell Inc. 2.1
            disk sda: 1000.2 GB, ST1000, rotational
            disk sdb: size not known, SanDisk Ultra, removable
            network card eth0: e1000e, 52:54:00:12:34:56, 1000 Mbit/s
            network card eth1: driver not known
            pci 0000:00:1f.2: 010601 8086:2922""");
  }

  @Test
  void processor_of_arm_is_told_by_its_numbers() throws IOException {
    machine
        .with(
            "/proc/cpuinfo",
            "processor\t: 0\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: 0xd0c\n")
        .with("/proc/device-tree/model", "Raspberry Pi 4\0");
    assertThat(machine.says("list_hardware"))
        .isEqualTo("0: cpu: Arm, implementer 0x41, part 0xd0c\nproduct: Raspberry Pi 4");
  }

  @Test
  void packages_of_dpkg_are_listed_but_not_what_is_left_of_removed_ones() throws IOException {
    machine.with(
        "/var/lib/dpkg/status",
        "Package: zsh\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.9-4\n"
            + "Description: a\n Package: b\n\nPackage: gone\nStatus: deinstall ok config-files\n"
            + "Architecture: amd64\nVersion: 1\n\nPackage: bash\nStatus: hold ok installed\n"
            + "Version: 5.2\nArchitecture: arm64\nConffiles:\n "
            + "x".repeat(100_000));
    assertThat(machine.says("list_packages")).isEqualTo("0: bash 5.2 arm64\nzsh 5.9-4 amd64");
    machine
        .with(
            "/var/lib/dpkg/status.d/base", "Package: base-files\nVersion: 12\nArchitecture: all\n")
        .with("/var/lib/dpkg/status.d/base.md5sums", "Package: sums\n");
    assertThat(machine.says("list_packages")).startsWith("0: base-files 12 all\nbash 5.2 arm64\n");
  }

  @Test
  void packages_of_apk_and_of_pacman_are_listed() throws IOException {
    machine
        .with(
            "/lib/apk/db/installed",
            "C:Q1x=\nP:musl\nV:1.2.5-r0\nA:x86_64\nF:lib\nR:ld\n\nC:Q1y=\nP:busybox\nV:1.36\nA:x86_64\n\n")
        .with(
            "/var/lib/pacman/local/zlib-1:1.3-2/desc",
            "%NAME%\nzlib\n\n%VERSION%\n1:1.3-2\n\n%ARCH%\nx86_64\n\n%DESC%\n%NAME%\nno\n")
        .with("/var/lib/pacman/local/ALPM_DB_VERSION", "9\n");
    assertThat(machine.says("list_packages"))
        .isEqualTo("0: busybox 1.36 x86_64\nmusl 1.2.5-r0 x86_64\nzlib 1:1.3-2 x86_64");
  }

  @Test
  void more_packages_than_an_inventory_holds_are_cut_off_and_that_is_told() throws IOException {
    var text = new StringBuilder();
    for (int i = 20_000; i > 0; i--) {
      text.append("Package: package-").append(100_000 + i).append("\nVersion: 1\n\n");
    }
    machine.with("/var/lib/dpkg/status", text.toString());
    var list = machine.says("list_packages").substring("0: ".length()) + "\n";
    assertThat(list.length()).isBetween(149_900, Item.Inventory.MAX_TEXT);
    assertThat(list)
        .startsWith("package-100001 1\npackage-100002 1\n")
        .endsWith(" 1\n" + Listing.CUT + "\n");
  }

  @Test
  void accounts_are_told_by_their_number_and_without_a_password_of_theirs() throws IOException {
    machine
        .with(
            "/etc/passwd",
            "ada:x:1000:100:Ada,,:/home/ada:/bin/bash\nroot:x:0:0:root:/root:/bin/sh\n"
                + "www:x:33:33::/var/www:/usr/sbin/nologin\nopen::2000:27::/home/o|p:/bin/sh\n"
                + "+@nis::::::\nbroken\n")
        .with("/etc/group", "root:x:0:\nsudo:x:27:ada\ndocker:x:998:ada,www\nusers:x:100:www\n");
    var seen =
        """
        0: root uid=0 gid=0 shell=/bin/sh home=/root
        www uid=33 gid=33 groups=docker shell=/usr/sbin/nologin home=/var/www
        ada uid=1000 gid=100 groups=docker,sudo shell=/bin/bash home=/home/ada
        open uid=2000 gid=27 password=empty groups=sudo shell=/bin/sh home=/home/o,p""";
    assertThat(machine.says("list_users")).isEqualTo(seen);
    machine.with("/etc/shadow", "root:!:1::\nwww:*:1::\nada:$y$j9T$secret:1::\nopen::1::\n");
    assertThat(machine.says("list_users"))
        .contains("root uid=0 gid=0 password=locked ", "www uid=33 gid=33 password=locked ")
        .contains("ada uid=1000 gid=100 password=set ", "open uid=2000 gid=27 password=empty ")
        .doesNotContain("secret");
  }

  @Test
  void ports_are_told_with_the_program_that_holds_them_for_longest() throws IOException {
    var head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid\n";
    var rest = " 00000000:00000000 00:00000000 00000000     0        0 ";
    var any = "00000000000000000000000000000000";
    machine
        .with(
            "/proc/net/tcp",
            head
                + "   0: 0100007F:1F90 00000000:0000 0A"
                + rest
                + "11 1 0 100 0\n"
                + "   1: 00000000:0016 00000000:0000 0A"
                + rest
                + "12 1 0 100 0\n"
                + "   2: 0100007F:1F90 0100007F:9999 01"
                + rest
                + "13 1 0 100 0\n"
                + "broken 0A \n")
        .with(
            "/proc/net/tcp6",
            head
                + "   0: "
                + any
                + ":0016 "
                + any
                + ":0000 0A"
                + rest
                + "14 1 0 100 0\n"
                + "   1: B80D0120000000000000000001000000:1F90 "
                + any
                + ":0000 0A"
                + rest
                + "15 1 0\n"
                + "   2: 0000000000000000FFFF00000100007F:1F91 "
                + any
                + ":0000 0A"
                + rest
                + "16 1 0\n")
        .with(
            "/proc/net/udp",
            head
                + "  10: 00000000:0035 00000000:0000 07"
                + rest
                + "17 2 0 0\n"
                + "  11: 00000000:C001 00000000:0000 07"
                + rest
                + "18 2 0 0\n"
                + "  12: 00000000:CA6C 00000000:0000 07"
                + rest
                + "0 2 0 0\n"
                + "  13: 00000000:C002 08080808:0035 01"
                + rest
                + "19 2 0 0\n")
        .with("/proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
    process(5, "worker", 900, "pipe:[1]", "socket:[12]", "socket:[13]");
    process(40, "ss) hd (x", 100, "socket:[12]", "pipe:[14]", "socket:[14]");
    process(7, "named", 50, "socket:[17]", "socket:[18]");
    machine.with("/proc/self/fd/none", "");
    var seen =
        """
        0: tcp 0.0.0.0:22 ss) hd (x
        tcp [::]:22 ss) hd (x
        tcp 127.0.0.1:8080
        tcp [2001:db8::1]:8080
        tcp [::ffff:127.0.0.1]:8081
        udp 0.0.0.0:53 named
        """;
    assertThat(machine.says("list_ports")).isEqualTo(seen + "udp 0.0.0.0:51820");
    assertThat(machine.says("list_ports --all"))
        .isEqualTo(seen + "udp 0.0.0.0:49153 named\nudp 0.0.0.0:51820");
  }

  private void process(int pid, String name, int start, String... files) throws IOException {
    var fields = " S 1 1 1 0 -1 0 0 0 0 0 5 5 0 0 20 0 1 0 " + start + " 1000 9\n";
    machine.with("/proc/" + pid + "/stat", pid + " (" + name + ")" + fields);
    for (int i = 0; i < files.length; i++) {
      link("/proc/" + pid + "/fd/" + i, files[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "a", "a\n", "a\n\nb", "\n\n"})
  void lines_are_those_of_the_file(String text) throws Exception {
    var file = Files.writeString(folder.resolve("it"), text, StandardCharsets.UTF_8);
    var read = new StringBuilder();
    try (var lines = new Lines(file)) {
      while (lines.next()) {
        read.append(lines.from(0)).append('\n');
      }
    }
    assertThat(read.toString().lines()).containsExactlyElementsOf(text.lines().toList());
  }
}
