package io.happo.agent.probes;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
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
import java.util.List;

/** {@code check_smtp}: a mail server (RFC 5321), its certificate, or whether one may log in. */
final class CheckSmtp implements BuiltinCheck.OfAnyUser {
  private static final String SMTP = "25";
  private static final String SMTPS = "465";

  private static final Command TABLE =
      Tables.check(
          "check_smtp",
          "A mail server",
          List.of(
              "Greets the server, sends the commands that are given, and takes leave. No mail is"
                  + " sent."),
          "[HOST]",
          options(),
          List.of(
              new Example("A server", "check_smtp -H mail.example.com -w 1 -c 5"),
              new Example(
                  "Its certificate, which must be good for a month",
                  "check_smtp -H mail.example.com -p 587 -S -D 30,7"),
              new Example(
                  "That it takes mail",
                  "check_smtp -H mail.example.com -f a@example.com -C 'RCPT TO:<b@example.com>' -R"
                      + " '^250'")));

  private static Option text(String name, char key, String placeholder, String doc) {
    return Option.of(name, Type.TEXT, placeholder, doc).withKey(key);
  }

  private static List<Option> options() {
    var options =
        Reach.options(
            Reach.host("HOST", "Name or address of the server."),
            Reach.port("Its port: 25, or 465 with -s."),
            text("expect", 'e', "TEXT", "The first answer must hold this.").byDefault("220"),
            text("command", 'C', "COMMAND", "Send this.").thatRepeats(),
            text("response", 'R', "REGEX", "The answer to the -C before it must match (regex(7)).")
                .thatRepeats(),
            text("from", 'f', "ADDRESS", "Say that mail from this address is to follow."),
            text("fqdn", 'F', "NAME", "The name to greet with; else that of this machine."),
            text(
                "certificate",
                'D',
                "DAYS[,DAYS]",
                "Look at the certificate alone: WARNING when it is good for so many days or fewer,"
                    + " CRITICAL for the second number. Implies -S."),
            Option.flag("starttls", "Go on in TLS by STARTTLS.").withKey('S'),
            Option.flag("ssl", "Speak TLS from the first byte on.").withKey('s'),
            Option.of("sni", Type.TEXT, "NAME", "Ask for this name in TLS; else for the host."),
            text("authtype", 'A', "TYPE", "Log in; the type is LOGIN."),
            text("authuser", 'U', "NAME", "Who logs in."),
            text("authpass", 'P', "PASSWORD", "The password."),
            Option.flag("lmtp", "Greet by LHLO.").withKey('L'),
            Option.flag("ignore-quit-failure", "No effect: the leave is not judged.").withKey('q'));
    options.addAll(ResponseTime.options());
    return options;
  }

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
    var time = ResponseTime.of(given);
    var operands = given.operands();
    var host =
        given.find("hostname").orElse(operands.isEmpty() ? "127.0.0.1" : operands.getFirst());
    var port = given.find("port").orElse(given.has("ssl") ? SMTPS : SMTP);
    var talk = new SmtpTalk(given, host, Integer.parseInt(port));
    long begin = System.nanoTime();
    try (var socket = connect(host, Integer.parseInt(port), given, machine, time, begin)) {
      talk.hold(socket, machine);
      var certificate = talk.certificate();
      if (certificate != null) {
        return certificate;
      }
    } catch (IOException e) {
      Reach.endIfOver(e);
      throw new CheckException(
          Status.CRITICAL, "SMTP CRITICAL - the connection broke: " + Reach.words(e));
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    var status = talk.status() == Status.OK ? time.of(seconds) : talk.status();
    var leave = given.has("verbose") ? ", " + OneLine.of(talk.leave()) : "";
    return new Finding(status, talk.lines() + told(status, talk.problem(), seconds, leave, time));
  }

  private static String told(
      Status status, String problem, double seconds, String leave, ResponseTime time) {
    return "SMTP "
        + status
        + " - "
        + problem
        + Fixed.of(seconds, 3)
        + " sec. response time"
        + leave
        + "|"
        + time.perfdata(seconds, null);
  }

  private static ClientSocket connect(
      String host, int port, Given given, Machine machine, ResponseTime time, long begin)
      throws CheckException, InterruptedException {
    try {
      return Reach.open(host, port, given, machine);
    } catch (CheckException e) {
      double seconds = (System.nanoTime() - begin) / 1e9;
      throw new CheckException(
          e.status(), e.getMessage() + "\n" + told(e.status(), "", seconds, "", time));
    }
  }
}
