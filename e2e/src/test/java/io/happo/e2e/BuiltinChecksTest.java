package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A check that is part of the agent answers at every door as the plugin of its name would, where
 * that is not installed; the hub's door stands in {@link WebPagesTest}.
 */
final class BuiltinChecksTest {
  private static final String OPTIONS = "-w 1000,1000,1000 -c 2000,2000,2000";

  @TempDir Path folder;

  private Daemon daemon(int nrpe, String... more) throws IOException {
    var commands = folder.resolve("commands.yaml");
    Files.writeString(commands, "load: check_load " + OPTIONS + "\n");
    var flags =
        new ArrayList<>(
            List.of(
                "--nagios-plugin-paths",
                folder.resolve("no-plugins").toString(),
                "--nrpe-port",
                "" + nrpe,
                "--nrpe-commands",
                commands.toString()));
    flags.addAll(List.of(more));
    return Daemon.start(folder.resolve("daemon"), Map.of(), flags);
  }

  private static String withoutFigures(String text) {
    return text.replaceAll("[0-9]+(\\.[0-9]+)?", "#").strip();
  }

  @Test
  void a_check_answers_as_its_plugin_at_every_door() throws Exception {
    Peer.MONITORING_PLUGINS.need();
    Peer.NRPE.need();
    var plugin =
        Run.of(folder, Map.of(), List.of("/bin/sh", "-c", Peer.PLUGINS + "/check_load " + OPTIONS));
    var expected = withoutFigures(plugin.stdout());
    assertThat(expected).startsWith("LOAD OK");
    int nrpe = Ports.free();
    try (var daemon = daemon(nrpe)) {
      var answer =
          daemon.post(
              "/monitor",
              Json.of(
                      Map.of(
                          "apikey",
                          "",
                          "plugin_name",
                          "check_load",
                          "plugin_option",
                          OPTIONS.replace("1000,", "'1000',")))
                  .json());
      assertThat(withoutFigures(answer.json().at("message").text())).isEqualTo(expected);
      assertThat(answer.json().at("return_value").text()).isEqualTo("0");

      var asked =
          Run.of(
              folder,
              Map.of(),
              List.of(
                  Peer.PLUGINS + "/check_nrpe", "-H", "127.0.0.1", "-p", "" + nrpe, "-c", "load"));
      assertThat(withoutFigures(asked.stdout())).as(asked.stderr()).isEqualTo(expected);
      assertThat(asked.exit()).isZero();

      var metrics = daemon.get("/metrics").text();
      assertThat(metrics).contains("\nhappo_agent_builtin_checks_total 2\n");
    }
    var byHand =
        Run.of(
            folder,
            Map.of("XDG_STATE_HOME", folder.toString()),
            List.of(
                Programs.agent().toString(),
                "check",
                "load",
                "-w",
                "0,0,0",
                "-c",
                "2000,2000,2000"));
    assertThat(byHand.stdout()).startsWith("LOAD ").contains("|load1=");
  }

  @Test
  void checks_that_are_switched_off_are_plugins_that_are_not_there() throws Exception {
    try (var daemon = daemon(Ports.free(), "--builtin-checks", "off")) {
      var answer =
          daemon.post(
              "/monitor",
              Json.of(Map.of("apikey", "", "plugin_name", "check_load", "plugin_option", OPTIONS))
                  .json());
      assertThat(answer.json().at("return_value").text()).isEqualTo("127");
    }
  }
}
