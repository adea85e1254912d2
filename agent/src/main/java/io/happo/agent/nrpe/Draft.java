package io.happo.agent.nrpe;

import io.happo.agent.nrpe.Finding.Severity;
import io.happo.agent.nrpe.NrpeSettings.ClientCertificates;
import io.happo.agent.nrpe.NrpeSettings.Family;
import io.happo.agent.nrpe.NrpeSettings.KeyFiles;
import io.happo.agent.nrpe.NrpeSettings.Listening;
import io.happo.agent.nrpe.NrpeSettings.Logged;
import io.happo.agent.nrpe.NrpeSettings.Rules;
import io.happo.agent.nrpe.NrpeSettings.Running;
import io.happo.agent.nrpe.NrpeSettings.Tls;
import io.happo.agent.nrpe.NrpeSettings.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was read so far, and what there is to tell of it. The fields hold what counts when a
 * directive is absent until its line comes; of several lines the last counts, but allowed_hosts and
 * commands add up. For one thread.
 */
final class Draft {
  private final String mainFile;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<String, ConfigLine> lines = new HashMap<>();

  @Nullable String address;
  int port = NrpeSettings.DEFAULT_PORT;
  int backlog = NrpeSettings.DEFAULT_BACKLOG;
  Family family = Family.ANY;
  @Nullable List<String> allowedHosts;
  Duration connectionTimeout = NrpeSettings.DEFAULT_CONNECTION_TIMEOUT;
  Duration closeTimeout = NrpeSettings.DEFAULT_CLOSE_TIMEOUT;

  boolean arguments;
  boolean commandSubstitution;
  String forbiddenCharacters = Rules.DEFAULT_FORBIDDEN;

  Duration commandTimeout = Running.DEFAULT_TIMEOUT;
  @Nullable String commandPrefix;
  int maxCommands;
  @Nullable String user;
  @Nullable String group;
  List<String> keptVariables = List.of();
  final Map<String, String> commands = new LinkedHashMap<>();
  final Map<String, ConfigLine> commandLines = new HashMap<>();

  boolean tlsOn = true;
  Version oldest = Version.TLS_1_0;
  Version newest = Version.TLS_1_3;
  int anonymousDh = 1;
  @Nullable String ciphers;
  @Nullable Path certificate;
  @Nullable Path key;
  @Nullable Path clientCa;
  ClientCertificates clientCertificates = ClientCertificates.NONE;

  Set<Logged> tlsLogged = Set.of();
  boolean debug;
  @Nullable Path pidFile;

  Draft(String mainFile) {
    this.mainFile = mainFile;
  }

  /** Tells what works here in another way. */
  void note(ConfigLine line, String message) {
    tell(Severity.NOTE, line, message);
  }

  /** Tells what may not work as meant. */
  void warn(ConfigLine line, String message) {
    tell(Severity.WARNING, line, message);
  }

  /** Tells what cannot be served. */
  void refuse(ConfigLine line, String message) {
    tell(Severity.ERROR, line, message);
  }

  void tell(Severity severity, ConfigLine line, String message) {
    findings.add(new Finding(severity, line.file(), line.number(), line.name(), message));
  }

  void tell(Severity severity, String file, int line, String message) {
    findings.add(new Finding(severity, file, line, "", message));
  }

  /** Remembers where a directive stands; the last line of several. */
  void stands(ConfigLine line) {
    lines.put(line.name(), line);
  }

  /** Where a directive stands. */
  Optional<ConfigLine> line(String directive) {
    return Optional.ofNullable(lines.get(directive));
  }

  List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** Compares what was read with itself, and makes the settings unless there was an error. */
  NrpeReading finish(TlsSwitches switches) {
    var tls = tls(switches);
    rules();
    boolean failed = findings.stream().anyMatch(f -> f.severity() == Severity.ERROR);
    return new NrpeReading(failed ? Optional.empty() : Optional.of(settings(tls)), findings);
  }

