package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The plugins people really have say the same by hand and on every way through the daemon. Figures
 * may move.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PluginParityTest {
  private static final int DAEMONS = 4;

  private final List<Daemon> chain = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // set before all tests
  private Path home;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private FakeServer site;

  /** A plugin's answer as a monitoring system sees it. */
  private record Said(int exit, String text) {
    static Said of(int exit, String text) {
      return new Said(exit, text.replaceAll("[0-9]+(\\.[0-9]+)?", "#"));
    }
  }

  @BeforeAll
  void start_four_daemons_in_a_row(@TempDir Path folder) throws IOException {
    Peer.MONITORING_PLUGINS.need();
    home = folder;
    site = FakeServer.http(got -> FakeServer.reply(200, "text/html", "<p>here</p>"));
    for (int n = 0; n < DAEMONS; n++) {
      chain.add(Daemon.start(home.resolve("" + n), "--nagios-plugin-paths", Peer.PLUGINS));
    }
  }

  @AfterAll
  void stop_them() throws IOException {
    chain.forEach(Daemon::close);
    if (!chain.isEmpty()) {
      site.close();
    }
  }

  Stream<List<String>> checks() {
    var port = "" + site.port();
    return Stream.of(
        List.of("check_load", "-w 1000,1000,1000 -c 2000,2000,2000"),
        List.of("check_load", "-w 0,0,0 -c 0,0,0"),
        List.of("check_disk", "-w 1 -c 0 -u kB -p /"),
        List.of("check_procs", "-w 1:100000"),
        List.of("check_procs", "-c 1:1 -C no-such-program"),
        List.of("check_http", "-H 127.0.0.1 -p " + port + " -s here"),
        List.of("check_http", "-H 127.0.0.1 -p " + port + " -s elsewhere"),
        List.of("check_http", "--no-such-flag"));
  }

  @ParameterizedTest
  @MethodSource("checks")
  void plugin_says_the_same_by_hand_and_through_the_daemon(List<String> check) {
    var name = check.get(0);
    var options = check.get(1);
    var run =
        Run.of(home, Map.of(), List.of("/bin/sh", "-c", Peer.PLUGINS + "/" + name + " " + options));
    var text =
        run.stdout().isEmpty()
            ? "stdout=, stderr=" + run.stderr()
            : run.stdout() + (run.stderr().isEmpty() ? "" : ", stderr=" + run.stderr());
    var byHand = Said.of(run.exit(), text);

    assertThat(byMonitor(name, options)).as("by /monitor").isEqualTo(byHand);
    assertThat(byProxy(name, options)).as("by /proxy with three hops").isEqualTo(byHand);
    assertThat(byCheckHappo(name, options, 0)).as("by check_happo").isEqualTo(byHand);
    assertThat(byCheckHappo(name, options, 3))
        .as("by check_happo with three proxies")
        .isEqualTo(byHand);
  }

  private Said byMonitor(String name, String options) {
    return said(chain.getLast().post("/monitor", request(name, options)));
  }

  private Said byProxy(String name, String options) {
    var hops = chain.stream().skip(1).<Object>map(Daemon::address).map(Json::new).toList();
    var inner =
        Base64.getEncoder().encodeToString(request(name, options).getBytes(StandardCharsets.UTF_8));
    return said(
        chain
            .getFirst()
            .post(
                "/proxy",
                Json.of(
                        Map.of(
                            "proxy_hostport",
                            new Json(hops),
                            "request_type",
                            "monitor",
                            "request_json",
                            inner))
                    .json()));
  }

  private Said byCheckHappo(String name, String options, int proxies) {
    var argv = new ArrayList<>(List.of(Programs.check().toString(), "monitor"));
    chain.stream().limit(proxies).forEach(proxy -> argv.addAll(List.of("-X", proxy.address())));
    argv.addAll(
        List.of("-H", "127.0.0.1", "-P", "" + chain.getLast().port(), "-p", name, "-o", options));
    var run = Run.of(home, Map.of(), argv);
    assertThat(run.stderr()).isEmpty();
    return Said.of(run.exit(), run.stdout());
  }

  private static String request(String name, String options) {
    return Json.of(Map.of("apikey", "", "plugin_name", name, "plugin_option", options)).json();
  }

  private static Said said(Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return Said.of(
        Integer.parseInt(answer.json().at("return_value").text()),
        answer.json().at("message").text());
  }
}
