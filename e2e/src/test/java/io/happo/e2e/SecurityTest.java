package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the agent can be told to refuse, beyond what the original refuses; asked by real clients.
 */
class SecurityTest {
  /** Two users that nobody else is; the daemon lets in the first of them. */
  private static final int FRIEND = 61_238;

  private static final int STRANGER = 61_239;
  private static final String DENIED = "Access Denied\n";

  @TempDir Path folder;
  private Path plugins;
  private Path key;

  @BeforeEach
  void prepare() throws IOException {
    Peer.CURL.need();
    plugins = Files.createDirectories(folder.resolve("plugins"));
    var plugin =
        Files.writeString(
            plugins.resolve("words"), "#!/bin/sh\nfor a in \"$@\"; do echo \"[$a]\"; done\nenv\n");
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
    key = Files.writeString(folder.resolve("key"), "sesame\n");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void without_the_key_nobody_learns_anything_but_that_the_agent_is_there() {
    try (var daemon = start("keyed", "--api-key-file", key.toString())) {
      assertThat(daemon.get("/").text()).isEqualTo("OK");
      assertThat(daemon.get("/status").text()).isEqualTo(DENIED);
      assertThat(daemon.post("/monitor", "{\"plugin_name\":\"words\"}").text()).isEqualTo(DENIED);
      assertThat(daemon.post("/monitor", "{\"apikey\":\"sesam\"}").text()).isEqualTo(DENIED);
      assertThat(daemon.post("/monitor", "{").text()).isEqualTo(DENIED);
      assertThat(curl(daemon, "/status", "-H", "Authorization: Bearer sesame").stdout())
          .contains("app_version");
      var asked = daemon.post("/monitor", "{\"apikey\":\"sesame\",\"plugin_name\":\"words\"}");
      assertThat(asked.status()).isEqualTo(200);
      assertThat(check(daemon, "--api-key-file", key.toString()).exit()).isZero();
      assertThat(daemon.log()).doesNotContain("sesame");
    }
  }

  @Test
  void plugins_do_not_see_the_secrets_of_the_daemon() {
    var secret = Map.of("HAPPO_AGENT_API_KEY", "sesame", "GREETING", "hello");
    var flags = List.of("--nagios-plugin-paths", plugins.toString());
    try (var daemon = Daemon.start(folder.resolve("secret"), secret, flags)) {
      assertThat(daemon.post("/monitor", "{\"plugin_name\":\"words\"}").text())
          .contains("GREETING=hello")
          .doesNotContain("sesame")
          .doesNotContain("HAPPO_LAUNCHER_ENV")
          .doesNotContain("MALLOC_ARENA_MAX");
    }
  }

  @Test
  void a_client_without_a_certificate_is_refused_in_the_handshake() throws IOException {
    TestTls.make(folder.resolve("ca"));
    var pair = folder.resolve("ca");
    var ca = pair.resolve("happo-agent.pub").toString();
    try (var daemon = start("mutual", "--client-ca", ca)) {
      assertThat(curl(daemon, "/").exit()).isNotZero();
      var shown =
          curl(daemon, "/", "--cert", ca, "--key", pair.resolve("happo-agent.key").toString());
      assertThat(shown.stdout()).isEqualTo("OK");
    }
  }

  @Test
  void a_bastion_asks_only_the_agent_that_it_is_pinned_to() throws IOException {
    try (var last = start("last");
        var right = start("right", "--proxy-pin", pinOf(last));
        var wrong = start("wrong", "--proxy-pin", "0".repeat(64))) {
      var inner =
          Base64.getEncoder()
              .encodeToString("{\"plugin_name\":\"words\"}".getBytes(StandardCharsets.UTF_8));
      var request =
          "{\"proxy_hostport\":[\"%s\"],\"request_type\":\"monitor\",\"request_json\":\"%s\"}"
              .formatted(last.address(), inner);
      assertThat(right.post("/proxy", request).status()).isEqualTo(200);
      var refused = wrong.post("/proxy", request);
      assertThat(refused.status()).isEqualTo(500);
      assertThat(refused.text()).startsWith("{\"return_value\":3,").contains("pinned");
      assertThat(check(last, "--pin", pinOf(last)).exit()).isZero();
      assertThat(check(last, "--pin", "0".repeat(64)).exit()).isEqualTo(2);
    }
  }

  @Test
  void without_a_shell_options_are_words_and_inventory_runs_what_is_listed() {
    try (var daemon = start("shellless", "--no-shell", "--inventory-allow", "echo")) {
      var monitor =
          "{\"plugin_name\":\"words\",\"plugin_option\":\"a $HOME 'b c' ; echo \\\\\\\"x\"}";
      assertThat(daemon.post("/monitor", monitor).text())
          .contains("[a]\\n[$HOME]\\n[b c]\\n[;]\\n[echo]\\n[\\\"x]\\n");
      var unbalanced = "{\"plugin_name\":\"words\",\"plugin_option\":\"'a\"}";
      assertThat(daemon.post("/monitor", unbalanced).status()).isEqualTo(400);
      var listed = "{\"command\":\"echo\",\"command_option\":\"a; id\"}";
      assertThat(daemon.post("/inventory", listed).text())
          .isEqualTo("{\"return_code\":0,\"return_value\":\"a; id\\n\"}");
      assertThat(daemon.post("/inventory", "{\"command\":\"id\"}").status()).isEqualTo(403);
    }
  }

  @Test
  void the_loopback_rule_lets_in_listed_users_only() {
    Peer.OTHER_USERS.need();
    try (var daemon = start("users", "--loopback-users", "" + FRIEND)) {
      assertThat(daemon.get("/").text()).isEqualTo("OK");
      assertThat(curlAs(FRIEND, daemon).stdout()).isEqualTo("OK");
      assertThat(curlAs(STRANGER, daemon).stdout()).isEqualTo(DENIED);
    }
  }

  @Test
  void an_agent_on_an_ipv6_address_is_asked_there() {
    try (var daemon = start("six", "--allowed-hosts", "2001:db8::/32")) {
      var argv = List.of("curl", "-sk", "-m", "10", "https://[::1]:" + daemon.port() + "/");
      assertThat(Run.of(folder, Map.of(), argv).stdout()).isEqualTo("OK");
    }
  }

  private Daemon start(String name, String... flags) {
    var all = new ArrayList<>(List.of("--nagios-plugin-paths", plugins.toString()));
    all.addAll(List.of(flags));
    return Daemon.start(folder.resolve(name), all.toArray(String[]::new));
  }

  private Run curl(Daemon daemon, String path, String... options) {
    var argv = new ArrayList<>(List.of("curl", "-sk", "-m", "10"));
    argv.addAll(List.of(options));
    argv.add("https://" + daemon.address() + path);
    return Run.of(folder, Map.of(), argv);
  }

  private Run curlAs(int user, Daemon daemon) {
    var argv =
        "setpriv --reuid=%d --regid=%d --clear-groups curl -sk -m 10 https://%s/"
            .formatted(user, user, daemon.address());
    return Run.of(folder, Map.of(), List.of(argv.split(" ", -1)));
  }

  private Run check(Daemon daemon, String... options) {
    var argv =
        new ArrayList<>(
            List.of(Programs.check().toString(), "monitor", "-H", "127.0.0.1", "-p", "words"));
    argv.addAll(List.of("-P", "" + daemon.port()));
    argv.addAll(List.of(options));
    return Run.of(folder, Map.of(), argv);
  }

  private String pinOf(Daemon daemon) {
    Peer.OPENSSL.need();
    var script =
        "openssl x509 -in '%s' -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum"
            .formatted(daemon.folder().resolve("happo-agent.pub"));
    return Run.of(folder, Map.of(), List.of("sh", "-c", script)).stdout().substring(0, 64);
  }
}
