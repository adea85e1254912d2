package io.happo.agent.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** check_md_raid and check_sensors, which read files of the kernel alone. */
class RaidAndSensorsTest {
  private static final String WHOLE =
      """
      Personalities : [raid1] [raid6] [raid5] [raid4] [raid0]
      md1 : active raid1 sdb2[1] sda2[0]
            1048576 blocks super 1.2 [2/2] [UU]
            bitmap: 0/1 pages [0KB], 65536KB chunk

      md0 : active raid5 sdd1[4] sdc1[2] sdb1[1](S) sda1[0]
            2095104 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/3] [UUU]

      unused devices: <none>
      """;

  @TempDir Path folder;
  private MadeMachine machine;

  @BeforeEach
  void begin() {
    machine = new MadeMachine(folder);
  }

  private void assertRaid(String mdstat, String options, String answer) throws IOException {
    machine.with("/proc/mdstat", mdstat);
    assertThat(machine.says("check_md_raid " + options)).isEqualTo(answer);
  }

  @Test
  void arrays_that_are_whole_are_ok() throws IOException {
    var perfdata =
        " | md1_working=2;;;0;2 md1_failed=0;;;0 md1_spares=0;;;0"
            + " md0_working=3;;;0;3 md0_failed=0;;;0 md0_spares=1;;;0";
    assertRaid(
        WHOLE,
        "",
        "0: RAID OK - md1 raid1 has 2 of 2 devices, md0 raid5 has 3 of 3 devices" + perfdata);
    assertRaid(WHOLE, "--spares 1:", "1: RAID WARNING - md1 has 0 spare devices" + perfdata);
    assertRaid(
        WHOLE,
        "-a md1 -a md9",
        "2: RAID CRITICAL - there is no array md9"
            + " | md1_working=2;;;0;2 md1_failed=0;;;0 md1_spares=0;;;0");
    machine.with("/sys/block/md1/md/mismatch_cnt", "128\n");
    assertRaid(
        WHOLE,
        "-a md1 --mismatches 0",
        "1: RAID WARNING - md1 has 128 mismatches"
            + " | md1_working=2;;;0;2 md1_failed=0;;;0 md1_spares=0;;;0 md1_mismatches=128;;;0");
  }

  @Test
  void array_that_is_degraded_is_critical_with_its_failed_devices() throws IOException {
    assertRaid(
        """
        md0 : active raid1 sdb1[1] sda1[0](F)
              292945152 blocks super 1.2 [2/1] [_U]
        """,
        "",
        "2: RAID CRITICAL - md0 is degraded, 1 of 2 devices work, failed: sda1"
            + " | md0_working=1;;;0;2 md0_failed=1;;;0 md0_spares=0;;;0");
    assertRaid(
        """
        md0 : active raid1 sdc1[2] sdb1[1] sda1[0](F)
              292945152 blocks super 1.2 [2/2] [UU]
        """,
        "",
        "1: RAID WARNING - md0 is whole, failed: sda1"
            + " | md0_working=2;;;0;2 md0_failed=1;;;0 md0_spares=0;;;0");
    assertRaid(
        "md127 : inactive sda1[0](S)\n      292945152 blocks super 1.2\n",
        "",
        "2: RAID CRITICAL - md127 does not run | md127_failed=0;;;0 md127_spares=1;;;0");
    assertRaid(
        "md2 : active (read-only) raid0 sdb1[1] sda1[0]\n      2093056 blocks super 1.2 512k chunks\n",
        "",
        "1: RAID WARNING - md2 is read-only | md2_failed=0;;;0 md2_spares=0;;;0");
    assertRaid(
        "md2 : active raid0 sdb1[1](F) sda1[0]\n      2093056 blocks super 1.2 512k chunks\n",
        "",
        "2: RAID CRITICAL - md2 has no spare data, failed: sdb1"
            + " | md2_failed=1;;;0 md2_spares=0;;;0");
  }

  @Test
  void array_that_is_being_rebuilt_tells_how_far_it_is() throws IOException {
    var rebuilding =
        """
        md0 : active raid1 sdc1[2] sdb1[1]
              292945152 blocks super 1.2 [2/1] [_U]
              [==>..................]  recovery = 12.6% (37043392/292945152) finish=127.5min speed=33440K/sec
        """;
    var perfdata =
        " | md0_working=1;;;0;2 md0_failed=0;;;0 md0_spares=0;;;0 md0_recovery=12.6%;;;0;100";
    var text =
        " - md0 is degraded, 1 of 2 devices work, recovery at 12.6%, 127.5min left" + perfdata;
    assertRaid(rebuilding, "", "1: RAID WARNING" + text);
    assertRaid(rebuilding, "--rebuilding critical", "2: RAID CRITICAL" + text);
    assertRaid(
        """
        md0 : active (auto-read-only) raid1 sdc1[2] sdb1[1]
              292945152 blocks super 1.2 [2/2] [UU]
              \tresync=PENDING
        md1 : active raid1 sdc2[2] sdb2[1]
              292945152 blocks super 1.2 [2/2] [UU]
              [>....................]  check =  5.0% (1/20) finish=1.5min speed=3K/sec
        """,
        "",
        "0: RAID OK - md0 raid1 has 2 of 2 devices, resync is to begin,"
            + " md1 raid1 has 2 of 2 devices, check at 5.0%, 1.5min left"
            + " | md0_working=2;;;0;2 md0_failed=0;;;0 md0_spares=0;;;0"
            + " md1_working=2;;;0;2 md1_failed=0;;;0 md1_spares=0;;;0 md1_check=5.0%;;;0;100");
  }

