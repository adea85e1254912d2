package io.happo.agent.nrpe;

import static io.happo.agent.nrpe.Directive.honoured;
import static io.happo.agent.nrpe.Directive.otherwise;

import io.happo.agent.nrpe.NrpeSettings.Family;
import io.happo.agent.nrpe.NrpeSettings.Listening;
import io.happo.agent.nrpe.NrpeSettings.Logged;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All directives of nrpe.cfg that NRPE 4.1 and its development head know, but those that include
 * other files: {@link NrpeConfigFile} reads these itself.
 */
final class Directives {
  private static final int MAX_SECONDS = (int) NrpeSettings.MAX_TIMEOUT.toSeconds();
  private static final String SECONDS = "seconds, 1 to " + MAX_SECONDS;
  private static final String SWITCH = "0, 1";

  static final List<Directive> TABLE =
      List.of(
          honoured(
              "server_port",
              "1024 to 65535",
              "5666",
              "The port to answer on.",
              (draft, line) -> draft.port = Numbers.read(draft, line, 1024, 65_535)),
          honoured(
              "server_address",
              "an IP address or a host name",
              "all addresses",
              "The one address to answer on; of those of a name, the first of address_family. 0.0.0.0"
                  + " stands for all of IPv4. ::, all of IPv6 without those of IPv4, is refused at"
                  + " start: name one, or leave this out to answer on all of both.",
              (draft, line) -> draft.address = line.value()),
          honoured(
              "address_family",
              "any, both, 4, 6",
              "both",
              "Which addresses to answer on. A server_address that has none of that family is refused"
                  + " at start, and so is 6 without one: name an IPv6 address then. Known to NRPE's development head only.",
              Directives::addressFamily),
          honoured(
              "listen_queue_size",
              "1 to " + Listening.MAX_BACKLOG,
              Integer.toString(NrpeSettings.DEFAULT_BACKLOG),
              "How many connections may wait to be accepted. NRPE's own default is 5, which makes"
                  + " clients wait whole seconds when some come at once.",
              Directives::backlog),
          honoured(
              "allowed_hosts",
              "a list separated by commas: IP addresses, networks as 192.0.2.0/24 or 2001:db8::/32,"
                  + " host names",
              "everyone",
              "Who may ask; others are disconnected before TLS. Names are looked up at every"
                  + " connection (what they stand for is kept for 3 s). Several lines add up. An"
                  + " entry that is none of these, or an IPv4 network whose address has bits behind"
                  + " its prefix, lets nobody in and is told.",
              Directives::allowedHosts),
          honoured(
              "dont_blame_nrpe",
              SWITCH,
              "0",
              "Whether queries may carry arguments, which take the place of $ARG1$ to $ARG16$."
                  + " Debian's NRPE is built without them and ignores this line: here it counts.",
              (draft, line) -> draft.arguments = Numbers.isOne(draft, line)),
          honoured(
              "allow_bash_command_substitution",
              SWITCH,
              "0",
              "Whether arguments may hold $(, which lets whoever may ask run anything. Most builds"
                  + " of NRPE ignore this line: here it counts.",
              (draft, line) -> draft.commandSubstitution = Numbers.isOne(draft, line)),
          honoured(
              "nasty_metachars",
              "characters, with the escapes \\a \\b \\f \\n \\r \\t \\v \\\\ \\' \\\" \\?",
              "|`&><'\\[]{};\\r\\n with the backslash written twice",
              "A query that holds one of these is refused.",
              (draft, line) ->
                  draft.forbiddenCharacters =
                      Escapes.decode(
                          new String(
                              line.value().getBytes(StandardCharsets.UTF_8),
                              StandardCharsets.ISO_8859_1))),
          honoured(
              "command[NAME]",
              "a line for /bin/sh",
              "",
              "What runs when NAME is asked for. The last of several definitions counts. At most "
                  + NrpeSettings.MAX_COMMANDS
                  + " commands.",
              Directives::command),
          honoured(
              "command_prefix",
              "a text",
              "",
              "Stands before every command line, with a blank between.",
              (draft, line) -> draft.commandPrefix = line.value()),
          honoured(
              "command_timeout",
              SECONDS,
              "60",
              "How long a command may run; then it is terminated, and killed 3 seconds later, with"
                  + " all that it started.",
              (draft, line) -> draft.commandTimeout = seconds(draft, line)),
          otherwise(
              "max_commands",
              "a number; 0 for no limit",
              "0",
              "How many commands run at once; more wait for their turn. NRPE has this line and does"
                  + " not act on it: here it counts, below --max-processes.",
              Directives::maxCommands),
          honoured(
              "nrpe_user",
              "a name or a number",
              "the agent's user",
              "Who the commands run as, if the agent is root; else the line has no effect, which is"
                  + " logged. A user that does not exist, or whose number or group is 0, is refused at"
                  + " start, and so is an agent that is root without this line.",
              Directives::user),
          honoured(
              "nrpe_group",
              "a name or a number",
              "the group of nrpe_user",
              "The group that the commands run as, if the agent is root; else the line has no effect,"
                  + " which is logged. A group that does not exist, or is 0, is refused at start.",
              Directives::group),
          honoured(
              "keep_env_vars",
              "a list separated by commas",
              "",
              "Commands see the variables of the agent whose names begin with one of these; of the"
                  + " others none.",
              (draft, line) -> draft.keptVariables = list(line)),
          honoured(
              "connection_timeout",
              SECONDS,
              "300",
              "How long a client may take from its first byte to the end of its query.",
              (draft, line) -> draft.connectionTimeout = seconds(draft, line)),
          honoured(
              "ssl_shutdown_timeout",
              SECONDS,
              "15",
              "How long to wait for the client's end of the connection after the answer.",
              (draft, line) -> draft.closeTimeout = seconds(draft, line)),
          honoured(
              "ssl_enabled",
              SWITCH,
              "1",
              "Whether TLS is spoken; --nrpe-no-tls turns it off too. Known to NRPE's development"
                  + " head only.",
              (draft, line) -> draft.tlsOn = Numbers.isOne(draft, line)),
          honoured(
              "ssl_version",
              "TLSv1, TLSv1.1, TLSv1.2, TLSv1.3, each alone or with + for it and all newer ones",
              "TLSv1+",
              "The versions that are spoken. SSLv3+ counts as TLSv1+. SSLv3, SSLv2 and SSLv2+ are"
                  + " refused at start: write TLSv1+, or TLSv1.2+ where all clients are newer than"
                  + " 2012.",
              TlsDirectives::version),
          honoured(
              "ssl_use_adh",
              "0, 1, 2",
              "1",
              "Whether clients may use anonymous Diffie-Hellman, as those of NRPE 2 must. 1 lets"
                  + " them in only with --nrpe-legacy-tls; check_nrpe 3 and 4 use the certificate in"
                  + " any case. 2 is refused at start without that option, and with it counts as 1.",
              TlsDirectives::anonymousDh),
          honoured(
              "ssl_cipher_list",
              "OpenSSL's notation, at most 255 characters",
              "ALL:!MD5:@STRENGTH",
              "The cipher suites of TLS 1.2 and older, those of anonymous Diffie-Hellman among them."
                  + " @SECLEVEL=n is left out, as BoringSSL has no such levels; a list that leaves none"
                  + " of its suites, or none for the certificate's key, is refused at start.",
              TlsDirectives::ciphers),
          honoured(
              "ssl_cert_file",
              "a file",
              "the agent's own",
              "The certificate to show, PEM, its issuers after it. NRPE without one speaks anonymous"
                  + " Diffie-Hellman only; the agent shows its own.",
              (draft, line) -> draft.certificate = file(draft, line)),
          honoured(
              "ssl_privatekey_file",
              "a file",
              "the agent's own",
              "The private key of ssl_cert_file, PEM, without a passphrase. One without the other is"
                  + " refused at start.",
              (draft, line) -> draft.key = file(draft, line)),
          honoured(
              "ssl_cacert_file",
              "a file",
              "",
              "The authorities of client certificates, PEM.",
              (draft, line) -> draft.clientCa = file(draft, line)),
          honoured(
              "ssl_client_certs",
              "0, 1, 2",
              "0",
              "Whether a certificate is asked of clients (1: one that comes must be good; 2: one must"
                  + " come). 1 and 2 are refused at start without ssl_cacert_file.",
              TlsDirectives::clientCertificates),
          honoured(
              "ssl_logging",
              "bits: 1 start, 2 peer, 4 version, 8 cipher, 16 has a certificate, 32 its details",
              "0",
              "What the log tells of TLS, at its level info (--log-level): 1 how it is spoken, at a start"
                  + " and a reload; the other bits, in one line for each connection that brings a packet,"
                  + " its address, the version, the cipher suite, whether a certificate was shown, and"
                  + " whose it is and who issued it.",
              Directives::tlsLogging),
          otherwise(
              "allow_weak_random_seed",
              SWITCH,
              "0",
              "Has no effect: randomness comes from the system always.",
              (draft, line) -> {
                if (Numbers.isOne(draft, line)) {
                  draft.note(line, "has no effect: randomness comes from the system always");
                }
              }),
          otherwise(
              "log_facility",
              "a facility of syslog",
              "daemon",
              "The agent writes its own log (--logfile), not to syslog.",
              (draft, line) -> ownLog(draft, line)),
          otherwise(
              "log_file",
              "a file",
              "",
              "The agent writes its own log (--logfile); this file is not written.",
              (draft, line) -> ownLog(draft, line)),
          otherwise(
              "disable_syslog",
              SWITCH,
              "0",
              "The agent never writes to syslog.",
              (draft, line) -> {
                if (Numbers.number(draft, line) != 0) {
                  ownLog(draft, line);
                }
              }),
          otherwise(
              "debug",
              "0, or a number above it",
              "0",
              "Above 0, every query and what became of it is told to the agent's log at the level"
                  + " debug (--log-level). As with NRPE, so does every unknown name that holds the"
                  + " word debug.",
              (draft, line) -> draft.debug = Numbers.number(draft, line) > 0),
          honoured(
              "pid_file",
              "a file",
              "",
              "Holds the agent's process id while it runs.",
              (draft, line) -> draft.pidFile = file(draft, line)));

