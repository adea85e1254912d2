package io.happo.agent.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.program.cli.Version;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks of the machine that take their figures of one file or two. */
class MachineChecksTest {
  private static final String STAT_1 =
      """
      cpu  1000 0 500 8000 200 0 0 300 50 0
      cpu0 500 0 250 4000 100 0 0 150 50 0
      cpu1 500 0 250 4000 100 0 0 150 0 0
      intr 1
      """;
  private static final String STAT_2 =
      """
      cpu  1500 100 700 8100 250 0 20 330 50 0
      cpu0 900 100 450 4000 100 0 20 180 50 0
      cpu1 600 0 250 4100 150 0 0 150 0 0
      intr 2
      """;

  @TempDir Path folder;
  private MadeMachine machine;

  @BeforeEach
  void begin() {
    machine = new MadeMachine(folder);
  }

  @Test
  void every_check_is_found_by_its_name_and_has_a_table_of_it() {
    var checks = new MachineChecks();
    assertThat(checks.names()).isSorted();
    for (var name : checks.names()) {
      var check = checks.find(name);
      assertThat(check == null ? "" : check.table().name()).isEqualTo(name);
      assertThat(machine.says(name + " --help")).startsWith("3: ").contains(name);
      assertThat(machine.says(name + " -V"))
          .isEqualTo("3: " + name + " v" + Version.number() + " (happo-agent)");
    }
    assertThat(checks.find("check_nothing")).isNull();
  }

  @Test
  void checks_of_a_machine_without_proc_are_unknown() {
    for (var line :
        new String[] {
          "check_agent",
          "check_cpu",
          "check_memory",
          "check_procs",
          "check_swap -w 5",
          "check_uptime"
        }) {
      assertThat(machine.says(line)).startsWith("3: UNKNOWN - ").doesNotContain("fault");
    }
  }

  /** As the plugin answered when it saw this file. */
  @Test
  void swap_is_judged_and_rounded_as_the_plugin_does_it() throws IOException {
    machine.with(
        "/proc/meminfo", "MemTotal: 4000000 kB\nSwapTotal: 2097148 kB\nSwapFree: 1300000 kB\n");
    var text = " - 62% free (1269MB out of 2047MB) |swap=1330642944B;";
    assertSwap("-w 50% -c 20%", "0: SWAP OK" + text + "1073217500;429287000;0;2146435072");
    assertSwap("-w 62% -c 20%", "1: SWAP WARNING" + text + "1330789700;429287000;0;2146435072");
    assertSwap("-w 61% -c 20%", "0: SWAP OK" + text + "1309325350;429287000;0;2146435072");
    assertSwap("-w 90% -c 80%", "2: SWAP CRITICAL" + text + "1931791500;1717148000;0;2146435072");
    assertSwap("-w 1330642944 -c 5", "1: SWAP WARNING" + text + "1330642944;5;0;2146435072");
    assertSwap("-w 1330642943 -c 5", "0: SWAP OK" + text + "1330642943;5;0;2146435072");
    assertSwap(
        "-w 50% -c 5000000000", "2: SWAP CRITICAL" + text + "1073217500;5000000000;0;2146435072");
    assertSwap("-a -v -w 5", "0: SWAP OK" + text + "5;0;0;2146435072");
    assertSwap(
        "-n ok -w 1.5G -c 1G", "1: SWAP WARNING" + text + "1610612736;1073741824;0;2146435072");
    assertSwap("-c 2000MiB", "2: SWAP CRITICAL" + text + "0;2097152000;0;2146435072");
  }

  private void assertSwap(String options, String answer) {
    assertThat(machine.says("check_swap " + options)).as(options).isEqualTo(answer);
  }

  @Test
  void users_are_counted_in_utmp() throws IOException {
    var utmp = new ByteArrayOutputStream();
    for (int type : new int[] {2, 7, 7, 8, 6, 7}) {
      var entry = new byte[CheckUsers.ENTRY_BYTES];
      entry[0] = (byte) type;
      entry[8] = 'p';
      utmp.write(entry);
    }
    utmp.write(7); // torn
    machine.with("/run/utmp", utmp.toByteArray()).with("/run/systemd/sessions/1", "CLASS=user\n");
    assertThat(machine.says("check_users -w 2 -c 5"))
        .isEqualTo("1: USERS WARNING - 3 users currently logged in |users=3;2;5;0");
  }

