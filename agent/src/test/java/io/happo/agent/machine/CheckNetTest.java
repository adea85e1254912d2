package io.happo.agent.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckNetTest {
  @TempDir Path folder;
  private MadeMachine machine;

  @BeforeEach
  void begin() throws IOException {
    machine = new MadeMachine(folder);
    machine.with("/proc/sys/kernel/random/boot_id", "a\n");
    link("eth0", "up", "1000", "full");
    machine.with("/sys/class/net/eth0/device/vendor", "1\n");
    link("lo", "unknown", "", "");
    at(100, 0, 0);
    machine.says("check_net -i eth0");
  }

  private void link(String name, String state, String speed, String duplex) throws IOException {
    var files = "/sys/class/net/" + name + "/";
    machine
        .with(files + "operstate", state + "\n")
        .with(files + "carrier", state.equals("down") ? "0\n" : "1\n")
        .with(files + "flags", "0x1003\n")
        .with(files + "speed", speed + "\n")
        .with(files + "duplex", duplex + "\n");
  }

  private void at(int seconds, long bytes, long errors) throws IOException {
    machine.with("/proc/uptime", seconds + ".00 1.00\n");
    var files = "/sys/class/net/eth0/statistics/";
    machine
        .with(files + "rx_bytes", bytes + "\n")
        .with(files + "tx_bytes", bytes / 2 + "\n")
        .with(files + "rx_errors", errors + "\n")
        .with(files + "tx_errors", "0\n")
        .with(files + "rx_dropped", errors * 2 + "\n");
  }

  @Test
  void rates_are_those_since_the_run_before() throws IOException {
    at(110, 625_000_000, 5);
    assertThat(machine.says("check_net -i eth0 -w 40% -c 60% -e 1,5 -d 0.5"))
        .isEqualTo(
            "1: NET WARNING - eth0 receives 500.0 Mbit/s; eth0 has 1.00 dropped packets in a second"
                + " | eth0_in_bps=500000000;400000000;600000000;0;1000000000"
                + " eth0_out_bps=250000000;400000000;600000000;0;1000000000"
                + " eth0_errors=0.50;1.00;5.00;0 eth0_drops=1.00;0.50;;0"
                + " eth0_rx_bytes=625000000c eth0_tx_bytes=312500000c eth0_rx_errors=5c"
                + " eth0_tx_errors=0c eth0_rx_dropped=10c");
    at(120, 625_000_000, 105);
    assertThat(machine.says("check_net -i eth0 -e 1,5"))
        .startsWith("2: NET CRITICAL - eth0 has 10.00 errors in a second |");
    at(130, 1_250_000_000, 105);
    assertThat(machine.says("check_net -i eth0 -c 0.4G"))
        .startsWith("2: NET CRITICAL - eth0 receives 500.0 Mbit/s |");
    at(140, 1_250_000_000, 105);
    assertThat(machine.says("check_net -i eth0")).startsWith("0: NET OK - eth0 up, in 0.0 kbit/s");
  }

  @Test
  void counters_that_begin_anew_give_no_rates() throws IOException {
    at(110, 1_000, 0);
    machine.says("check_net -i eth0");
    at(120, 10, 0);
    assertThat(machine.says("check_net -i eth0 -c 1k"))
        .startsWith("0: NET OK - eth0 up | eth0_rx_bytes=10c");
  }

  @Test
  void link_that_is_down_or_slow_is_told() throws IOException {
    link("eth0", "down", "-1", "unknown");
    at(110, 0, 0);
    assertThat(machine.says("check_net -i eth0 -i eth9"))
        .startsWith("2: NET CRITICAL - eth0 is down; there is no interface eth9 |");
    at(120, 0, 0);
    assertThat(machine.says("check_net -i eth0 -a ok")).startsWith("0: NET OK - eth0 down");
    link("eth0", "up", "100", "half");
    at(130, 0, 0);
    assertThat(machine.says("check_net -i eth0 -s 1G -D full"))
        .startsWith("1: NET WARNING - eth0 has a speed of 100 Mbit/s; eth0 has a duplex of half |");
  }

  @Test
  void interfaces_of_hardware_are_looked_at_when_none_is_given() {
    assertThat(machine.says("check_net")).startsWith("0: NET OK - eth0 up").doesNotContain("lo_");
    assertThat(machine.says("check_net -x '^eth'")).startsWith("3: UNKNOWN - no network interface");
    assertThat(machine.says("check_net -x '^eth' -a ok"))
        .startsWith("0: NET OK - no network inter");
    assertThat(machine.says("check_net -i lo -w 50%"))
        .startsWith("3: NET UNKNOWN - the speed of lo is not known; give it by -b");
    assertThat(machine.says("check_net -i ../etc")).startsWith("3: check_net: -i (--interface)");
    assertThat(machine.says("check_net -w 5x")).startsWith("3: check_net: -w (--warning): '5x'");
    assertThat(machine.says("check_net -e 1,2,3")).startsWith("3: check_net: -e (--errors)");
  }
}
