package io.happo.agent.nrpe;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the NRPE door was told, whether by nrpe.cfg or by options. One that exists is valid in
 * itself; whether files, users and addresses are there is seen by whoever uses them.
 *
 * @param listening where it answers
 * @param allowedHosts who may ask, entries that {@link AllowedHosts} can read; not given: everyone.
 *     An empty list lets nobody in: all entries of the file were wrong
 * @param hostsFile where allowed_hosts stands, or would; not given: in an option
 * @param connectionTimeout from the first byte of a connection to the last of its packet
 * @param closeTimeout how long to wait for the peer's end after the answer
 * @param tls not given: plain connections
 * @param rules what a query may hold and what becomes of it
 * @param running how commands run
 * @param commands name to command line, in the order of the file; text, decoded from UTF-8
 * @param logged what is logged beyond refusals and errors
 * @param pidFile written at the start, removed at the end
 */
public record NrpeSettings(
    Listening listening,
    Optional<List<String>> allowedHosts,
    Optional<String> hostsFile,
    Duration connectionTimeout,
    Duration closeTimeout,
    Optional<Tls> tls,
    Rules rules,
    Running running,
    Map<String, String> commands,
    Set<Logged> logged,
    Optional<Path> pidFile) {
  public static final int DEFAULT_PORT = 5666;

  /** NRPE's own 5 makes clients wait whole seconds when some come at once. */
  public static final int DEFAULT_BACKLOG = 1024;

  public static final Duration DEFAULT_CONNECTION_TIMEOUT = Duration.ofMinutes(5);
  public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(15);

  /** A day: more is a slip of the pen, and no plugin's business. */
  static final Duration MAX_TIMEOUT = Duration.ofDays(1);

  /** What is kept in memory of a configuration that someone may have generated. */
  static final int MAX_COMMANDS = 10_000;

  public NrpeSettings {
    allowedHosts = allowedHosts.map(List::copyOf);
    commands = Collections.unmodifiableMap(new LinkedHashMap<>(commands));
    logged = logged.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(logged));
    requireTimeout("The connection timeout", connectionTimeout);
    requireTimeout("The time for closing", closeTimeout);
    if (commands.size() > MAX_COMMANDS) {
      throw new IllegalArgumentException(
          "Commands: at most " + MAX_COMMANDS + ", not " + commands.size());
    }
    commands.forEach(
        (name, line) -> {
          if (name.isEmpty() || line.isEmpty() || (name + line).indexOf(0) >= 0) {
            throw new IllegalArgumentException(
                "A command needs a name and a line, both without NUL: '" + name + "'");
          }
        });
  }

  /**
   * Where it answers.
   *
   * @param address an IP address, or a name to look up at the start; not given: all addresses
   * @param port 0 lets the system choose one
   * @param backlog connections that wait to be accepted
   * @param family which addresses
   */
  public record Listening(Optional<String> address, int port, int backlog, Family family) {
    public static final int MAX_BACKLOG = 65_535;

    public Listening {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("Port: 0 to 65535, not " + port);
      }
      if (backlog < 1 || backlog > MAX_BACKLOG) {
        throw new IllegalArgumentException("Backlog: 1 to " + MAX_BACKLOG + ", not " + backlog);
      }
      if (address.isPresent() && address.get().isBlank()) {
        throw new IllegalArgumentException("An address to listen on that is blank");
      }
    }
  }

  /** Which addresses are listened on, or taken of those that a name stands for. */
  public enum Family {
    ANY,
    IPV4,
    IPV6
  }

  /**
   * What a query may hold.
   *
   * @param arguments whether a query may carry arguments at all
   * @param commandSubstitution whether an argument may hold {@code $(}
   * @param forbiddenCharacters each refuses a query that holds it; one byte (0 to 255) a character
   */
  public record Rules(boolean arguments, boolean commandSubstitution, String forbiddenCharacters) {
    /** The characters that NRPE refuses unless told otherwise. */
    public static final String DEFAULT_FORBIDDEN = "|`&><'\\[]{};\r\n";

    public Rules {
      if (!StandardCharsets.ISO_8859_1.newEncoder().canEncode(forbiddenCharacters)) {
        throw new IllegalArgumentException("Forbidden characters are bytes, 0 to 255");
      }
    }
  }

  /**
   * How commands run.
   *
   * @param timeout how long one may run
   * @param prefix stands before every command line, with a blank between
   * @param maxCommands how many run at once; 0: only the agent's own limit counts
   * @param user name or number of the user they run as; not given: the agent's
   * @param group name or number of their group; not given: the user's
   * @param keptVariables variables whose names begin with one of these are handed on
   */
  public record Running(
      Duration timeout,
      Optional<String> prefix,
      int maxCommands,
      Optional<String> user,
      Optional<String> group,
      List<String> keptVariables) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(1);

    public Running {
      keptVariables = List.copyOf(keptVariables);
      requireTimeout("The command timeout", timeout);
      if (maxCommands < 0) {
        throw new IllegalArgumentException("Commands at once: 0 or more, not " + maxCommands);
      }
      for (var variable : keptVariables) {
        if (variable.isEmpty()) {
          throw new IllegalArgumentException("An empty name would hand on every variable");
        }
      }
    }

    /** As NRPE runs them when told nothing. */
    public static Running byDefault() {
      return new Running(
          DEFAULT_TIMEOUT, Optional.empty(), 0, Optional.empty(), Optional.empty(), List.of());
    }
  }

  /**
   * What is spoken over TLS.
   *
   * @param oldest the oldest version that is taken
   * @param newest the newest version that is taken
   * @param ciphers for versions before TLS 1.3, in OpenSSL's notation; not given: the agent's own
   * @param identity certificate and key; not given: the agent's own
   * @param clientCa authorities of client certificates, PEM
   * @param clientCertificates what is asked of clients
   * @param anonymousDh whether clients may come that know nothing but anonymous Diffie-Hellman
   */
  public record Tls(
      Version oldest,
      Version newest,
      Optional<String> ciphers,
      Optional<KeyFiles> identity,
      Optional<Path> clientCa,
      ClientCertificates clientCertificates,
      boolean anonymousDh) {
    public Tls {
      if (oldest.compareTo(newest) > 0) {
        throw new IllegalArgumentException("No TLS is from " + oldest + " to " + newest);
      }
      if (clientCertificates == ClientCertificates.REQUIRE && clientCa.isEmpty()) {
        throw new IllegalArgumentException(
            "Client certificates are required, but there is no file of their authorities");
      }
    }

    /** Every version that NRPE takes, with the agent's own certificate. */
    public static Tls byDefault(boolean anonymousDh) {
      return new Tls(
          Version.TLS_1_0,
          Version.TLS_1_3,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          ClientCertificates.NONE,
          anonymousDh);
    }
  }

  /** A certificate with its issuers after it, and its private key, both PEM. */
  public record KeyFiles(Path certificate, Path key) {}

  /** Versions of TLS, oldest first. SSL 2 and 3 are spoken by nobody any more, us included. */
  public enum Version {
    TLS_1_0,
    TLS_1_1,
    TLS_1_2,
    TLS_1_3
  }

  /** What is asked of clients: nothing, a certificate if they have one, a certificate. */
  public enum ClientCertificates {
    NONE,
    ASK,
    REQUIRE
  }

  /** What may be logged besides refusals and errors: the bits of ssl_logging, and debug. */
  public enum Logged {
    TLS_AT_START(0x01),
    PEER_ADDRESS(0x02),
    TLS_VERSION(0x04),
    CIPHER(0x08),
    HAS_CERTIFICATE(0x10),
    CERTIFICATE_DETAILS(0x20),
    /** Every query and what became of it. */
    QUERIES(0);

    private final int bit;

    Logged(int bit) {
      this.bit = bit;
    }

    /** What a number of ssl_logging asks for; bits without a meaning count for nothing. */
    static Set<Logged> of(long bits) {
      var topics = EnumSet.noneOf(Logged.class);
      for (var topic : values()) {
        if ((topic.bit & bits) != 0) {
          topics.add(topic);
        }
      }
      return topics;
    }
  }

  /**
   * The settings without nrpe.cfg, from options.
   *
   * @param port 0 lets the system choose one
   * @param allowedHosts not given: everyone
   * @param arguments whether queries may carry arguments
   * @param tls not given: plain connections
   * @param commandTimeout how long a command may run
   */
  public static NrpeSettings of(
      int port,
      Optional<List<String>> allowedHosts,
      boolean arguments,
      Optional<Tls> tls,
      Duration commandTimeout,
      Map<String, String> commands) {
    var running =
        new Running(
            commandTimeout, Optional.empty(), 0, Optional.empty(), Optional.empty(), List.of());
    return new NrpeSettings(
        new Listening(Optional.empty(), port, DEFAULT_BACKLOG, Family.ANY),
        allowedHosts,
        Optional.empty(),
        DEFAULT_CONNECTION_TIMEOUT,
        DEFAULT_CLOSE_TIMEOUT,
        tls,
        new Rules(arguments, false, Rules.DEFAULT_FORBIDDEN),
        running,
        commands,
        Set.of(),
        Optional.empty());
  }

  private static void requireTimeout(String what, Duration timeout) {
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException(what + ": more than 0 s, at most 1 day, not " + timeout);
    }
  }
}
