package io.happo.agent.probes;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Interruptible;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PosixRegex;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import io.happo.net.ClientSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@code check_smtp} says to a server, and what it makes of the answers. Of one run. */
final class SmtpTalk {
  /** Lines of an answer; a server that sends more speaks something else. */
  private static final int MOST_LINES = 200;

  private final Given given;
  private final String host;
  private final int port;
  private final Optional<CertificateExpiry> expiry;
  private final List<Pattern> responses = new ArrayList<>();
  private final boolean isStartTls;
  private final StringBuilder lines = new StringBuilder();
  private Status status = Status.OK;
  private String problem = "";
  private String leave = "";
  private @Nullable Finding certificate;

  SmtpTalk(Given given, String host, int port) throws UsageException {
    this.given = given;
    this.host = host;
    this.port = port;
    var days = given.find("certificate");
    expiry =
        days.isEmpty()
            ? Optional.empty()
            : Optional.of(CertificateExpiry.of("-D (--certificate)", days.get()));
    isStartTls = !given.has("ssl") && (given.has("starttls") || expiry.isPresent());
    for (var response : given.all("response")) {
      responses.add(PosixRegex.extendedByLines(response, false));
    }
    for (var one : given.inOrder()) {
      if (one.value().indexOf('\n') >= 0 || one.value().indexOf('\r') >= 0) {
        throw new UsageException("--" + one.name() + ": a line feed would begin another command");
      }
    }
  }

  Status status() {
    return status;
  }

  /** What is wrong, with {@code , } behind it; empty when nothing is. */
  String problem() {
    return problem;
  }

  /** What is to be told in lines of their own, before the rest. */
  String lines() {
    return lines.toString();
  }

  /** What the server says at last. */
  String leave() {
    return leave;
  }

  /** What is to be said of the certificate; null when it was not asked for. */
  @Nullable Finding certificate() {
    return certificate;
  }

  void hold(ClientSocket socket, Machine machine)
      throws IOException, CheckException, InterruptedException {
    var name = given.find("sni").orElse(host);
    if (given.has("ssl")) {
      Reach.secure(socket, name);
      look(socket, machine);
    }
    var first = answer(socket);
    boolean isExtended = isStartTls || given.has("authtype");
    var hello = given.has("lmtp") ? "LHLO " : isExtended ? "EHLO " : "HELO ";
    hello += given.find("fqdn").orElse(hostName(machine));
    var second = ask(socket, hello);
    if (isStartTls) {
      if (!second.contains("250 STARTTLS") && !second.contains("250-STARTTLS")) {
        leave(socket);
        throw new CheckException(Status.WARNING, "WARNING - TLS not supported by server");
      }
      var go = ask(socket, "STARTTLS");
      if (!go.startsWith("220")) {
        leave(socket);
        throw new CheckException(Status.UNKNOWN, "Server does not support STARTTLS");
      }
      Reach.secure(socket, name);
      ask(socket, hello);
      look(socket, machine);
    }
    if (certificate == null) {
      judge(socket, first, second);
    }
    leave(socket);
  }

  private void look(ClientSocket socket, Machine machine) throws CheckException {
    if (expiry.isPresent()) {
      certificate = Reach.certificate(socket, expiry.get(), machine);
    }
  }

  /** An answer as it may be shown, in its lines. */
  private static String lines(String answer) {
    var shown = new StringBuilder();
    for (var line : answer.split("\n", -1)) {
      shown.append(shown.isEmpty() ? "" : "\n").append(OneLine.of(line));
    }
    return shown.toString();
  }

  private void judge(ClientSocket socket, String first, String second)
      throws IOException, CheckException, InterruptedException {
    if (!first.contains(given.text("expect")) && !second.contains(given.text("expect"))) {
      throw new CheckException(
          Status.WARNING,
          "Invalid SMTP response received from host"
              + (port == 25 ? "" : " on port " + port)
              + ": "
              + lines(first)
              + "\n"
              + lines(second));
    }
    if (given.has("from")) {
      ask(socket, "MAIL FROM:<" + given.text("from") + ">");
    }
    var commands = given.all("command");
    for (int i = 0; i < commands.size(); i++) {
      var answer = ask(socket, commands.get(i));
      if (i < responses.size() && !Interruptible.finds(responses.get(i), answer)) {
        status = Status.WARNING;
        lines.append("SMTP WARNING - Invalid response '").append(OneLine.of(answer));
        lines.append("' to command '").append(OneLine.of(commands.get(i))).append("'\n");
      }
    }
    if (given.has("authtype")) {
      logIn(socket);
    }
  }

  /** By {@code AUTH LOGIN}, as all know it and no RFC says. */
  private void logIn(ClientSocket socket) throws IOException, CheckException, InterruptedException {
    if (!given.text("authtype").equals("LOGIN")) {
      fail("only authtype LOGIN is supported");
    } else if (!given.has("authuser")) {
      fail("no authuser specified");
    } else if (!given.has("authpass")) {
      fail("no authpass specified");
    } else if (!ask(socket, "AUTH LOGIN").startsWith("334")) {
      fail("invalid response received after AUTH LOGIN");
    } else if (!ask(socket, encoded("authuser")).startsWith("334")) {
      fail("invalid response received after authuser");
    } else if (!ask(socket, encoded("authpass")).startsWith("235")) {
      fail("invalid response received after authpass");
    }
  }

  private void fail(String why) {
    status = Status.CRITICAL;
    problem = why + ", ";
  }

  private String encoded(String option) {
    return Base64.getEncoder().encodeToString(given.text(option).getBytes(StandardCharsets.UTF_8));
  }

  private void leave(ClientSocket socket) throws InterruptedException {
    try {
      send(socket, "QUIT");
      var line = next(socket);
      leave = line == null ? "" : line;
    } catch (IOException e) {
      Reach.endIfOver(e);
    }
  }

  private static String hostName(Machine machine) {
    try {
      var name = machine.read("/proc/sys/kernel/hostname").strip();
      return name.isEmpty() || name.indexOf(' ') >= 0 ? "localhost" : name;
    } catch (IOException e) {
      return "localhost";
    }
  }

  private static void send(ClientSocket socket, String line) throws IOException {
    socket.output().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  private static String ask(ClientSocket socket, String line)
      throws IOException, CheckException, InterruptedException {
    send(socket, line);
    return answer(socket);
  }

  /** An answer, which may have several lines (RFC 5321, 4.2.1). */
  private static String answer(ClientSocket socket) throws CheckException, InterruptedException {
    var text = new StringBuilder();
    for (int i = 0; i < MOST_LINES; i++) {
      var line = next(socket);
      if (line == null) {
        throw new CheckException(Status.WARNING, "recv() failed");
      }
      text.append(i == 0 ? "" : "\n").append(line);
      boolean goesOn =
          line.length() > 3 && line.charAt(3) == '-' && Character.isDigit(line.charAt(0));
      if (!goesOn) {
        return text.toString();
      }
    }
    throw new CheckException(
        Status.WARNING, "SMTP WARNING - the server sends more lines than it should");
  }

  /** The next line; null when there is none, or one that is no line of this protocol. */
  private static @Nullable String next(ClientSocket socket) throws InterruptedException {
    try {
      return Lines.next(socket.input());
    } catch (IOException e) {
      Reach.endIfOver(e);
      return null;
    }
  }
}
