package io.happo.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A program of others that some tests need. A test that lacks one is skipped by the peer's name in
 * a plain run, and fails under {@code -Dhappo.peers=required}.
 */
enum Peer {
  CURL("curl", "curl"),
  OPENSSL("openssl", "openssl"),
  SNAPSHOT_TOOLS("w, ps, ss and lsof (procps, iproute2, lsof)", "w ps ss lsof"),
  MONITORING_PLUGINS(
      "monitoring-plugins-basic",
      "/usr/lib/nagios/plugins/check_load /usr/lib/nagios/plugins/check_disk"
          + " /usr/lib/nagios/plugins/check_procs /usr/lib/nagios/plugins/check_http"
          + " /usr/lib/nagios/plugins/check_dummy"),
  NRPE(
      "check_nrpe and the NRPE daemon (tools/install-peers.sh)",
      "/usr/lib/nagios/plugins/check_nrpe %/nrpe %/nrpe-args"),
  NAGIOS("Nagios Core (tools/install-peers.sh)", "%/nagios4"),
  COLLECTD("collectd (tools/install-peers.sh)", "%/collectd"),
  NODE_EXPORTER("prometheus-node-exporter (tools/install-peers.sh)", "%/prometheus-node-exporter"),
  PYTHON("python3", "python3"),
  CHROMIUM("chromium (tools/install-peers.sh)", Browser.PROGRAM),
  MOUNT_NAMESPACE("unshare, as root", "unshare") {
    @Override
    boolean present() {
      return super.present() && isRoot();
    }
  },
  NETWORK_NAMESPACES("ip (iproute2), as root", "ip") {
    @Override
    boolean present() {
      return super.present() && isRoot();
    }
  },
  OTHER_USERS("setpriv, as root", "setpriv") {
    @Override
    boolean present() {
      return super.present() && isRoot();
    }
  };

  /** Where Debian keeps the plugins. */
  static final String PLUGINS = "/usr/lib/nagios/plugins";

  /** Where tools/install-peers.sh puts what it unpacks and builds; {@code %} in the lists above. */
  static final Path FOLDER =
      Path.of(System.getenv().getOrDefault("HAPPO_PEERS_FOLDER", "/var/cache/happo-peers"));

  private final String title;

  /** By name, looked for on the path, or with their folder; between blanks. */
  private final String programs;

  Peer(String title, String programs) {
    this.title = title;
    this.programs = programs;
  }

  boolean present() {
    return Stream.of(programs.split(" ", -1)).allMatch(Peer::installed);
  }

  /** Returns if the peer is here; skips or fails the calling test otherwise. */
  void need() {
    if (present()) {
      return;
    }
    var message = "missing peer: " + title;
    if ("required".equals(System.getProperty("happo.peers"))) {
      Assertions.fail(message);
    }
    Assumptions.abort(message);
  }

  static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static boolean installed(String named) {
    var program = named.replace("%", FOLDER.toString());
    if (program.startsWith("/")) {
      return Files.isExecutable(Path.of(program));
    }
    return Stream.of(System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