  private Directives() {}

  /** The directive of a line: by its name, else by what NRPE looks for within it. */
  static Optional<Directive> of(ConfigLine line) {
    for (var directive : TABLE) {
      if (directive.name().equals(line.name())) {
        return Optional.of(directive);
      }
    }
    if (line.name().contains("command[")) {
      return named("command[NAME]");
    }
    return line.name().contains("debug") ? named("debug") : Optional.empty();
  }

  private static Optional<Directive> named(String name) {
    return TABLE.stream().filter(directive -> directive.name().equals(name)).findFirst();
  }

  private static void addressFamily(Draft draft, ConfigLine line) throws BadLineException {
    draft.family =
        switch (line.value()) {
          case "any", "both" -> Family.ANY;
          case "4" -> Family.IPV4;
          case "6" -> Family.IPV6;
          default ->
              throw new BadLineException("'" + line.value() + "' is none of any, both, 4, 6");
        };
  }

  private static void backlog(Draft draft, ConfigLine line) throws BadLineException {
    long number = Numbers.number(draft, line);
    if (number == 0) {
      throw new BadLineException("0 lets no connection wait; write 1 to " + Listening.MAX_BACKLOG);
    }
    // The system reads a negative number as a very large one, and so does NRPE.
    if (number < 0 || number > Listening.MAX_BACKLOG) {
      draft.note(line, "'" + line.value() + "' counts as " + Listening.MAX_BACKLOG);
      number = Listening.MAX_BACKLOG;
    }
    draft.backlog = (int) number;
  }

