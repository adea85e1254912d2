package io.happo.agent.nrpe;

import io.happo.agent.nrpe.Finding.Severity;
import io.happo.agent.nrpe.NrpeSettings.Listening;
import io.happo.net.Identity;
import io.happo.net.PacketTls;
import io.happo.net.Trust;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells all that the agent would do in another way than NRPE with an nrpe.cfg, and what cannot work
 * on this machine. Reads the configuration, looks at the files, users and addresses that it names,
 * and makes its offer of TLS, all as the agent does at its start; listens nowhere and runs none of
 * the commands. Whoever asks is taken for the agent: its rights count.
 */
public final class NrpeCheck {
  private static final Pattern ARGUMENT = Pattern.compile("\\$ARG\\d+\\$");

  /** A variable that is set for the command alone: {@code LC_ALL=C /usr/bin/tool}. */
  private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=\\S*");

  private static final Pattern PLAIN_PATH = Pattern.compile("/[A-Za-z0-9_./+,:@%-]+");

  /** The command that asks which version answers; no definition of it ever runs. */
  private static final String HELLO = "_NRPE_CHECK";

  private final NrpeConfigFile.Read read;
  private final RunAs.Machine machine;
  private final List<Finding> findings;

  private NrpeCheck(NrpeConfigFile.Read read, RunAs.Machine machine) {
    this.read = read;
    this.machine = machine;
    this.findings = new ArrayList<>(read.reading().findings());
  }

  /** What there is to tell: errors of reading first, then what was found on this machine. */
  public static List<Finding> check(Path file, TlsSwitches switches) {
    return check(file, switches, RunAs.HERE);
  }

  static List<Finding> check(Path file, TlsSwitches switches, RunAs.Machine machine) {
    var check = new NrpeCheck(NrpeConfigFile.readAll(file, switches), machine);
    check.files();
    if (!check.read.files().isEmpty()) {
      check.address();
      check.hosts();
      check.arguments();
      check.users();
      check.tls(switches);
      check.pidFile();
      check.read.draft().commandLines.forEach(check::command);
    }
    return List.copyOf(check.findings);
  }

  private void files() {
    for (var file : read.files()) {
      if (othersMayWrite(file)) {
        tell(Severity.WARNING, file.toString(), 0, "", "everyone may write it; chmod o-w " + file);
      }
    }
  }

  private void address() {
    var draft = read.draft();
    try {
      var address =
          NrpeServer.address(
              new Listening(
                  Optional.ofNullable(draft.address), draft.port, draft.backlog, draft.family));
      if (!address.isAnyLocalAddress()
          && !address.isLoopbackAddress()
          && NetworkInterface.getByInetAddress(address) == null) {
        tell(
            "server_address",
            Severity.WARNING,
            address.getHostAddress()
                + " is no address of this machine; write one that `ip address` shows");
      }
    } catch (IOException e) {
      tell("server_address", Severity.ERROR, String.valueOf(e.getMessage()));
    }
  }

  private void hosts() {
    var hosts = read.draft().allowedHosts;
    if (hosts == null) {
      tell(
          Severity.WARNING,
          main(),
          0,
          "allowed_hosts",
          "is absent, so everyone may ask; name the addresses of the monitoring servers");
    } else if (hosts.isEmpty()) {
      tell("allowed_hosts", Severity.WARNING, "lets nobody in: none of its entries can be used");
    } else {
      for (var host : hosts) {
        if (HostEntry.parse(host) instanceof HostEntry.Addresses(var network)
            && network.prefixBits() == 0) {
          tell("allowed_hosts", Severity.WARNING, "'" + host + "' lets everyone in");
        }
      }
    }
  }