  @Test
  void users_are_sessions_where_there_is_no_utmp() throws IOException {
    machine
        .with("/run/systemd/sessions/1", "# private\nUID=0\nCLASS=user\nSTATE=active\n")
        .with("/run/systemd/sessions/2", "CLASS=user-early\nSTATE=online\n")
        .with("/run/systemd/sessions/3", "STATE=closing\nCLASS=user\nSTATE=closing\n")
        .with("/run/systemd/sessions/c1", "CLASS=greeter\nSTATE=active\n");
    assertThat(machine.says("check_users 5 10"))
        .isEqualTo("0: USERS OK - 2 users currently logged in |users=2;5;10;0");
  }

  @Test
  void memory_is_judged_as_used_or_as_free() throws IOException {
    machine.with(
        "/proc/meminfo",
        "MemTotal: 1024000 kB\nMemFree: 1 kB\nMemAvailable: 256000 kB\nBuffers: 10 kB\nCached: 20 kB\n");
    var bytes = ";0;1048576000";
    assertThat(machine.says("check_memory -w 70% -c 90"))
        .isEqualTo(
            "1: MEMORY WARNING - 75.0% used (750 MiB of 1000 MiB) | used=786432000B;734003200;"
                + "943718400;0;1048576000 free=262144000B;;"
                + bytes
                + " buffers=10240B;;"
                + bytes
                + " cached=20480B;;"
                + bytes);
    assertThat(machine.says("check_memory -f -w 30 -c 26"))
        .startsWith("2: MEMORY CRITICAL - 75.0% used")
        .contains(" free=262144000B;314572800:;272629760:;0;1048576000 ");
    assertThat(machine.says("check_memory -w 75 -c @90:100")).startsWith("0: MEMORY OK");
    assertThat(machine.says("check_memory -w x"))
        .startsWith("3: check_memory: -w (--warning): 'x'");
    assertThat(machine.says("check_memory -u -f")).startsWith("3: check_memory: -u (--used) and");
  }

  @Test
  void cache_of_zfs_is_free_on_the_machine_that_has_it() throws IOException {
    machine
        .with(
            "/proc/meminfo",
            "MemTotal: 1024000 kB\nMemAvailable: 256000 kB\nBuffers: 1 kB\nCached: 2 kB\n")
        .with("/proc/self/mountinfo", "25 1 0:23 / /proc rw - proc proc rw\n")
        .with("/proc/spl/kstat/zfs/arcstats", arc("209715200", "104857600"));
    assertThat(machine.says("check_memory")).contains(" 65.0% used (650 MiB of 1000 MiB)");
    machine.with("/proc/spl/kstat/zfs/arcstats", arc("104857599", "104857600"));
    assertThat(machine.says("check_memory")).contains(" 75.0% used");
    machine.with("/proc/spl/kstat/zfs/arcstats", arc("209715200", "unknown"));
    assertThat(machine.says("check_memory")).contains(" 75.0% used");
    machine
        .with("/proc/spl/kstat/zfs/arcstats", arc("209715200", "104857600"))
        .with(
            "/proc/self/mountinfo",
            "25 1 0:23 / /proc rw - proc proc rw\n"
                + "26 25 0:40 /proc/meminfo /proc/meminfo rw - fuse.lxcfs lxcfs rw\n");
    assertThat(machine.says("check_memory")).contains(" 75.0% used");
  }

  private static String arc(String size, String least) {
    return """
        13 1 0x01 147 39984 5123456789 98765432109876
        name                            type data
        hits                            4    1234567
        l2_size                         4    999999999
        size                            4    %s
        c                               4    8589934592
        c_min                           4    %s
        c_max                           4    8589934592
        """
        .formatted(size, least);
  }