  private NrpeSettings settings(Optional<Tls> tls) {
    var logged = EnumSet.noneOf(Logged.class);
    logged.addAll(tlsLogged);
    if (debug) {
      logged.add(Logged.QUERIES);
    }
    return new NrpeSettings(
        new Listening(Optional.ofNullable(address), port, backlog, family),
        Optional.ofNullable(allowedHosts),
        Optional.of(line("allowed_hosts").map(ConfigLine::file).orElse(mainFile)),
        connectionTimeout,
        closeTimeout,
        tls,
        new Rules(arguments, commandSubstitution, forbiddenCharacters),
        new Running(
            commandTimeout,
            Optional.ofNullable(commandPrefix),
            maxCommands,
            Optional.ofNullable(user),
            Optional.ofNullable(group),
            keptVariables),
        commands,
        logged,
        Optional.ofNullable(pidFile));
  }

  private Optional<Tls> tls(TlsSwitches switches) {
    if (switches.off() || !tlsOn) {
      return Optional.empty();
    }
    if ((certificate == null) != (key == null)) {
      problem(
          certificate == null ? "ssl_privatekey_file" : "ssl_cert_file",
          "a certificate and its key belong together; add "
              + (certificate == null ? "ssl_cert_file" : "ssl_privatekey_file")
              + ", or leave both out to show the agent's own certificate");
    }
    if (clientCertificates != ClientCertificates.NONE && clientCa == null) {
      problem(
          "ssl_client_certs",
          "no certificate of a client can be judged without its authorities; add ssl_cacert_file");
    }
    if (clientCertificates == ClientCertificates.NONE && clientCa != null) {
      line("ssl_cacert_file")
          .ifPresent(
              at ->
                  note(
                      at,
                      "is not used: no certificate is asked of clients; ssl_client_certs=2 demands"
                          + " one"));
    }
    if (anonymousDh == 2 && !switches.legacy()) {
      problem(
          "ssl_use_adh",
          "2 wants anonymous Diffie-Hellman and nothing else, which the agent does only with"
              + " --nrpe-legacy-tls, and beside certificates; add that option, or write"
              + " ssl_use_adh=1 (check_nrpe 3 and 4 then use the certificate)");
    }
    if (clientCertificates == ClientCertificates.REQUIRE && anonymousDh == 2) {
      problem(
          "ssl_use_adh",
          "2 and ssl_client_certs=2 exclude each other: anonymous clients show no certificate;"
              + " write ssl_use_adh=0");
    }
    if (clientCertificates == ClientCertificates.REQUIRE && switches.legacy() && anonymousDh == 1) {
      problem(
          "ssl_client_certs",
          "2 and --nrpe-legacy-tls exclude each other: anonymous clients show no certificate; leave"
              + " one out, or write ssl_use_adh=0");
    }
    boolean halfMade =
        (certificate == null) != (key == null)
            || (clientCertificates != ClientCertificates.NONE && clientCa == null);
    if (halfMade) {
      return Optional.empty();
    }
    return Optional.of(
        new Tls(
            oldest,
            newest,
            Optional.ofNullable(ciphers),
            certificate == null || key == null
                ? Optional.empty()
                : Optional.of(new KeyFiles(certificate, key)),
            Optional.ofNullable(clientCa),
            clientCertificates,
            switches.legacy() && anonymousDh > 0));
  }

  private void rules() {
    var missing = new StringBuilder();
    for (char c : Rules.DEFAULT_FORBIDDEN.toCharArray()) {
      if (forbiddenCharacters.indexOf(c) < 0) {
        missing.append(missing.isEmpty() ? "" : " ").append(Escapes.show(c));
      }
    }
    if (!missing.isEmpty()) {
      var consequence =
          arguments
              ? ": arguments may hold them, and the shell that runs the command acts on them"
              : "; without arguments (dont_blame_nrpe=0) they do little";
      line("nasty_metachars")
          .ifPresent(
              at ->
                  tell(
                      arguments ? Severity.WARNING : Severity.NOTE,
                      at,
                      "lets through what NRPE forbids by default, " + missing + consequence));
    }
  }

  private void problem(String directive, String message) {
    line(directive)
        .ifPresentOrElse(
            at -> refuse(at, message),
            () -> findings.add(new Finding(Severity.ERROR, mainFile, 0, directive, message)));
  }
}
