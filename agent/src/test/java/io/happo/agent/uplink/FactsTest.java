package io.happo.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
