package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Nagios Core shows what our agent's plugins say, asked by check_nrpe and check_happo. */
final class NagiosTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What Nagios is to show of a service. */
  private record Shown(String state, String output, String longOutput, String performance) {
    static Shown of(Map<String, String> fields) {
      return new Shown(
          text(fields, "current_state"),
          text(fields, "plugin_output"),
          text(fields, "long_plugin_output"),
          text(fields, "performance_data"));
    }

    /** Nagios joins the parts of an output with blanks of its own. */
    private static String text(Map<String, String> fields, String name) {
      return fields.getOrDefault(name, "").replaceAll(" +", " ").strip();
    }

    static Shown exitCode(int code) {
      return new Shown("" + code, "exit code " + code, "", "");
    }
  }

  @TempDir Path folder;

  @Test
  void nagios_shows_the_states_and_outputs_of_the_plugins_both_ways() throws IOException {
    Peer.NRPE.need();
    Peer.NAGIOS.need();
    var home = NrpeHome.in(Files.createDirectories(folder.resolve("home")));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    int port = Ports.free();
    var config = home.config("nrpe.cfg", port, NrpeSetup.TLS.lines());
    var flags =
        new ArrayList<>(
            List.of(
                "--nrpe-config",
                config.toString(),
                "--nagios-plugin-paths",
                home.folder().resolve("plugins").toString()));
    var expected = new LinkedHashMap<String, Shown>();
    var services = new LinkedHashMap<String, String>();
    try (var daemon = Daemon.start(folder.resolve("daemon"), Map.of(), flags)) {
      var nrpe = "%s/check_nrpe -H 127.0.0.1 -p %d -t 20 -c ".formatted(Peer.PLUGINS, port);
      var happo = "%s monitor -H 127.0.0.1 -P %d -p ".formatted(Programs.check(), daemon.port());
      for (int code = 0; code <= 3; code++) {
        services.put("nrpe_" + code, nrpe + "exit_" + code);
        expected.put("nrpe_" + code, Shown.exitCode(code));
        services.put("happo_" + code, happo + "check_rc.sh -o " + code);
        expected.put("happo_" + code, Shown.exitCode(code));
      }
      var multiline =
          new Shown("0", "OK - first line", "long line 1\\nlong line 2", "a=1;2;3 b=2 c=3");
      services.put("nrpe_lines", nrpe + "multiline");
      expected.put("nrpe_lines", multiline);
      services.put("happo_lines", happo + "check_multiline.sh");
      expected.put("happo_lines", multiline);
      try (var nagios = Nagios.start(Files.createDirectories(folder.resolve("nagios")), services)) {
        Awaitility.await("all services checked by Nagios")
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(250))
            .until(() -> !nagios.isAlive() || nagios.services().size() == services.size());
        assertThat(nagios.isAlive()).as(nagios.said()).isTrue();
        var shown = new LinkedHashMap<String, Shown>();
        nagios.services().forEach((name, fields) -> shown.put(name, Shown.of(fields)));
        assertThat(shown).as(nagios.said()).containsExactlyInAnyOrderEntriesOf(expected);
      }
    }
  }
}