  private void arguments() {
    var draft = read.draft();
    if (draft.arguments) {
      tell(
          "dont_blame_nrpe",
          Severity.WARNING,
          "arguments are on. NRPE as Debian builds it ignores this line, the agent does not: write"
              + " 0 if no check brings arguments. The shell acts on $ * ? ( ) ~ and \" in them"
              + " unless the command line quotes them");
    }
    if (draft.commandSubstitution) {
      tell(
          "allow_bash_command_substitution",
          Severity.WARNING,
          draft.arguments
              ? "whoever may ask may run anything with $(...); most builds of NRPE ignore this"
                  + " line, the agent does not: write 0"
              : "has no effect while dont_blame_nrpe is 0");
    }
    if (draft.maxCommands > 0) {
      tell(
          "max_commands",
          Severity.NOTE,
          "counts here, whereas NRPE has no such limit in its daemon: the "
              + (draft.maxCommands + 1L)
              + ". check at a time waits");
    }
    if (draft.backlog < 128) {
      tell(
          "listen_queue_size",
          Severity.NOTE,
          draft.backlog + " makes clients wait when many come at once; leave the line out");
    }
  }

  private void users() {
    var draft = read.draft();
    if (draft.user == null) {
      tell(
          Severity.NOTE,
          main(),
          0,
          "nrpe_user",
          "is absent, so commands run as the agent's own user; an agent that is root does not start"
              + " without it");
    }
    try {
      RunAs.of(Optional.ofNullable(draft.user), Optional.ofNullable(draft.group), machine)
          .problems()
          .forEach(problem -> tell(problem.directive(), problem.severity(), problem.message()));
    } catch (IOException e) {
      tell("nrpe_user", Severity.ERROR, "cannot be looked up: " + e.getMessage());
    }
  }

  private void tls(TlsSwitches switches) {
    var draft = read.draft();
    if (switches.off() || !draft.tlsOn) {
      tell(
          Severity.WARNING,
          main(),
          0,
          "",
          "connections are not encrypted, and clients need check_nrpe -n; turn TLS on"
              + (switches.off() ? " by leaving --nrpe-no-tls out" : " with ssl_enabled=1"));
      return;
    }
    var certificate = draft.certificate;
    var key = draft.key;
    var identity = Optional.<Identity>empty();
    if (certificate != null && key != null) {
      identity = identity(certificate, key);
    } else if (certificate == null && key == null) {
      tell(
          Severity.NOTE,
          main(),
          0,
          "ssl_cert_file",
          "is absent: NRPE then speaks anonymous Diffie-Hellman only, the agent shows its own"
              + " certificate, which check_nrpe 3 and 4 take"
              + (switches.legacy() ? "" : "; clients of NRPE 2 need --nrpe-legacy-tls"));
      identity = Optional.of(Identity.selfSigned("localhost")); // As good as the agent's own.
    }
    var settings = read.reading().settings().flatMap(NrpeSettings::tls);
    if (authorities() && identity.isPresent() && settings.isPresent()) {
      offer(NrpeServer.tls(settings.get(), identity.get()));
    }
  }

