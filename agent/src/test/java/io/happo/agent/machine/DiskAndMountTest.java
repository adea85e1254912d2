package io.happo.agent.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.Builtins;
import io.happo.agent.checks.Machine;
import io.happo.agent.exec.FileSystemSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** check_disk and check_mount on file systems that are made up, some of which do not answer. */
class DiskAndMountTest {
  private static final FileSystemSpace HALF = new FileSystemSpace(1 << 20, 100, 50, 50, 10, 9);
  private static final String ROOT = "1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n";
  private static final String DATA = "2 1 8:2 / /data rw,nosuid,noatime - xfs /dev/sdb1 rw,quota\n";
  private static final String NFS = "3 1 0:9 / /nfs rw - nfs4 nas:/v rw,soft,addr=127.0.0.1\n";
  private static final String AUTO = "4 1 0:8 / /auto rw - autofs systemd-1 rw,fd=50\n";

  @TempDir Path folder;
  private final Answers answers = new Answers();
  private MadeMachine machine;

  /** File systems that answer what a test says; half full when it says nothing. */
  private static final class Answers extends FileSystems {
    private static final String HANGS = "hangs";

    private final Map<String, Object> byDirectory = new HashMap<>();

    @Override
    @Nullable FileSystemSpace space(Mount mount, Machine seen) throws IOException {
      var answer = byDirectory.getOrDefault(mount.directory(), HALF);
      if (answer instanceof FileSystemSpace space) {
        return space;
      }
      if (answer.equals(HANGS)) {
        return null;
      }
      throw new IOException(answer.toString());
    }
  }

  /** The two checks with such file systems. */
  private record Checks(FileSystems systems) implements Builtins.Catalogue {
    @Override
    public List<String> names() {
      return List.of("check_disk", "check_mount");
    }

    @Override
    public BuiltinCheck find(String name) {
      return name.equals("check_disk") ? new CheckDisk(systems) : new CheckMount(systems);
    }
  }

  @BeforeEach
  void begin() throws IOException {
    machine = new MadeMachine(folder, new Checks(answers));
    mounted(ROOT + DATA + NFS + AUTO);
    machine.with("/proc/sys/kernel/random/boot_id", "a\n");
    machine.with("/etc/fstab", "");
  }

  private void mounted(String mounts) throws IOException {
    machine.with("/proc/self/mountinfo", mounts);
  }

  private void assertSays(String line, String answer) {
    assertThat(machine.says(line)).as(line).isEqualTo(answer);
  }

  private static String free(String name) {
    return " " + name + " 50MiB (50% inode=90%)";
  }

  private static String perfdata(String name) {
    return " " + name + "=52428800B;;99614720;0;104857600";
  }

  @Test
  void file_system_that_hangs_is_told_beside_the_others() {
    answers.byDirectory.put("/nfs", Answers.HANGS);
    assertSays(
        "check_disk -c 5",
        "2: DISK CRITICAL - free space:"
            + free("/")
            + ";"
            + free("/data")
            + "; /nfs does not answer;|"
            + perfdata("/")
            + perfdata("/data"));
    assertSays(
        "check_disk -c 5 -L -x / -x /data",
        "2: DISK CRITICAL - free space: /nfs does not answer;|");
    assertThat(machine.says("check_disk -c 5 -l")).startsWith("0: DISK OK");
    assertThat(machine.says("check_disk -c 5 -g all -p / -p /nfs"))
        .startsWith("2: DISK CRITICAL - free space: /nfs does not answer; all 50MiB");
  }

  @Test
  void file_system_that_refuses_is_critical_as_with_the_plugin() {
    answers.byDirectory.put("/nfs", "Stale file handle");
    assertSays("check_disk -c 5", "2: DISK CRITICAL - /nfs is not accessible: Stale file handle");
  }

  @Test
  void what_is_not_there_may_be_no_matter() throws IOException {
    Files.createDirectories(machine.root.resolve("data"));
    assertSays(
        "check_disk -n -c 5 -p /data -p /none -r nothing",
        "0: DISK OK - free space:"
            + free("/data")
            + "; not there: /none, nothing|"
            + perfdata("/data"));
    assertSays("check_disk -n -c 5 -p /none", "0: DISK OK - not there: /none");
  }

