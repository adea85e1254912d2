package io.happo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fleet on three networks: a hub and two joined agents on the first, then two bastions in a row,
 * and agents without a hub: one on the first network, one behind the first bastion, two behind
 * both.
 */
@Timeout(600)
final class ClassicFleetTest {
  private static final String HUB = "10.77.1.1";
  private static final String URL = "https://" + HUB + ":6778";
  private static final Duration SOON = Duration.ofMinutes(2);

  /** An agent is told of as away when it has been for a minute, after three tries. */
  private static final Duration AWAY = Duration.ofSeconds(150);

  @TempDir Path home;

  @SuppressWarnings("NullAway.Init")
  private Namespaces machines;

  @SuppressWarnings("NullAway.Init")
  private Process bastion;

  @BeforeEach
  void start() throws Exception {
    Peer.NETWORK_NAMESPACES.need();
    machines = new Namespaces(home);
    for (var network : List.of("net1", "net2", "net3")) {
      machines.network(network);
    }
    put("hub", "net1", HUB);
    put("b1", "net1", "10.77.1.2");
    machines.plug("b1", "net2", "10.77.2.2");
    put("b2", "net2", "10.77.2.3");
    machines.plug("b2", "net3", "10.77.3.3");
    put("c1", "net3", "10.77.3.11");
    put("c2", "net3", "10.77.3.12");
    put("c3", "net2", "10.77.2.13");
    put("c4", "net1", "10.77.1.14");
    put("j1", "net1", "10.77.1.21");
    put("j2", "net1", "10.77.1.22");
    machines.start(
        "hub",
        List.of(
            Programs.hub().toString(),
            "serve",
            "--data",
            "data",
            "--listen-address",
            HUB,
            "--public-url",
            URL,
            "--manage-allowed-hosts",
            "10.77.0.0/16"));
    daemon("b1", HUB);
    bastion = daemon("b2", "10.77.2.2");
    daemon("c1", "10.77.3.3");
    daemon("c2", "10.77.3.3");
    daemon("c3", "10.77.2.2");
    daemon("c4", HUB);
    daemon("j1", HUB);
    daemon("j2", HUB);
  }

  @AfterEach
  void stop() {
    machines.close();
  }

  private void put(String machine, String network, String address) {
    machines.machine(machine);
    machines.plug(machine, network, address);
  }

  private Process daemon(String machine, String allowed) throws IOException {
    var folder = machines.folder(machine);
    var plugin = Files.createDirectories(folder.resolve("plugins")).resolve("check_state");
    Files.writeString(plugin, "#!/bin/sh\necho \"OK - " + machine + " $*\"\n");
    Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(folder.resolve("metrics.yaml"), "");
    return machines.start(
        machine,
        List.of(
            Programs.agent().toString(),
            "daemon",
            "-A",
            allowed,
            "--nagios-plugin-paths",
            folder.resolve("plugins").toString(),
            "--proxy-timeout-seconds",
            "5"));
  }

  private String hub(String... words) throws IOException {
    var argv = new ArrayList<String>();
    argv.add(Programs.hub().toString());
    argv.addAll(List.of(words));
    argv.addAll(List.of("--profile", "data/client.json"));
    var run = machines.run("hub", argv);
    assertThat(run.exit()).as(List.of(words) + ": " + run.stderr()).isZero();
    return run.stdout();
  }

  /** As somebody does it on the bastion, by the original's command. */
  private Run manage(String command, String... words) throws IOException {
    var argv = new ArrayList<>(List.of(Programs.agent().toString(), command, "-e", URL));
    argv.addAll(List.of(words));
    return machines.run("b1", argv);
  }

  /** Name and presence of each; the joined ones have the name of the machine of the test. */
  private List<String> presences() throws IOException {
    return Json.parse(hub("agents", "--json")).at("agents").items().stream()
        .map(agent -> agent.at("name").text() + " " + agent.at("presence").text())
        .sorted()
        .toList();
  }

  private String told() {
    return Run.text(home.resolve("hub/told"));
  }

