package io.happo.agent;

import io.happo.agent.exec.Account;
import io.happo.agent.nrpe.AllowedHosts;
import io.happo.agent.nrpe.NrpeCommandsFile;
import io.happo.agent.nrpe.NrpeConfigFile;
import io.happo.agent.nrpe.NrpeReading;
import io.happo.agent.nrpe.NrpeSettings;
import io.happo.agent.nrpe.NrpeSettings.Tls;
import io.happo.agent.nrpe.TlsSwitches;
import io.happo.program.cli.Arguments;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the command line says of the NRPE door.
 *
 * @param source where its settings come from
 * @param tls what holds whatever that source says
 * @param explain whether an allowed host is told why its query was refused
 */
record NrpeOptions(Source source, TlsSwitches tls, boolean explain) {
  private static final List<String> LOOPBACK = List.of("127.0.0.1", "::1");

  /** The options that nrpe.cfg takes the place of. */
  private static final List<String> WITHOUT_FILE =
      List.of("nrpe-port", "nrpe-commands", "nrpe-allowed-hosts", "nrpe-arguments");

  private static final List<String> ANY = List.of("nrpe-no-tls", "nrpe-legacy-tls", "nrpe-explain");

  /** Where the settings come from. */
  sealed interface Source {
    /** An nrpe.cfg. */
    record ConfigFile(Path file) implements Source {}

    /** Options and a file of commands. */
    record Options(
        int port,
        Path commands,
        List<String> allowedHosts,
        boolean arguments,
        Duration commandTimeout)
        implements Source {}
  }

  /**
   * The options of a command line; none when there is to be no door.
   *
   * @throws IOException that tells all that does not fit together
   */
  static Optional<NrpeOptions> of(Arguments arguments) throws IOException {
    boolean hasConfig = arguments.has("nrpe-config");
    boolean hasPort = arguments.has("nrpe-port");
    var problems = problems(arguments, hasConfig, hasPort);
    if (!problems.isEmpty()) {
      throw new IOException(String.join("; ", problems));
    }
    if (!hasConfig && !hasPort) {
      return Optional.empty();
    }
    var source =
        hasConfig
            ? new Source.ConfigFile(arguments.path("nrpe-config"))
            : new Source.Options(
                arguments.number("nrpe-port"),
                arguments.path("nrpe-commands"),
                arguments.has("nrpe-allowed-hosts")
                    ? arguments.list("nrpe-allowed-hosts")
                    : LOOPBACK,
                arguments.flag("nrpe-arguments"),
                arguments.seconds("command-timeout"));
    return Optional.of(
        new NrpeOptions(
            source,
            new TlsSwitches(arguments.flag("nrpe-no-tls"), arguments.flag("nrpe-legacy-tls")),
            arguments.flag("nrpe-explain")));
  }

  private static List<String> problems(Arguments arguments, boolean hasConfig, boolean hasPort) {
    var problems = new ArrayList<String>();
    for (var option : WITHOUT_FILE) {
      if (hasConfig && isGiven(arguments, option)) {
        problems.add(
            "--nrpe-config and --" + option + " exclude each other: what the file says counts");
      }
    }
    for (var option : hasConfig || hasPort ? List.<String>of() : all()) {
      if (isGiven(arguments, option)) {
        problems.add("--" + option + " needs --nrpe-config or --nrpe-port");
      }
    }
    if (hasPort && !hasConfig && !arguments.has("nrpe-commands")) {
      problems.add("--nrpe-port needs --nrpe-commands: a file of what may be asked for");
    }
    if (arguments.flag("nrpe-no-tls") && arguments.flag("nrpe-legacy-tls")) {
      problems.add("--nrpe-no-tls and --nrpe-legacy-tls exclude each other: leave one out");
    }
    for (var host : arguments.list("nrpe-allowed-hosts")) {
      AllowedHosts.problem(host).ifPresent(text -> problems.add("--nrpe-allowed-hosts: " + text));
    }
    return problems;
  }

  private static List<String> all() {
    var options = new ArrayList<>(WITHOUT_FILE);
    options.remove("nrpe-port");
    options.addAll(ANY);
    return options;
  }

  private static boolean isGiven(Arguments arguments, String option) {
    var isFlag = ANY.contains(option) || option.equals("nrpe-arguments");
    return isFlag ? arguments.flag(option) : arguments.has(option);
  }

  /**
   * Reads the files; at the start, and again at each reload.
   *
   * @throws IOException that tells all that is wrong with them
   */
  NrpeReading read() throws IOException {
    var reading = readSource();
    boolean asRoot =
        source instanceof Source.ConfigFile
            && Account.ownUserId() == 0
            && reading.settings().isPresent()
            && reading.settings().get().running().user().isEmpty();
    if (asRoot) {
      throw new IOException(
          "nrpe_user is absent and the agent is root: the commands would run as root, which NRPE"
              + " refuses, too; write nrpe_user=nagios, or start the agent as that user");
    }
    return reading;
  }

  private NrpeReading readSource() throws IOException {
    return switch (source) {
      case Source.ConfigFile config -> NrpeConfigFile.read(config.file(), tls);
      case Source.Options options ->
          new NrpeReading(
              Optional.of(
                  NrpeSettings.of(
                      options.port(),
                      Optional.of(options.allowedHosts()),
                      options.arguments(),
                      tls.off() ? Optional.empty() : Optional.of(Tls.byDefault(tls.legacy())),
                      options.commandTimeout(),
                      NrpeCommandsFile.read(options.commands()))),
              List.of());
    };
  }
}