  @Test
  void file_system_that_became_read_only_is_told_until_the_machine_starts_again()
      throws IOException {
    assertThat(machine.says("check_disk -c 5 --read-only")).startsWith("0: DISK OK");
    mounted(ROOT + DATA.replace("rw,quota", "ro,quota") + NFS);
    assertSays(
        "check_disk -c 5 --read-only -e",
        "2: DISK CRITICAL - free space:"
            + free("/data")
            + " read-only;|"
            + perfdata("/")
            + perfdata("/data")
            + perfdata("/nfs"));
    assertThat(machine.says("check_disk -c 5")).startsWith("0: DISK OK");
    machine.with("/proc/sys/kernel/random/boot_id", "b\n");
    assertThat(machine.says("check_disk -c 5 --read-only")).startsWith("0: DISK OK");
    machine.with("/etc/fstab", "UUID=1 /data xfs defaults 0 0\n");
    assertThat(machine.says("check_disk -c 5 --read-only"))
        .contains("/data 50MiB")
        .contains("read-only");
    machine.with("/etc/fstab", "UUID=1 /data xfs noatime,ro 0 0\n");
    assertThat(machine.says("check_disk -c 5 --read-only")).startsWith("0: DISK OK");
  }

  @Test
  void very_many_mounts_are_remembered_as_far_as_there_is_room() throws IOException {
    var many = new StringBuilder(ROOT + DATA);
    for (int i = 0; i < 500; i++) {
      many.append("9 1 0:9 / /z/").append("x".repeat(200)).append(i);
      many.append(" rw - tmpfs tmpfs rw\n");
    }
    mounted(many.toString());
    assertThat(machine.says("check_disk -c 5 --read-only")).startsWith("0: DISK OK");
    mounted(ROOT + DATA.replace("rw,quota", "ro,quota"));
    assertThat(machine.says("check_disk -c 5 --read-only")).startsWith("2: DISK CRITICAL");
  }

  @Test
  void full_disk_of_the_agent_keeps_nothing_from_being_told() throws IOException {
    Files.writeString(folder.resolve("memory"), "no folder");
    assertThat(machine.says("check_disk -c 60 --read-only")).startsWith("2: DISK CRITICAL");
  }

  @Test
  void names_of_any_bytes_are_read_and_spoil_nothing() throws IOException {
    mounted("1 0 8:1 / /a\\040b\\012c\\134d|\u00e9\u00fc rw - ext4 /dev/sda1 rw\nbroken line\n\n");
    assertThat(machine.says("check_disk -c 5"))
        .startsWith("0: DISK OK - free space: /a b c\\d,\ufffd")
        .doesNotContain("\n");
    mounted("");
    assertThat(machine.says("check_disk -c 5")).startsWith("3: DISK UNKNOWN - of the file systems");
  }

  @Test
  void file_systems_without_inodes_or_of_absurd_sizes_are_judged() throws IOException {
    mounted(ROOT);
    answers.byDirectory.put("/", new FileSystemSpace(4096, Long.MAX_VALUE, 10, 10, 0, 0));
    assertThat(machine.says("check_disk -c 5% -W 5%"))
        .startsWith("2: DISK CRITICAL - free space: / 0MiB (0% inode=-)];| /=");
    answers.byDirectory.put("/", new FileSystemSpace(0, 0, 0, 0, 0, 0));
    assertThat(machine.says("check_disk -c 5%")).startsWith("3: DISK UNKNOWN");
  }

