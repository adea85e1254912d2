package io.happo.agent.probes;

import io.happo.agent.checks.Tables;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.List;

/** What {@code check_tcp}, {@code check_udp} and the other names of it take. */
final class TcpTable {
  private static final Type STATE = Type.choice("ok", "warn", "crit");

  private TcpTable() {}

  static Command of(String name) {
    boolean isUdp = name.equals("check_udp");
    var service = TcpService.of(name);
    var options = Reach.options(Reach.host("HOST", "Name or address of the server" + unix(isUdp)));
    var port = Reach.port("Its port.");
    options.add(service.port() == 0 ? port : port.byDefault(String.valueOf(service.port())));
    options.addAll(said());
    if (!isUdp) {
      options.addAll(tls());
    }
    options.addAll(ResponseTime.options());
    return Tables.check(
        name,
        summary(name),
        List.of(
            "Sends what is to be sent, and waits for what is expected: until it has come, and when"
                + " something else came, for 2 seconds more."),
        "[HOST]",
        options,
        List.of(
            isUdp
                ? new Example("A server that echoes", name + " -H 192.0.2.1 -p 7 -s hello -e hello")
                : new Example(
                    "A server that greets",
                    name + " -H www.example.com -p 2525 -e 220 -w 1 -c 3")));
  }

  private static String summary(String name) {
    return switch (name) {
      case "check_udp" -> "A server that answers by UDP";
      case "check_ftp" -> "An FTP server";
      case "check_pop" -> "A POP3 server";
      case "check_spop" -> "A POP3 server over TLS";
      case "check_imap" -> "An IMAP server";
      case "check_simap" -> "An IMAP server over TLS";
      case "check_ssmtp" -> "An SMTP server over TLS";
      case "check_nntp" -> "A news server (NNTP)";
      case "check_nntps" -> "A news server (NNTP) over TLS";
      case "check_clamd" -> "The virus scanner ClamAV (clamd)";
      case "check_jabber" -> "A Jabber server (XMPP)";
      default -> "A server that is connected to";
    };
  }

  private static String unix(boolean isUdp) {
    return isUdp ? "." : ", or the path of a Unix socket.";
  }

  private static Option text(String name, char key, String placeholder, String doc) {
    return Option.of(name, Type.TEXT, placeholder, doc).withKey(key);
  }

  private static List<Option> said() {
    return List.of(
        Option.flag("escape", "Know \\n, \\r, \\t and \\\\ in -s and -q behind it.").withKey('E'),
        text("send", 's', "TEXT", "Send this."),
        text("expect", 'e', "TEXT", "The answer must hold this, or one of these.").thatRepeats(),
        Option.flag("all", "The answer must hold all of -e.").withKey('A'),
        text("quit", 'q', "TEXT", "Send this at last; a line feed is added without -E."),
        Option.of("refuse", STATE, "ok|warn|crit", "What a refused connection means.")
            .withKey('r')
            .byDefault("crit"),
        Option.of("mismatch", STATE, "ok|warn|crit", "What another answer means.")
            .withKey('M')
            .byDefault("warn"),
        Option.flag("jail", "Do not show the answer.").withKey('j'),
        Option.of("maxbytes", Type.atLeast(1), "BYTES", "Do not wait for more than so much.")
            .withKey('m'),
        Option.of("delay", Type.whole(1, 3600), "SECONDS", "Wait before the answer is read.")
            .withKey('d'));
  }

  private static List<Option> tls() {
    return List.of(
        Option.flag("ssl", "Speak TLS.").withKey('S'),
        Option.of("sni", Type.TEXT, "NAME", "Ask for this name in TLS; else for the host."),
        text(
            "certificate",
            'D',
            "DAYS[,DAYS]",
            "WARNING when the certificate is good for so many days or fewer, CRITICAL for the second"
                + " number."));
  }
}
