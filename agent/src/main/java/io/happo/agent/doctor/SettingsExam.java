package io.happo.agent.doctor;

import io.happo.agent.autoscaling.GroupsFile;
import io.happo.agent.metrics.MetricConfigFile;
import io.happo.agent.nrpe.Finding.Severity;
import io.happo.agent.nrpe.NrpeCheck;
import io.happo.agent.nrpe.TlsSwitches;
import io.happo.agent.uplink.HubMembership;
import io.happo.net.Trust;
import io.happo.program.cli.Arguments;
import io.happo.program.files.Reason;
import io.happo.program.keys.KeyFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** Whether the files of settings and secrets can be used, and who else can read the secrets. */
final class SettingsExam {
  private static final String MEND = "Mend the file: the agent does not start with it as it is.";

  private final Arguments arguments;
  private final List<Remark> remarks;

  SettingsExam(Arguments arguments, List<Remark> remarks) {
    this.arguments = arguments;
    this.remarks = remarks;
  }

  void examine() {
    metrics();
    groups();
    keyPair();
    nrpe();
    authorities("client-ca");
    authorities("proxy-ca");
    if (arguments.has("api-key-file")) {
      apiKey(arguments.path("api-key-file"));
    }
    secret("private-key", arguments.path("private-key"), true);
    secret("hub-folder", arguments.path("hub-folder").resolve(HubMembership.KEY_NAME), false);
    secret("hub-folder", arguments.path("hub-folder").resolve(HubMembership.FILE_NAME), false);
  }

  private void metrics() {
    var file = arguments.path("metric-config");
    try {
      var config = new MetricConfigFile(file).read();
      int plugins = config.hosts().stream().mapToInt(host -> host.plugins().size()).sum();
      remarks.add(
          Remark.ok(
              "metric-config",
              Files.exists(file)
                  ? file + " names " + plugins + " metric plugins"
                  : "there is no " + file + ", so no metric plugins are run"));
    } catch (IOException e) {
      remarks.add(Remark.critical("metric-config", Reason.of(e), MEND));
    }
  }

  private void groups() {
    var file = arguments.path("autoscaling-config");
    try {
      GroupsFile.open(file);
      if (Files.exists(file)) {
        remarks.add(Remark.ok("autoscaling-config", file + " is well-formed"));
      }
    } catch (IOException e) {
      remarks.add(Remark.critical("autoscaling-config", Reason.of(e), MEND));
    }
  }

  private void keyPair() {
    var certificate = arguments.path("public-key");
    var key = arguments.path("private-key");
    if (!Files.exists(certificate) && !Files.exists(key)) {
      remarks.add(
          Remark.ok(
              "key pair",
              "there is no " + certificate + "; the agent makes a pair when it starts"));
      return;
    }
    try {
      new KeyFiles(certificate, key, "--public-key and --private-key").read();
      remarks.add(Remark.ok("key pair", certificate + " and " + key + " belong together"));
    } catch (IOException e) {
      remarks.add(
          Remark.critical(
              "key pair",
              Reason.of(e),
              "Put the right pair there, or remove both for a self-signed one."));
    }
  }

  private void nrpe() {
    if (!arguments.has("nrpe-config")) {
      return;
    }
    var file = arguments.path("nrpe-config");
    int errors = 0;
    var findings =
        NrpeCheck.check(
            file,
            new TlsSwitches(arguments.flag("nrpe-no-tls"), arguments.flag("nrpe-legacy-tls")));
    for (var finding : findings) {
      errors += finding.severity() == Severity.ERROR ? 1 : 0;
    }
    var advice = "'happo-agent nrpe-check " + file + "' lists them.";
    if (errors > 0) {
      remarks.add(
          Remark.critical("nrpe-config", file + " has errors: " + errors, advice + " " + MEND));
    } else if (!findings.isEmpty()) {
      remarks.add(
          Remark.warning(
              "nrpe-config",
              file + " is served with differences from NRPE: " + findings.size(),
              advice));
    } else {
      remarks.add(Remark.ok("nrpe-config", file + " is served as by NRPE"));
    }
  }

  private void authorities(String option) {
    if (!arguments.has(option)) {
      return;
    }
    try {
      new Trust.Authorities(arguments.path(option)).check();
      remarks.add(Remark.ok(option, arguments.path(option) + " holds authorities"));
    } catch (IOException e) {
      remarks.add(Remark.critical(option, Reason.of(e), MEND));
    }
  }

  private void apiKey(Path file) {
    if (Files.isRegularFile(file)) {
      secret("api-key-file", file, false);
    } else {
      remarks.add(
          Remark.critical(
              "api-key-file", "there is no file " + file, "Write the key into it, mode 0600."));
    }
  }

  /**
   * Looks who can read a secret.
   *
   * @param groupMayRead whether the agent takes one that its group can read
   */
  private void secret(String about, Path file, boolean groupMayRead) {
    if (!Files.exists(file)) {
      return;
    }
    if (!Files.isReadable(file)) {
      remarks.add(
          Remark.critical(
              about,
              file + " cannot be read by " + System.getProperty("user.name"),
              "Run this as the user that the agent runs as, or give the file to it: chown."));
      return;
    }
    try {
      var mode = Files.getPosixFilePermissions(file);
      var others = mode.stream().filter(one -> !isOwners(one)).toList();
      var shown = " (" + PosixFilePermissions.toString(mode) + ")";
      remarks.add(
          others.isEmpty()
              ? Remark.ok(about, file + " can be read by its owner alone")
              : groupMayRead && others.equals(List.of(PosixFilePermission.GROUP_READ))
                  ? Remark.warning(
                      about,
                      file + " can be read by its group" + shown,
                      "chmod 600 " + file + ", unless all of that group are to have it.")
                  : Remark.critical(
                      about,
                      file + " is open to others" + shown,
                      "chmod 600 " + file + ", and make a new one if somebody may have read it."));
    } catch (IOException | UnsupportedOperationException e) {
      remarks.add(
          Remark.warning(
              about,
              "who can read " + file + " cannot be told: " + e.getMessage(),
              "See to it that its owner alone can."));
    }
  }

  private static boolean isOwners(PosixFilePermission permission) {
    return permission == PosixFilePermission.OWNER_READ
        || permission == PosixFilePermission.OWNER_WRITE
        || permission == PosixFilePermission.OWNER_EXECUTE;
  }
}