  @Test
  void mounts_are_wanted_by_fstab() throws IOException {
    assertThat(machine.says("check_mount")).startsWith("3: UNKNOWN - /etc/fstab has no line");
    assertThat(machine.says("check_mount --no-lines ok"))
        .startsWith("0: MOUNT OK - 0 file systems");
    assertThat(machine.says("check_mount --no-lines warning"))
        .startsWith("1: MOUNT WARNING - /etc/fstab has no line that has to be mounted |");
    machine.with(
        "/etc/fstab",
        """
        # comment
        UUID=1   /        auto  errors=remount-ro 0 1
        /dev/sdb1 /data/  xfs   nosuid            0 2
        nas:/v   /nfs     nfs   defaults
        none     none     swap  sw
        LABEL=b  /backup  ext4  noauto
        nas:/a   /auto    nfs   x-systemd.automount
        """);
    assertSays(
        "check_mount",
        "0: MOUNT OK - 4 file systems are mounted as they should be | wanted=4;;;0 problems=0;;;0");
    mounted(ROOT.replace("rw,relatime", "ro,relatime") + DATA.replace("nosuid,", "") + AUTO);
    assertSays(
        "check_mount",
        "2: MOUNT CRITICAL - / is read-only; /data is mounted without the option nosuid;"
            + " /nfs is not mounted | wanted=4;;;0 problems=3;;;0");
    machine.with("/etc/fstab", "nas:/v /nfs nfs nofail\nnas:/w /w nfs defaults,nofail\n");
    assertThat(machine.says("check_mount"))
        .startsWith("1: MOUNT WARNING - /nfs is not mounted; /w is not mounted |");
    assertThat(machine.says("check_mount -p /w")).startsWith("2: MOUNT CRITICAL - /w is not");
    machine.with("/etc/fstab", "/dev/sdb1 /data/ xfs nosuid 0 2\n");
    Files.createDirectories(machine.root.resolve("data"));
    Files.createSymbolicLink(machine.root.resolve("link"), machine.root.resolve("data"));
    assertThat(machine.says("check_mount -p /link")).startsWith("0: MOUNT OK - /link is mounted");
    assertSays(
        "check_mount -x / -X nfs",
        "1: MOUNT WARNING - /data is mounted without the option nosuid"
            + " | wanted=1;;;0 problems=1;;;0");
  }

  @Test
  void mounts_are_wanted_by_options() {
    assertSays(
        "check_mount -p /data -T ext4,xfs -o rw,noatime -d /dev/sdb1",
        "0: MOUNT OK - /data is mounted as it should be | wanted=1;;;0 problems=0;;;0");
    assertThat(machine.says("check_mount -p /data -T ext4 -d /dev/sdc1 -o ro,nodev -p /none"))
        .startsWith(
            "2: MOUNT CRITICAL - /data is of the type xfs, and not ext4; /data is /dev/sdb1, and"
                + " not /dev/sdc1; /data can be written; /data is mounted without the option nodev;"
                + " /none is not mounted |");
    assertThat(machine.says("check_mount -T nfs -p /nfs")).startsWith("2: ").contains("nfs4");
    assertThat(machine.says("check_mount -o rw")).startsWith("3: check_mount: -T, -o and -d need");
    assertThat(machine.says("check_mount -p data"))
        .startsWith("3: check_mount: -p (--path): 'data'");
  }

  @Test
  void mount_that_hangs_or_is_stale_is_critical() {
    answers.byDirectory.put("/nfs", Answers.HANGS);
    assertThat(machine.says("check_mount -p /nfs"))
        .startsWith("2: MOUNT CRITICAL - /nfs does not answer |");
    assertThat(machine.says("check_mount -p /")).startsWith("0: MOUNT OK");
    answers.byDirectory.put("/nfs", "Stale file handle");
    assertThat(machine.says("check_mount -p / -a"))
        .startsWith("2: MOUNT CRITICAL - /nfs is not accessible: Stale file handle |");
    answers.byDirectory.put("/nfs", "Permission denied");
    assertThat(machine.says("check_mount -p /nfs")).startsWith("0: MOUNT OK");
  }

  @Test
  void machine_without_lists_of_mounts_is_unknown() throws IOException {
    Files.delete(machine.root.resolve("proc/self/mountinfo"));
    Files.delete(machine.root.resolve("etc/fstab"));
    assertThat(machine.says("check_disk -c 5")).startsWith("3: UNKNOWN - the file systems cannot");
    assertThat(machine.says("check_mount")).startsWith("3: UNKNOWN - there is no /etc/fstab");
    assertThat(machine.says("check_mount -p /")).startsWith("3: UNKNOWN - the list of mounts");
  }
}
