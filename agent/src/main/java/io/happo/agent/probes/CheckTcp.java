package io.happo.agent.probes;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import io.happo.net.ClientSocket;
import io.happo.program.cli.Command;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code check_tcp} and {@code check_udp}: whether a server is there and answers what is expected;
 * also by the names that {@link TcpService} knows.
 */
final class CheckTcp implements BuiltinCheck {
  /** So long more is waited for when something has come. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** The most that is received, in bytes, and the most that is shown, in characters. */
  private static final int MAX_BYTES = 64 << 10;

  private static final int MOST_SHOWN = 1024;

  private final String name;

  CheckTcp(String name) {
    this.name = name;
  }

  @Override
  public Command table() {
    return TcpTable.of(name);
  }

  @Override
  public String whatTimesOut() {
    return "Socket timeout";
  }

  /** Not a socket of the file system, which may answer the agent's user alone. */
  @Override
  public boolean isOpenToAll(List<String> arguments) {
    return arguments.stream().noneMatch(argument -> argument.indexOf('/') >= 0);
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    var wanted = TcpWanted.of(name, given);
    long begin = System.nanoTime();
    try (var talk = connect(wanted, machine)) {
      var certificate = secure(talk, wanted, machine);
      if (certificate.isPresent() && certificate.get().status() != Status.OK) {
        return certificate.get();
      }
      var found = talk(talk, wanted, machine);
      double seconds = (System.nanoTime() - begin) / 1e9 - wanted.delaySeconds();
      var told = told(found, seconds, wanted);
      return certificate.isEmpty()
          ? told
          : new Finding(told.status(), certificate.get().output() + "\n" + told.output());
    } catch (IOException e) {
      Reach.endIfOver(e);
      throw new CheckException(
          Status.CRITICAL, service() + " CRITICAL - the connection broke: " + Reach.words(e));
    }
  }

  /** As it is named in the output. */
  private String service() {
    return name.substring("check_".length()).toUpperCase(Locale.ROOT);
  }

  private Talk connect(TcpWanted wanted, Machine machine)
      throws CheckException, InterruptedException {
    var host = wanted.host();
    if (host.startsWith("/") && !wanted.isUdp()) {
      try {
        return new Talk.OfTcp(
            ClientSocket.connect(UnixDomainSocketAddress.of(host), machine.left()));
      } catch (IOException | IllegalArgumentException e) {
        throw refused(wanted, e, "connect to file socket " + host + ": " + e.getMessage());
      }
    }
    List<InetSocketAddress> addresses;
    try {
      addresses = Reach.addresses(host, wanted.port(), wanted.family(), machine);
    } catch (IOException e) {
      throw new CheckException(
          Status.CRITICAL,
          service()
              + " CRITICAL - Invalid hostname, address or socket: "
              + OneLine.of(wanted.host()));
    }
    try {
      return wanted.isUdp()
          ? new Talk.OfUdp(new Udp(addresses.getFirst()))
          : new Talk.OfTcp(Reach.connect(addresses, host, wanted.port(), machine));
    } catch (IOException e) {
      throw refused(wanted, e, String.valueOf(e.getMessage()));
    }
  }

  private static CheckException refused(TcpWanted wanted, Exception failure, String words)
      throws InterruptedException {
    if (failure instanceof IOException e) {
      Reach.endIfOver(e);
      if (Reach.isRefused(e)) {
        return new CheckException(wanted.refused(), OneLine.of(words));
      }
    }
    return new CheckException(Status.CRITICAL, OneLine.of(words));
  }

  private static Optional<Finding> secure(Talk talk, TcpWanted wanted, Machine machine)
      throws CheckException, InterruptedException {
    if (!wanted.isTls() || !(talk instanceof Talk.OfTcp tcp)) {
      return Optional.empty();
    }
    Reach.secure(tcp.socket(), wanted.serverName());
    var expiry = wanted.expiry();
    return expiry.isEmpty()
        ? Optional.empty()
        : Optional.of(Reach.certificate(tcp.socket(), expiry.get(), machine));
  }

  /**
   * What came.
   *
   * @param text without blanks at its end
   */
  private record Heard(boolean isExpected, String text) {}

  private static Heard talk(Talk talk, TcpWanted wanted, Machine machine)
      throws IOException, CheckException, InterruptedException {
    if (wanted.send().length > 0 || wanted.isUdp()) {
      talk.send(wanted.send());
    }
    if (wanted.delaySeconds() > 0) {
      Thread.sleep(Duration.ofSeconds(wanted.delaySeconds()));
    }
    var heard = wanted.expects().isEmpty() ? new Heard(true, "") : listen(talk, wanted, machine);
    if (wanted.quit().length > 0) {
      try {
        talk.send(wanted.quit());
      } catch (IOException e) {
        // It has closed the connection already.
      }
    }
    return heard;
  }

  private static Heard listen(Talk talk, TcpWanted wanted, Machine machine)
      throws IOException, CheckException, InterruptedException {
    var bytes = new ByteArrayOutputStream();
    var match = TcpWanted.Match.OPEN;
    while (match == TcpWanted.Match.OPEN && bytes.size() < wanted.maxBytes(MAX_BYTES)) {
      boolean isBegun = bytes.size() > 0;
      var left = machine.left();
      boolean isShort = isBegun && PATIENCE.compareTo(left) < 0;
      var next = talk.receive(isShort ? PATIENCE : left);
      if (next == null) {
        break;
      }
      if (next.length == 0) {
        if (!isShort) {
          throw new InterruptedException();
        }
        break;
      }
      bytes.writeBytes(next);
      match = wanted.match(bytes.toString(StandardCharsets.ISO_8859_1));
    }
    if (bytes.size() == 0) {
      throw new CheckException(Status.CRITICAL, "No data received from host");
    }
    var text = bytes.toString(StandardCharsets.UTF_8).stripTrailing();
    return new Heard(match == TcpWanted.Match.YES, OneLine.of(text, MOST_SHOWN));
  }

  private Finding told(Heard heard, double seconds, TcpWanted wanted) {
    var status = wanted.time().of(seconds);
    if (!heard.isExpected() && status != Status.CRITICAL) {
      status = wanted.mismatch();
    }
    var text = new StringBuilder(service()).append(' ').append(status).append(" - ");
    boolean isShown = !wanted.isHidden() && !heard.text().isEmpty();
    if (!heard.isExpected()) {
      text.append("Unexpected response from host/socket");
      text.append(isShown ? ": " + heard.text() : " on " + wanted.where());
    } else {
      text.append(Fixed.of(seconds, 3)).append(" second response time on ").append(wanted.where());
      text.append(isShown ? " [" + heard.text() + "]" : "");
    }
    text.append('|').append(wanted.time().perfdata(seconds, wanted.timeoutSeconds()));
    return new Finding(status, text.toString());
  }
}