  private static void allowedHosts(Draft draft, ConfigLine line) {
    var hosts = new ArrayList<String>();
    if (draft.allowedHosts != null) {
      hosts.addAll(draft.allowedHosts);
    }
    for (var entry : list(line)) {
      AllowedHosts.problem(entry)
          .ifPresentOrElse(problem -> draft.warn(line, problem), () -> hosts.add(entry));
    }
    draft.allowedHosts = hosts;
  }

  private static void command(Draft draft, ConfigLine line) throws BadLineException {
    // NRPE takes what stands behind the first bracket, without further closing ones before it.
    var name = line.name().substring(line.name().indexOf('[') + 1);
    int start = 0;
    while (start < name.length() && name.charAt(start) == ']') {
      start++;
    }
    int end = name.indexOf(']', start);
    name = name.substring(start, end < 0 ? name.length() : end);
    if (name.isEmpty()) {
      throw new BadLineException("the command has no name; write command[NAME]=LINE");
    }
    if (!draft.commands.containsKey(name) && draft.commands.size() == NrpeSettings.MAX_COMMANDS) {
      draft.refuse(line, "there are more than " + NrpeSettings.MAX_COMMANDS + " commands");
      return;
    }
    draft.commands.put(name, line.value());
    var before = draft.commandLines.put(name, line);
    if (before != null) {
      draft.note(
          line, "takes the place of the definition in " + before.file() + ":" + before.number());
    }
  }

  private static void maxCommands(Draft draft, ConfigLine line) throws BadLineException {
    long number = Numbers.number(draft, line);
    if (number < 0) {
      draft.warn(line, "'" + line.value() + "' counts as 0, no limit");
    }
    draft.maxCommands = Math.clamp(number, 0, Integer.MAX_VALUE);
  }

  private static void user(Draft draft, ConfigLine line) {
    draft.user = notRoot(draft, line);
  }

  private static void group(Draft draft, ConfigLine line) {
    draft.group = notRoot(draft, line);
  }

  private static String notRoot(Draft draft, ConfigLine line) {
    if (line.value().matches("root|0+")) {
      draft.refuse(
          line, "NRPE runs nothing as root, and neither does the agent for it; name another");
    }
    return line.value();
  }

  private static void tlsLogging(Draft draft, ConfigLine line) {
    draft.tlsLogged = Logged.of(Numbers.bits(draft, line));
    if (!draft.tlsLogged.isEmpty()) {
      draft.note(
          line, "is told to the agent's log at the level info: start it with --log-level info");
    }
  }

  private static void ownLog(Draft draft, ConfigLine line) {
    draft.note(line, "is not used: the agent writes its own log (--logfile, --log-level)");
  }

  private static Duration seconds(Draft draft, ConfigLine line) throws BadLineException {
    return Duration.ofSeconds(Numbers.read(draft, line, 1, MAX_SECONDS));
  }

  private static Path file(Draft draft, ConfigLine line) {
    var path = Path.of(line.value());
    if (!path.isAbsolute()) {
      draft.warn(
          line,
          "'"
              + line.value()
              + "' is looked for in the folder that the agent was started in; write"
              + " the whole path, from /");
    }
    return path;
  }

  private static List<String> list(ConfigLine line) {
    return List.of(line.value().split(",", -1)).stream()
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }
}