  @Test
  void limit_of_a_container_counts_when_it_is_smaller() throws IOException {
    machine
        .with(
            "/proc/meminfo",
            "MemTotal: 1024000 kB\nMemAvailable: 256000 kB\nBuffers: 1 kB\nCached: 2 kB\n")
        .with("/sys/fs/cgroup/memory.max", "104857600\n")
        .with("/sys/fs/cgroup/memory.current", "62914560\n")
        .with("/sys/fs/cgroup/memory.stat", "anon 1\nfile 20971520\ninactive_file 10485760\n");
    assertThat(machine.says("check_memory -w 49"))
        .startsWith(
            "1: MEMORY WARNING - 50.0% used (50 MiB of 100 MiB, the limit of the container)"
                + " | used=52428800B;51380224;;0;104857600 ")
        .endsWith(" cached=20971520B;;;0;104857600");
    machine.with("/sys/fs/cgroup/memory.max", "max\n");
    assertThat(machine.says("check_memory")).startsWith("0: MEMORY OK - 75.0% used (750 MiB of");
  }

  @Test
  void use_of_processors_is_told_though_it_cannot_be_kept() throws Exception {
    Files.writeString(folder.resolve("memory"), "no folder");
    machine.with("/proc/stat", "cpu  0 0 0 0 0 0 0 0 0 0\n");
    var answer = CompletableFuture.supplyAsync(() -> machine.says("check_cpu -t 3"));
    for (int i = 0; !answer.isDone(); i++) { // It goes on while the check watches.
      var text = "cpu  " + i + " 0 0 " + i + " 0 0 0 0 0 0\n";
      var next = Files.writeString(folder.resolve("next"), text);
      Files.move(next, machine.root.resolve("proc/stat"), StandardCopyOption.ATOMIC_MOVE);
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(answer.get()).startsWith("0: CPU OK - ");
  }

  @Test
  void load_is_divided_by_the_processors_of_the_machine() throws IOException {
    machine
        .with("/proc/loadavg", "3.00 6.00 9.00 1/2 3\n")
        .with("/proc/stat", "cpu  1 2\ncpu0 1 2\ncpu1 1 2\ncpu5 1 2\nintr 7\n");
    assertThat(machine.says("check_load -r -w 1 -c 2"))
        .startsWith("2: LOAD CRITICAL - scaled load average: 1.00, 2.00, 3.00 -");
    machine.with("/proc/loadavg", "");
    assertThat(machine.says("check_load -w 1 -c 2"))
        .isEqualTo("3: UNKNOWN - the load cannot be read from /proc/loadavg");
  }

  @Test
  void processors_are_judged_since_the_run_before() throws IOException {
    var line = "check_cpu -w 80 -c 95 -w steal=2 -p";
    machine.with("/proc/stat", STAT_1);
    assertThat(machine.says(line)).startsWith("3: UNKNOWN - the counters in /proc/stat do not go");
    machine.with("/proc/stat", STAT_2);
    assertThat(machine.says(line))
        .isEqualTo(
            "2: CPU CRITICAL - 85.0% used (user 50.0%, nice 10.0%, system 20.0%, idle 10.0%,"
                + " iowait 5.0%, softirq 2.0%, steal 3.0%) | usage=85.00%;80;95;0;100"
                + " user=50.00%;;;0;100 nice=10.00%;;;0;100 system=20.00%;;;0;100"
                + " idle=10.00%;;;0;100 iowait=5.00%;;;0;100 irq=0.00%;;;0;100"
                + " softirq=2.00%;;;0;100 steal=3.00%;2;;0;100 guest=0.00%;;;0;100"
                + " guest_nice=0.00%;;;0;100 cpu0=100.00%;80;95;0;100 cpu1=40.00%;80;95;0;100");
    assertThat(machine.says("check_cpu -w idel=5"))
        .startsWith("3: check_cpu: 'idel=5': there is no mode");
  }

  @Test
  void counters_of_before_a_restart_do_not_count() throws IOException {
    machine.with("/proc/stat", STAT_2);
    machine.says("check_cpu");
    machine.with("/proc/stat", STAT_1);
    assertThat(machine.says("check_cpu")).startsWith("3: UNKNOWN");
    machine.with("/proc/stat", STAT_2);
    assertThat(machine.says("check_cpu")).startsWith("0: CPU OK - 85.0% used");
    machine.with("/proc/stat", STAT_1);
    machine.says("check_cpu -p");
    machine.with("/proc/stat", STAT_2).with("/proc/sys/kernel/random/boot_id", "b\n");
    assertThat(machine.says("check_cpu -p")).startsWith("3: UNKNOWN - the counters");
  }

  @Test
  void uptime_has_thresholds_in_minutes_or_other_units() throws IOException {
    up("a", 93_784);
    assertThat(machine.says("check_uptime"))
        .isEqualTo("0: UPTIME OK - up 1 d 2 h 3 min | uptime=93784s;;;0");
    assertThat(machine.says("check_uptime -w :1d -c @:30"))
        .isEqualTo("1: UPTIME WARNING - up 1 d 2 h 3 min | uptime=93784s;:86400;@:1800;0");
    assertThat(machine.says("check_uptime -c 2d:4w"))
        .isEqualTo("2: UPTIME CRITICAL - up 1 d 2 h 3 min | uptime=93784s;;172800:2419200;0");
    assertThat(machine.says("check_uptime -w 5x:"))
        .startsWith("3: check_uptime: -w (--warning): '5x'");
  }

  @Test
  void restart_is_told_for_some_time_though_nobody_looked_when_it_was() throws IOException {
    up("a", 1_000_000);
    assertThat(machine.says("check_uptime")).startsWith("0: ");
    up("b", 50_000);
    assertThat(machine.says("check_uptime"))
        .isEqualTo(
            "1: UPTIME WARNING - up 0 d 13 h 53 min, restarted since it was looked at before"
                + " | uptime=50000s;;;0");
    up("b", 50_000 + 14 * 60);
    machine.advance(Duration.ofDays(300)); // Only now it has asked what time it is.
    assertThat(machine.says("check_uptime")).startsWith("1: ");
    assertThat(machine.says("check_uptime --reboot 0")).startsWith("0: ");
    up("b", 50_000 + 16 * 60);
    assertThat(machine.says("check_uptime")).startsWith("0: ");
  }

  private void up(String boot, int seconds) throws IOException {
    machine
        .with("/proc/uptime", seconds + ".25 100.00\n")
        .with("/proc/sys/kernel/random/boot_id", boot + "\n");
  }

  @Test
  void agent_tells_its_version_and_since_when_its_process_runs() throws IOException {
    machine
        .with("/proc/uptime", "10000.00 1.00\n")
        .with("/proc/self/status", "Name:\tjava\nVmRSS:\t   40000 kB\n")
        .with(
            "/proc/self/stat",
            "7 (happo agent) S 1 7 7 0 -1 0 0 0 0 0 5 5 0 0 20 0 9 0 280000 1000000 9 0\n");
    assertThat(machine.says("check_agent -w 3h:"))
        .isEqualTo(
            "1: AGENT WARNING - happo-agent "
                + Version.number()
                + " has been running for 0 d 2 h 0 min | uptime=7200s;10800:;;0 rss=40960000B;;;0");
  }

  @Test
  void ages_and_sizes_of_files_have_ranges() throws IOException {
    var file = Files.write(folder.resolve("it"), new byte[1000]);
    Files.setLastModifiedTime(file, FileTime.from(machine.now().minusSeconds(300)));
    var text = " " + file + " is 300 seconds old and 1000 bytes | age=300s;";
    assertThat(machine.says("check_file_age -w 10:400 -c 1: " + file))
        .isEqualTo("0: FILE_AGE OK:" + text + "10:400;1: size=1000B;0;0;0");
    assertThat(machine.says("check_file_age -w @200:400 -c 600 -C 999 -f " + file))
        .isEqualTo("2: FILE_AGE CRITICAL:" + text + "@200:400;600 size=1000B;0;999;0");
    assertThat(machine.says("check_file_age -w 1x -f " + file))
        .startsWith("3: check_file_age: the threshold '1x' is neither a number nor a range");
    assertThat(machine.says("check_file_age -f '" + folder + "/a|b=1'"))
        .isEqualTo("2: FILE_AGE CRITICAL: File not found - " + folder + "/a,b=1");
  }
}
