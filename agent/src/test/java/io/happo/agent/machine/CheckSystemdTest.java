package io.happo.agent.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckSystemdTest {
  private static final String PERFDATA = " | units=5;;;0 failed=1;;0;0";
  private static final String UNITS = " | units=5;;;0 failed=1;;;0";

  @TempDir Path folder;
  private MadeMachine machine;
  private FakeSystemd systemd;

  @BeforeEach
  void begin() throws IOException {
    machine = new MadeMachine(folder);
    Files.createDirectories(machine.root.resolve("run/systemd/system"));
    start("run/systemd/private", ByteOrder.LITTLE_ENDIAN);
  }

  private void start(String socket, ByteOrder order) throws IOException {
    systemd =
        new FakeSystemd(machine.root.resolve(socket), order)
            .with("nginx.service", "active", "running")
            .with("mail.service", "failed", "failed")
            .with("loop.service", "activating", "auto-restart")
            .with("slow.service", "activating", "start")
            .with("daily.timer", "active", "waiting");
    systemd.properties.put("systemd1.SystemState", "degraded");
    systemd.properties.put("daily_timer.Unit", "mail.service");
    var last = machine.now().minus(Duration.ofHours(2)).toEpochMilli() * 1000;
    systemd.properties.put("daily_timer.LastTriggerUSec", String.valueOf(last));
  }

  @AfterEach
  void end() throws IOException {
    systemd.close();
  }

  private void assertSays(String options, String answer) {
    assertThat(machine.says("check_systemd " + options)).as(options).isEqualTo(answer);
  }

  @Test
  void failed_units_are_critical_but_for_those_left_out() {
    assertSays("", "2: SYSTEMD CRITICAL - mail.service has failed" + PERFDATA);
    assertSays(
        "-x ^mail", "0: SYSTEMD OK - no unit has failed that matters | units=5;;;0 failed=0;;0;0");
    assertSays(
        "-w 0 -c 5", "1: SYSTEMD WARNING - mail.service has failed | units=5;;;0 failed=1;0;5;0");
  }

  @Test
  void machine_that_starts_or_is_in_maintenance_is_told() {
    systemd.properties.put("systemd1.SystemState", "starting");
    assertThat(machine.says("check_systemd -x mail"))
        .startsWith("1: SYSTEMD WARNING - the machine is starting |");
    systemd.properties.put("systemd1.SystemState", "maintenance");
    assertThat(machine.says("check_systemd -x mail"))
        .startsWith("2: SYSTEMD CRITICAL - the machine is in maintenance |");
  }

  @Test
  void units_have_to_be_active() {
    assertSays("-u nginx", "0: SYSTEMD OK - all is active: nginx" + UNITS);
    assertSays(
        "-u nginx -u slow.service",
        "1: SYSTEMD WARNING - slow.service is activating (start)" + UNITS);
    assertSays(
        "-u loop -u mail -u none -f",
        "2: SYSTEMD CRITICAL - mail.service has failed; loop.service is activating (auto-restart);"
            + " mail.service is failed (failed); none.service is not active, or there is no such"
            + " unit"
            + PERFDATA);
    assertSays("-u none -s inactive,active", "0: SYSTEMD OK - all is active: none" + UNITS);
  }

  @Test
  void unit_is_found_by_another_of_its_names() {
    systemd.aliases.put("web.service", "nginx.service");
    systemd.aliases.put("post.service", "mail.service");
    assertSays("-u web", "0: SYSTEMD OK - all is active: web" + UNITS);
    assertSays("-u post", "2: SYSTEMD CRITICAL - post.service is failed (failed)" + UNITS);
  }

  @Test
  void timers_have_to_be_on_time_and_to_start_what_does_not_fail() {
    assertSays(
        "--timer daily",
        "2: SYSTEMD CRITICAL - mail.service, which daily.timer starts, has failed" + UNITS);
    systemd.properties.put("daily_timer.Unit", "nginx.service");
    assertSays("--timer daily=3h", "0: SYSTEMD OK - all is active: daily=3h" + UNITS);
    assertSays(
        "--timer daily.timer=90",
        "2: SYSTEMD CRITICAL - daily.timer had its last time 0 d 2 h 0 min ago" + UNITS);
    systemd.properties.put("daily_timer.LastTriggerUSec", "0");
    assertSays(
        "--timer daily=3h", "2: SYSTEMD CRITICAL - daily.timer has not yet had its time" + UNITS);
    assertThat(machine.says("check_systemd --timer daily=x"))
        .startsWith("3: check_systemd: --timer");
    systemd.properties.remove("daily_timer.Unit");
    assertSays("--timer daily", "3: UNKNOWN - systemd does not answer: Unknown property Unit");
  }

  @Test
  void system_bus_is_asked_where_the_private_socket_is_not_open() throws IOException {
    systemd.close();
    start("run/dbus/system_bus_socket", ByteOrder.BIG_ENDIAN);
    assertSays("", "2: SYSTEMD CRITICAL - mail.service has failed" + PERFDATA);
    assertThat(systemd.called).containsExactly("Hello", "ListUnits", "Get");
  }

  @Test
  void what_does_not_answer_well_is_unknown() throws IOException {
    systemd.cuts = true;
    assertSays("", "3: UNKNOWN - systemd does not answer: it has closed the connection");
    systemd.cuts = false;
    systemd.welcome = "REJECTED EXTERNAL";
    assertThat(machine.says("check_systemd"))
        .startsWith(
            "3: UNKNOWN - systemd cannot be asked, neither by /run/systemd/private (it does")
        .contains("REJECTED EXTERNAL")
        .contains("nor by /run/dbus/system_bus_socket (");
    Files.delete(machine.root.resolve("run/systemd/system"));
    assertSays(
        "",
        "3: UNKNOWN - systemd does not run this machine: there is no folder /run/systemd/system");
  }
}
