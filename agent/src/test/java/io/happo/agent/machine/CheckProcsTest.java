package io.happo.agent.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckProcsTest {
  @TempDir Path folder;
  private MadeMachine machine;

  @BeforeEach
  void begin() throws IOException {
    machine =
        new MadeMachine(folder)
            .with("/proc/uptime", "1000.50 1.00\n")
            .with("/etc/passwd", "root:x:0:0::/root:/bin/sh\nanna:x:1000:100:Anna:/:/bin/sh\n");
    // pid (name) state ppid pgrp session tty tpgid flags 4 faults utime stime 2 children prio nice
    // threads 0 start vsize rss
    process(1, "systemd", "S 0 1 1 0 -1 4194560 0 0 0 0 500 500 0 0 20 0 1 0 0 104857600 9", 0);
    process(2, "kthreadd", "S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 0 0 0", 0);
    process(3, "kworker/0:0H", "I 2 0 0 0 -1 69238880 0 0 0 0 0 0 0 0 0 -20 1 0 0 0 0", 0);
    process(
        40,
        "a) R (b|c=1\n'd",
        "S 1 40 40 9 40 0 0 0 0 0 90000 0 0 0 25 5 3 0 1000 2048000 5",
        1000);
    process(41, "gone", "Z 40 40 40 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 90000 0 0", 1000);
    process(42, "systemd-timesyn", "D 1 42 42 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 0 4096000 5", 1000);
    machine
        .with("/proc/40/cmdline", "/opt/my app\0--name=x|y=2\0\0")
        .with("/proc/42/cmdline", "/lib/systemd/systemd-timesyncd\0")
        .with("/proc/43/stat", "")
        .with("/proc/44/stat", "44 (torn");
    Files.createDirectories(machine.root.resolve("proc/45"));
  }

  private void process(int pid, String name, String rest, int user) throws IOException {
    var status =
        "Name:\tx\nState:\tS\nUid:\t7\t"
            + user
            + "\t"
            + user
            + "\t8\nVmLck:\t 0 kB\nVmRSS:\t  640 kB\n";
    machine
        .with("/proc/" + pid + "/stat", pid + " (" + name + ") " + rest + " 18446744073709551615\n")
        .with("/proc/" + pid + "/status", status)
        .with("/proc/" + pid + "/cmdline", "");
  }

  private void assertFound(int count, String options) {
    assertThat(machine.says("check_procs " + options))
        .as(options)
        .startsWith("0: PROCS OK: " + count + (count == 1 ? " process" : " processes"))
        .endsWith(" | procs=" + count + ";;;0;");
  }

  @Test
  void processes_are_found_by_each_filter() {
    assertFound(6, "");
    assertFound(4, "-k");
    assertFound(1, "-k -C systemd");
    assertFound(3, "-u anna");
    assertFound(3, "-u 1000");
    assertFound(0, "-u 4711");
    assertFound(1, "-s Z");
    assertFound(1, "-s 'I<'");
    assertFound(1, "-s SNsl");
    assertFound(3, "-s RDZI");
    assertFound(2, "-p 1");
    assertFound(2, "-z 4000");
    assertFound(6, "-r 640");
    assertFound(0, "-r 641");
    assertFound(1, "-P 50");
    assertFound(1, "-a 'my app'");
    assertFound(1, "-a '[gone] <defunct>'");
    assertFound(1, "-a 'kworker/0:0H]'");
    assertFound(1, "-C 0:0H");
    assertFound(1, "-C 'a)'");
    assertFound(1, "-C systemd-timesyncd");
    assertFound(0, "-C systemd-timesynce");
    assertFound(4, "-X systemd,kthreadd");
    assertFound(1, "--ereg-argument-array='^/(opt|usr)/my app'");
  }

  @Test
  void metrics_are_of_each_process() {
    assertThat(machine.says("check_procs -m CPU -w 50 -c 200 -v"))
        .isEqualTo(
            "1: CPU WARNING: 1 warn out of 6 processes [a) R (b,c=1 'd] | procs=6;;;0;"
                + " procs_warn=1;;;0; procs_crit=0;;;0;");
    assertThat(machine.says("check_procs -m ELAPSED -w 950: -c 500: -u anna"))
        .isEqualTo(
            "2: ELAPSED CRITICAL: 1 crit, 0 warn out of 3 processes with UID = 1000 (anna)"
                + " | procs=3;;;0; procs_warn=0;;;0; procs_crit=1;;;0;");
    assertThat(machine.says("check_procs -m VSZ -c 4001")).contains("1 crit, 0 warn out of 6");
    assertThat(machine.says("check_procs -m RSS -w 600 -C gone")).contains("1 warn out of 1 proc");
  }

  @Test
  void names_and_arguments_do_not_spoil_the_output() {
    assertThat(machine.says("check_procs -p 1 -vv -z 1 -a y=2 -w 0"))
        .isEqualTo(
            "1: PROCS WARNING: 1 process with PPID = 1, VSZ >= 1, args 'y=2' | procs=1;0;;0;\n"
                + "pid=40 ppid=1 uid=1000 stat=SNsl+ vsz=2000 rss=640 pcpu=90.9 elapsed=990"
                + " prog=a) R (b,c=1 'd args=/opt/my app --name=x,y=2");
    assertThat(machine.says("check_procs -a 'a|b=1'"))
        .isEqualTo("0: PROCS OK: 0 processes with args 'a,b=1' | procs=0;;;0;");
  }

  @Test
  void mistakes_and_a_machine_without_processes_are_told() {
    assertThat(machine.says("check_procs -u nobody"))
        .startsWith("3: check_procs: -u (--user): there");
    assertThat(machine.says("check_procs -u ''")).startsWith("3: check_procs: -u (--user): there");
    assertThat(machine.says("check_procs -p x")).startsWith("3: check_procs: -p (--ppid): 'x' is");
    assertThat(machine.says("check_procs -w x"))
        .startsWith("3: check_procs: -w (--warning): 'x' is");
    var empty = new MadeMachine(folder.resolve("empty"));
    assertThat(empty.says("check_procs"))
        .isEqualTo("3: UNKNOWN - /proc/uptime cannot be read: it or its folder does not exist");
  }

  @Test
  void proc_that_shows_nothing_is_told() throws IOException {
    var hidden = new MadeMachine(folder.resolve("hidden")).with("/proc/uptime", "5.00 1.00\n");
    assertThat(hidden.says("check_procs -c 1:")).startsWith("3: UNKNOWN - /proc shows no process");
  }
}
