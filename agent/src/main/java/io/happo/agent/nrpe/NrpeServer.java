package io.happo.agent.nrpe;

import io.happo.agent.exec.Exec;
import io.happo.agent.nrpe.NrpeSettings.Family;
import io.happo.agent.nrpe.NrpeSettings.Listening;
import io.happo.core.JsonWriter;
import io.happo.core.nrpe.NrpeQuery;
import io.happo.net.Identity;
import io.happo.net.PacketServer;
import io.happo.net.PacketServerSettings;
import io.happo.net.PacketTls;
import io.happo.net.TlsVersions;
import io.happo.program.files.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** The NRPE door with its port: started, given another configuration while it serves, stopped. */
public final class NrpeServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.nrpe");

  /** NRPE's own limit from the first byte to the last of a packet, which it does not configure. */
  private static final Duration PACKET_TIMEOUT = Duration.ofSeconds(10);

  private static final int MAX_CONNECTIONS = 20_000;

  /** Of these, so many that a peer makes hold more than a socket: about 4 KiB of heap each. */
  private static final int MAX_BEGUN = 2_000;

  /** Of these, so many for which the JDK speaks TLS: about 40 KiB of heap each. */
  private static final int MAX_ANONYMOUS = 256;

  private static final int MIN_CONNECTIONS = 64;
  private static final int DEFAULT_OPEN_FILES = 1_024;

  private final Map<String, String> environment;
  private final NrpeDoor door;
  private final PacketServer server;
  private final Optional<Path> pidFile;
  private volatile NrpeSettings settings;

  /**
   * Binds and serves.
   *
   * @param identity shown when the configuration names no certificate
   * @param environment the agent's own variables, of which commands may get some
   * @throws IOException one line that says what cannot be used
   */
  public NrpeServer(
      NrpeSettings settings,
      Identity identity,
      Exec exec,
      Map<String, String> environment,
      boolean explains,
      InstantSource clock)
      throws IOException {
    this.settings = settings;
    this.environment = environment;
    door = new NrpeDoor(rules(settings), exec, explains, clock);
    pidFile = settings.pidFile();
    if (pidFile.isPresent()) {
      checkPid(pidFile.get());
    }
    var address = listeningAddress(settings.listening());
    server =
        PacketServer.start(
            new PacketServerSettings(
                new InetSocketAddress(address, settings.listening().port()),
                family(settings.listening(), address),
                settings.listening().backlog(),
                maxConnections(),
                MAX_BEGUN,
                MAX_ANONYMOUS,
                NrpeQuery.MAX_PACKET_BYTES,
                min(PACKET_TIMEOUT, settings.connectionTimeout()),
                settings.connectionTimeout(),
                settings.closeTimeout(),
                tls(settings, identity)),
            door);
    try {
      if (pidFile.isPresent()) {
        AtomicFile.write(pidFile.get(), ownPid());
      }
    } catch (IOException e) {
      server.close();
      throw e;
    }
    logTls(settings);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.address();
  }

  /** Whether it lets in who comes. */
  public boolean isAccepting() {
    return server.isAccepting();
  }

  /**
   * Serves another configuration from the next connection on.
   *
   * @throws IOException what cannot be used, or takes a restart; then nothing has changed
   */
  public synchronized void use(NrpeSettings next, Identity identity) throws IOException {
    if (!next.listening().equals(settings.listening())
        || next.tls().isPresent() != settings.tls().isPresent()
        || !next.connectionTimeout().equals(settings.connectionTimeout())
        || !next.closeTimeout().equals(settings.closeTimeout())
        || !next.pidFile().equals(settings.pidFile())) {
      throw new IOException(
          "another address, port, backlog, connection_timeout, ssl_shutdown_timeout or pid_file, or"
              + " TLS switched on or off, takes a restart");
    }
    var rules = rules(next);
    var tls = tls(next, identity);
    if (tls.isPresent()) {
      try {
        server.use(tls.get());
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    door.use(rules);
    settings = next;
    logTls(next);
  }

  private static void logTls(NrpeSettings settings) {
    TlsLog.of(settings).ifPresent(text -> LOG.log(Level.INFO, "NRPE: {0}", text));
  }

  /** Answers by status, 0 to 3, since the start. */
  public long answered(int status) {
    return door.answered(status);
  }

  /** Connections that got no answer, since the start. */
  public long refused() {
    return door.refused();
  }

  /** Figures and the latest refusals. */
  public void write(JsonWriter json) {
    door.write(json);
  }

  /** Stops listening, and lets commands that have begun answer for at most that long. */
  public void stop(Duration grace) {
    server.stop(grace);
  }

  @Override
  public void close() throws IOException {
    server.close();
    if (pidFile.isPresent()
        && Files.exists(pidFile.get())
        && Arrays.equals(Files.readAllBytes(pidFile.get()), ownPid())) {
      Files.delete(pidFile.get());
    }
  }

  private NrpeDoor.Rules rules(NrpeSettings next) throws IOException {
    return NrpeDoor.Rules.of(next, NrpeSurroundings.of(next.running(), environment));
  }

  /**
   * Where a configuration listens.
   *
   * @throws IOException naming the address that there is not
   */
  static InetAddress address(Listening listening) throws IOException {
    if (listening.address().isEmpty() && listening.family() != Family.IPV6) {
      return InetAddress.ofLiteral("0.0.0.0");
    }
    var name = listening.address().orElse("::");
    InetAddress[] found;
    try {
      found = InetAddress.getAllByName(name);
    } catch (UnknownHostException e) {
      throw new IOException(
          "there is no address '" + name + "'; write an IP address of this machine", e);
    }
    for (var address : found) {
      if (listening.family() == Family.ANY
          || (listening.family() == Family.IPV6) == (address instanceof Inet6Address)) {
        if (address instanceof Inet6Address && address.isAnyLocalAddress()) {
          throw new IOException(
              "all addresses of IPv6 without those of IPv4 cannot be had; name one IPv6 address, or"
                  + " leave server_address and address_family out to answer on all of both");
        }
        return address;
      }
    }
    throw new IOException(
        "'"
            + name
            + "' is no address of IPv"
            + (listening.family() == Family.IPV6 ? 6 : 4)
            + ", which address_family asks for; write another one, or leave one of the two out");
  }

  private static Optional<ProtocolFamily> family(Listening listening, InetAddress address) {
    boolean both = listening.address().isEmpty() && listening.family() == Family.ANY;
    return both || !address.isAnyLocalAddress()
        ? Optional.empty()
        : Optional.of(StandardProtocolFamily.INET);
  }

  private static InetAddress listeningAddress(Listening listening) throws IOException {
    try {
      return address(listening);
    } catch (IOException e) {
      throw new IOException("server_address: " + e.getMessage(), e);
    }
  }

  private static Optional<PacketTls> tls(NrpeSettings settings, Identity own) throws IOException {
    if (settings.tls().isEmpty()) {
      return Optional.empty();
    }
    var files = settings.tls().get().identity();
    var identity =
        files.isPresent() ? Identity.read(files.get().certificate(), files.get().key()) : own;
    return Optional.of(tls(settings.tls().get(), identity));
  }

  /** How a configuration has TLS spoken with this certificate. */
  static PacketTls tls(NrpeSettings.Tls tls, Identity identity) {
    return new PacketTls(
        identity,
        new TlsVersions(version(tls.oldest()), version(tls.newest())),
        tls.ciphers(),
        switch (tls.clientCertificates()) {
          case NONE -> PacketTls.ClientCertificates.NONE;
          case ASK -> PacketTls.ClientCertificates.ASK;
          case REQUIRE -> PacketTls.ClientCertificates.REQUIRE;
        },
        tls.clientCa(),
        tls.anonymousDh());
  }

  private static TlsVersions.Version version(NrpeSettings.Version version) {
    return switch (version) {
      case TLS_1_0 -> TlsVersions.Version.TLS_1_0;
      case TLS_1_1 -> TlsVersions.Version.TLS_1_1;
      case TLS_1_2 -> TlsVersions.Version.TLS_1_2;
      case TLS_1_3 -> TlsVersions.Version.TLS_1_3;
    };
  }

  /** Half of the descriptors that this process may have; the others are for plugins and HTTPS. */
  private static int maxConnections() {
    long open = DEFAULT_OPEN_FILES;
    try (var limits = Files.lines(Path.of("/proc/self/limits"), StandardCharsets.US_ASCII)) {
      open =
          limits
              .filter(line -> line.startsWith("Max open files"))
              .map(line -> line.split("\\s+", -1)[3])
              .mapToLong(soft -> soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
              .findFirst()
              .orElse(DEFAULT_OPEN_FILES);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "the limit of open files is not known: {0}", e.getMessage());
    }
    return Math.clamp(open / 2, MIN_CONNECTIONS, MAX_CONNECTIONS);
  }

  private static void checkPid(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    var text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    boolean number = !text.isEmpty() && text.length() < 10 && text.matches("[0-9]+");
    if (number
        && Long.parseLong(text) != ProcessHandle.current().pid()
        && ProcessHandle.of(Long.parseLong(text)).isPresent()) {
      throw new IOException(
          "pid_file: the process " + text + " of " + file + " runs; stop it, or name another file");
    }
  }

  private static byte[] ownPid() {
    return (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
