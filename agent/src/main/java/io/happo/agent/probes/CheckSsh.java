package io.happo.agent.probes;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.UsageException;
import io.happo.net.ClientSocket;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code check_ssh}: whether a server says by which version of SSH it speaks (RFC 4253, 4.2), and
 * that of its software. Lines before that are passed over.
 */
final class CheckSsh implements BuiltinCheck.OfAnyUser {
  private static final int MOST_LINES = 50;

  /** So long more is waited for when a line has come that says no version. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Command TABLE =
      Tables.check(
          "check_ssh",
          "A server of SSH",
          List.of("Reads the version that the server tells. Nobody logs in."),
          "[HOST] [PORT]",
          Reach.options(
              Reach.host("HOST", "Name or address of the server."),
              Reach.port("Its port.").byDefault("22"),
              Option.of(
                      "remote-version",
                      Type.TEXT,
                      "TEXT",
                      "CRITICAL when the software is another, such as 'OpenSSH_9.2p1 Debian-2'.")
                  .withKey('r'),
              Option.of(
                      "remote-protocol",
                      Type.TEXT,
                      "VERSION",
                      "CRITICAL when the version of the protocol is another, such as 2.0.")
                  .withKey('P')),
          List.of(
              new Example("A server", "check_ssh -H www.example.com"),
              new Example("Another port", "check_ssh -H www.example.com -p 2222 -P 2.0")));

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public String whatTimesOut() {
    return "Socket timeout";
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    var operands = given.operands();
    var host =
        given
            .find("hostname")
            .or(() -> operands.stream().findFirst())
            .orElseThrow(() -> new UsageException("-H (--hostname) is missing"));
    int port = port(given);
    long begin = System.nanoTime();
    try (var socket = Reach.open(host, port, given, machine)) {
      var line = listen(socket, machine);
      int dash = line.indexOf('-', 4);
      var protocol = dash < 0 ? line.substring(4) : line.substring(4, dash);
      var software = dash < 0 ? "" : line.substring(dash + 1);
      greet(socket);
      double seconds = (System.nanoTime() - begin) / 1e9;
      var shown = OneLine.of(software) + " (protocol " + OneLine.of(protocol) + ")";
      var wanted = given.find("remote-version");
      if (wanted.isPresent() && !wanted.get().equals(software)) {
        return mismatch(shown + " version", wanted.get());
      }
      wanted = given.find("remote-protocol");
      if (wanted.isPresent() && !wanted.get().equals(protocol)) {
        return mismatch(shown + " protocol version", wanted.get());
      }
      var time = new ResponseTime(Optional.empty(), Optional.empty());
      return new Finding(
          Status.OK,
          "SSH OK - " + shown + " | " + time.perfdata(seconds, Reach.timeoutSeconds(given)));
    }
  }

  /** Tells what is asking, so that the server's log names it. */
  private static void greet(ClientSocket socket) {
    try {
      socket.output().write("SSH-2.0-happo_agent\r\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // It has said what it was asked for, and closed the connection.
    }
  }

  private static int port(Given given) throws UsageException {
    var operands = given.operands();
    boolean isSecond = operands.size() > 1 && !given.has("port");
    var text = isSecond ? operands.getLast() : given.text("port");
    if (!Type.whole(1, 65_535).accepts(text)) {
      throw new UsageException("'" + text + "' is no port");
    }
    return Integer.parseInt(text);
  }

  private static Finding mismatch(String what, String wanted) {
    return new Finding(
        Status.CRITICAL,
        "SSH CRITICAL - " + what + " mismatch, expected '" + OneLine.of(wanted) + "'");
  }

  /** The line of the version. */
  private static String listen(ClientSocket socket, Machine machine)
      throws CheckException, InterruptedException {
    var first = "";
    for (int i = 0; i < MOST_LINES; i++) {
      boolean isShort = i > 0 && PATIENCE.compareTo(machine.left()) < 0;
      if (i == 1 && isShort) {
        socket.mustEndWithin(PATIENCE);
      }
      try {
        var line = Lines.next(socket.input());
        if (line == null) {
          break;
        }
        if (line.startsWith("SSH-") && line.length() > 4) {
          return line;
        }
        first = i == 0 ? line : first;
      } catch (IOException e) {
        if (!isShort) {
          Reach.endIfOver(e);
        }
        break; // A reset, as an end.
      }
    }
    throw new CheckException(
        Status.CRITICAL, ("Server answer: " + OneLine.of(first, 1024)).stripTrailing());
  }
}