  /** Whether there is nothing wrong with the certificate and the key, and what they are. */
  private Optional<Identity> identity(Path certificate, Path key) {
    if (Files.exists(key) && othersMayRead(key)) {
      tell("ssl_privatekey_file", Severity.WARNING, "everyone may read it; chmod o= " + key);
    }
    try {
      return Optional.of(Identity.read(certificate, key));
    } catch (IOException e) {
      boolean isKey = !Files.isReadable(key);
      tell(
          isKey ? "ssl_privatekey_file" : "ssl_cert_file",
          Severity.ERROR,
          String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private boolean authorities() {
    var file = read.draft().clientCa;
    if (file == null) {
      return true;
    }
    try {
      new Trust.Authorities(file).check();
      return true;
    } catch (IOException e) {
      tell("ssl_cacert_file", Severity.ERROR, String.valueOf(e.getMessage()));
      return false;
    }
  }

  /** Once the files are good, the versions and the suites are what is left to be wrong. */
  private void offer(PacketTls tls) {
    try {
      tls.check();
    } catch (IOException e) {
      tell("ssl_cipher_list", Severity.ERROR, String.valueOf(e.getMessage()));
    }
    var refusal = tls.anonymousDh() ? tls.anonymousRefusal() : Optional.<String>empty();
    if (refusal.isPresent()) {
      boolean hasList = read.draft().line("ssl_cipher_list").isPresent();
      tell(
          hasList ? "ssl_cipher_list" : "ssl_version",
          Severity.WARNING,
          "clients of NRPE 2 are refused in spite of --nrpe-legacy-tls: " + refusal.get());
    }
  }

  private void pidFile() {
    var file = read.draft().pidFile;
    var folder = file == null ? null : file.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      tell("pid_file", Severity.ERROR, "the folder " + folder + " does not exist; make it");
    } else if (folder != null && !Files.isWritable(folder)) {
      tell(
          "pid_file",
          Severity.ERROR,
          System.getProperty("user.name")
              + " may not write into the folder "
              + folder
              + "; give it to the agent's user, or leave the line out");
    }
  }

  private void command(String name, ConfigLine at) {
    var draft = read.draft();
    var line = at.value();
    if (name.equals(HELLO)) {
      tell(Severity.NOTE, at, "never runs: this name asks for the version");
    }
    if (name.indexOf('!') >= 0
        || name.chars().anyMatch(c -> draft.forbiddenCharacters.indexOf(c) >= 0)) {
      tell(
          Severity.WARNING,
          at,
          "can never be asked for: its name holds a character that no query"
              + " may hold; rename it");
    }
    if (ARGUMENT.matcher(line).find() && !draft.arguments) {
      tell(Severity.NOTE, at, "arguments are off, so $ARG1$ and the like stand for nothing");
    }
    if (line.chars().filter(c -> c == '$').count() % 2 == 1) {
      tell(
          Severity.WARNING,
          at,
          "has an odd number of $, and as with NRPE one more is put behind the last text; write $$"
              + " for a $");
    }
    program(at, line);
  }

  private void program(ConfigLine at, String line) {
    var words = List.of(line.strip().split("\\s+"));
    int first = 0;
    while (first < words.size() && ASSIGNMENT.matcher(words.get(first)).matches()) {
      first++;
    }
    if (first == words.size()) {
      return;
    }
    file(at, words.get(first));
    if (words.get(first).equals("sudo") || words.get(first).endsWith("/sudo")) {
      words.stream()
          .skip(first + 1L)
          .filter(word -> word.startsWith("/"))
          .findFirst()
          .ifPresent(word -> file(at, word));
    }
  }

  /** Says what is wrong with a program, if its path is written out. */
  private void file(ConfigLine at, String word) {
    if (!PLAIN_PATH.matcher(word).matches()) {
      return;
    }
    var path = Path.of(word);
    if (!Files.exists(path)) {
      tell(
          Severity.WARNING,
          at,
          word
              + " does not exist: the answer is 'NRPE: Unable to read output'; install it, or"
              + " correct the path");
    } else if (!Files.isRegularFile(path) || !isExecutable(path)) {
      tell(
          Severity.WARNING,
          at,
          word
              + " cannot be executed: the answer is 'NRPE: Unable to read output'; chmod +x "
              + word);
    } else if (othersMayWrite(path)) {
      tell(
          Severity.WARNING, at, "everyone may write " + word + ", which is run; chmod o-w " + word);
    }
  }

  private String main() {
    return String.valueOf(read.files().iterator().next());
  }

  private void tell(Severity severity, ConfigLine at, String message) {
    tell(severity, at.file(), at.number(), at.name(), message);
  }

  private void tell(String directive, Severity severity, String message) {
    read.draft()
        .line(directive)
        .ifPresentOrElse(
            at -> tell(severity, at, message), () -> tell(severity, main(), 0, directive, message));
  }

  private void tell(Severity severity, String file, int line, String directive, String message) {
    findings.add(new Finding(severity, file, line, directive, message));
  }

  private static boolean isExecutable(Path file) {
    var modes = permissions(file);
    return modes.contains(PosixFilePermission.OWNER_EXECUTE)
        || modes.contains(PosixFilePermission.GROUP_EXECUTE)
        || modes.contains(PosixFilePermission.OTHERS_EXECUTE);
  }

  private static boolean othersMayWrite(Path file) {
    return permissions(file).contains(PosixFilePermission.OTHERS_WRITE);
  }

  private static boolean othersMayRead(Path file) {
    return permissions(file).contains(PosixFilePermission.OTHERS_READ);
  }

  private static Set<PosixFilePermission> permissions(Path file) {
    try {
      return Files.getPosixFilePermissions(file);
    } catch (IOException | UnsupportedOperationException e) {
      return Set.of();
    }
  }
}