  @Test
  void all_are_watched_and_a_bastion_that_dies_is_told_as_such_and_nothing_else() throws Exception {
    var token = hub("token", "create", "--approve", "--uses", "0").strip();
    var secret = token.substring(token.lastIndexOf(' ') + 1).replace("'", "");
    for (var machine : List.of("j1", "j2")) {
      var join = machines.run(machine, List.of(Programs.agent().toString(), "join", URL, secret));
      assertThat(join.exit()).as(join.stderr()).isZero();
    }
    var b1 = "10.77.1.2";
    var b2 = "10.77.2.3";
    var c1 = List.of("-g", "shop!web", "-i", "10.77.3.11");
    assertThat(manage("is_added", c1.toArray(String[]::new)))
        .isEqualTo(new Run(1, "", "Not found.\n"));
    var added = new ArrayList<>(c1);
    added.addAll(List.of("-H", "c1", "-p", b1, "-p", b2));
    assertThat(manage("add", added.toArray(String[]::new))).isEqualTo(new Run(0, "Success.\n", ""));
    assertThat(manage("add", added.toArray(String[]::new)))
        .isEqualTo(new Run(1, "", "Conflict!\n"));
    assertThat(manage("is_added", c1.toArray(String[]::new))).isEqualTo(new Run(0, "Found.\n", ""));
    manage("add", "-g", "shop!web", "-i", "10.77.3.12", "-H", "c2", "-p", b1, "-p", b2);
    manage("add", "-g", "shop!db", "-i", "10.77.2.13", "-H", "c3", "-p", b1);
    manage("add", "-g", "shop", "-i", "10.77.1.14", "-H", "c4");

    var teller = home.resolve("hub/tell");
    Files.writeString(
        teller,
        "#!/bin/sh\necho \"$NAGIOS_NOTIFICATIONTYPE $NAGIOS_HOSTNAME $NAGIOS_SERVICEDESC\" >>"
            + home.resolve("hub/told")
            + "\n");
    Files.setPosixFilePermissions(teller, PosixFilePermissions.fromString("rwxr-xr-x"));
    hub("channel", "set", "file", "--kind", "command", "--set", "command=" + teller);
    var plan = Files.createDirectories(home.resolve("hub/plan"));
    Files.writeString(
        plan.resolve("plan.yaml"),
        """
        checks:
          - {name: state, plugin: "check_state 'a b'", every: 2s, retry: 1s, attempts: 2}
        inventory:
          - {name: of-classic, plugin: "echo listed", for: {facts: {classic: "*"}}}
          - {name: of-joined, plugin: check_state listed, not-for: {facts: {classic: "*"}}}
        alerts:
          - {name: checks, checks: [state], tell: file}
          - {name: away, agent: away, lasting: 1s, tell: file}
        """);
    hub("plan", "apply", plan.toString());
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(presences()).hasSize(6).allMatch(one -> one.endsWith(" connected"));
              for (var name : List.of("c1", "c2", "c3", "c4")) {
                assertThat(hub("checks", "--agent", name)).contains("OK - " + name + " a b");
              }
              assertThat(hub("inventory", "listed").lines()).hasSize(7);
            });
    assertThat(told()).isEmpty();

    assertThat(hub("inventory", "listed")).contains("c1 ");
    Namespaces.kill(bastion);
    await()
        .atMost(AWAY)
        .untilAsserted(
            () ->
                assertThat(told().lines())
                    .anyMatch(line -> line.startsWith("PROBLEM c1"))
                    .anyMatch(line -> line.startsWith("PROBLEM c2")));
    assertThat(presences())
        .contains("c1 lost", "c2 lost", "c3 connected", "c4 connected")
        .filteredOn(one -> one.endsWith(" connected"))
        .hasSize(4);

    daemon("b2", "10.77.2.2");
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(told().lines())
                  .anyMatch(line -> line.startsWith("RECOVERY c1"))
                  .anyMatch(line -> line.startsWith("RECOVERY c2"));
              assertThat(presences()).hasSize(6).allMatch(one -> one.endsWith(" connected"));
            });
    assertThat(told().lines()).allMatch(line -> line.matches("(PROBLEM|RECOVERY) c[12] *"));

    assertThat(manage("remove", c1.toArray(String[]::new))).isEqualTo(new Run(0, "Success.\n", ""));
    assertThat(manage("is_added", c1.toArray(String[]::new)))
        .isEqualTo(new Run(1, "", "Not found.\n"));
  }
}