  @Test
  void machine_without_arrays_is_what_it_is_to_be() throws IOException {
    assertThat(machine.says("check_md_raid"))
        .isEqualTo("3: RAID UNKNOWN - there are no arrays of md");
    assertRaid(
        "Personalities :\nunused devices: <none>\n",
        "--no-arrays ok",
        "0: RAID OK - there are no arrays of md");
    assertThat(machine.says("check_md_raid --no-arrays fine"))
        .startsWith("3: check_md_raid: --no-arrays");
  }

  private void chips() throws IOException {
    machine
        .with("/sys/class/hwmon/hwmon0/name", "coretemp\n")
        .with("/sys/class/hwmon/hwmon0/temp2_input", "45500\n")
        .with("/sys/class/hwmon/hwmon0/temp2_label", "Core 0\n")
        .with("/sys/class/hwmon/hwmon0/temp2_max", "80000\n")
        .with("/sys/class/hwmon/hwmon0/temp2_crit", "100000\n")
        .with("/sys/class/hwmon/hwmon0/temp2_crit_alarm", "0\n")
        .with("/sys/class/hwmon/hwmon0/temp10_input", "46000\n")
        .with("/sys/class/hwmon/hwmon10/name", "nct6775\n")
        .with("/sys/class/hwmon/hwmon10/fan1_input", "800\n")
        .with("/sys/class/hwmon/hwmon10/fan1_min", "500\n")
        .with("/sys/class/hwmon/hwmon10/in0_input", "1020\n")
        .with("/sys/class/hwmon/hwmon10/in0_min", "0\n")
        .with("/sys/class/hwmon/hwmon10/in0_max", "0\n")
        .with("/sys/class/hwmon/hwmon10/power1_average", "12345678\n");
  }

  @Test
  void sensors_are_judged_by_the_limits_of_their_chips() throws IOException {
    chips();
    assertThat(machine.says("check_sensors"))
        .isEqualTo(
            "0: SENSORS OK - sensors are within their limits (temp 2, fan 1, in 1, power 1)"
                + " | 'coretemp/Core 0'=45.5;~:80.0;~:100.0; coretemp/temp10=46.0;;;"
                + " nct6775/fan1=800;500:;;0 nct6775/in0=1.020;;; nct6775/power1=12.35;;;");
    machine.with("/sys/class/hwmon/hwmon0/temp2_input", "80000\n");
    machine.with("/sys/class/hwmon/hwmon10/fan1_input", "0\n");
    assertThat(machine.says("check_sensors"))
        .startsWith(
            "1: SENSORS WARNING - coretemp/Core 0 is at 80.0 C; nct6775/fan1 is at 0 RPM |");
    assertThat(machine.says("check_sensors --no-limits")).startsWith("0: SENSORS OK");
    machine.with("/sys/class/hwmon/hwmon0/temp2_input", "100000\n");
    assertThat(machine.says("check_sensors -s coretemp"))
        .startsWith("2: SENSORS CRITICAL - coretemp/Core 0 is at 100.0 C |");
  }

  @Test
  void alarms_and_faults_of_chips_are_told() throws IOException {
    chips();
    machine.with("/sys/class/hwmon/hwmon0/temp2_crit_alarm", "1\n");
    machine.with("/sys/class/hwmon/hwmon10/fan1_fault", "1\n");
    assertThat(machine.says("check_sensors"))
        .startsWith(
            "2: SENSORS CRITICAL - coretemp/Core 0 is at 45.5 C (alarm); nct6775/fan1 is broken |");
    assertThat(machine.says("check_sensors -x Core"))
        .startsWith("3: SENSORS UNKNOWN - nct6775/fan1");
    assertThat(machine.says("check_sensors -x Core -i")).startsWith("0: SENSORS OK");
    machine.with("/sys/class/hwmon/hwmon10/intrusion0_alarm", "1\n");
    assertThat(machine.says("check_sensors -s intrusion"))
        .isEqualTo("2: SENSORS CRITICAL - nct6775/intrusion0 (alarm)");
  }

  @Test
  void thresholds_are_for_temperatures_kinds_or_names() throws IOException {
    chips();
    assertThat(machine.says("check_sensors -w 40 -w 'coretemp/temp10=50' -w fan=1000: -c fan=900:"))
        .startsWith(
            "2: SENSORS CRITICAL - coretemp/Core 0 is at 45.5 C; nct6775/fan1 is at 800 RPM"
                + " | 'coretemp/Core 0'=45.5;40;; coretemp/temp10=46.0;50;;"
                + " nct6775/fan1=800;1000:;900:;0 ");
    assertThat(machine.says("check_sensors -w fan=x")).startsWith("3: check_sensors: ");
    assertThat(machine.says("check_sensors -s nothing"))
        .startsWith("3: UNKNOWN - no sensor is left");
  }

  @Test
  void chips_of_one_name_are_told_apart_and_sensors_that_sleep_are_left_out() throws IOException {
    assertThat(machine.says("check_sensors"))
        .startsWith("3: UNKNOWN - the kernel knows no sensors");
    machine
        .with("/sys/class/hwmon/hwmon0/name", "nvme\n")
        .with("/sys/class/hwmon/hwmon0/temp1_input", "30000\n")
        .with("/sys/class/hwmon/hwmon1/name", "nvme\n")
        .with("/sys/class/hwmon/hwmon1/temp1_input", "\n");
    assertThat(machine.says("check_sensors")).endsWith(" | nvme-hwmon0/temp1=30.0;;;");
  }
}
