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
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code check_ssl_cert}: the certificates of a server, or those in a file, with the options of the
 * plugin of that name: how long they are good, whose they are, and whether an authority vouches for
 * them (RFC 5280, 6125). Nothing is asked of anybody else: no revocation is looked up.
 */
final class CheckSslCert implements BuiltinCheck {
  private static final int MAX_FILE_BYTES = 1 << 20;

  private static final Command TABLE =
      Tables.check(
          "check_ssl_cert",
          "Certificates of a server, or in a file",
          List.of(
              "Looks how long the certificates are good, whether the first is for the host, and"
                  + " whether an authority vouches for it that this system trusts. Of a file only"
                  + " what is asked for is looked at beside the dates."),
          "",
          List.of(
              text("host", 'H', "HOST", "Server to ask."),
              Option.of("port", Type.whole(1, 65_535), "PORT", "Its port; else that of -P.")
                  .withKey('p'),
              text("protocol", 'P', "PROTOCOL", Protocol.DOC).byDefault("https"),
              Option.of("file", Type.FILE, "FILE", CertificateFiles.DOC).withKey('f'),
              Option.flag("use-ipv4", "Connect by IPv4 alone.").withKey('4'),
              Option.flag("use-ipv6", "Connect by IPv6 alone.").withKey('6'),
              text("sni", Option.NO_KEY, "NAME", "Ask for this name; else for the host."),
              text("cn", 'n', "REGEX", "CRITICAL when no such common name is in the first.")
                  .thatRepeats(),
              text("match", 'm', "NAME", "CRITICAL when the first is not for this host name.")
                  .thatRepeats(),
              text("issuer", 'i', "REGEX", "CRITICAL when another issued the first."),
              text("org", 'o', "REGEX", "CRITICAL when the subject of the first has no match."),
              Option.flag("selfsigned", "Let it be signed by itself.").withKey('s'),
              Option.of("rootcert", Type.FILE, "FILE", "Authorities to be trusted instead (PEM).")
                  .withKey('r'),
              Option.flag("noauth", "Let it be issued by anybody.").withKey('A'),
              Option.flag("ignore-host-cn", "Let it be for another host."),
              days("warning", 'w', "WARNING").byDefault("20"),
              days("critical", 'c', "CRITICAL").byDefault("15")),
          List.of(
              new Example("A web server", "check_ssl_cert -H www.example.com"),
              new Example(
                  "A mail server, with the authority of the company",
                  "check_ssl_cert -H mail.example.com -P smtp -r /etc/ssl/company.pem"),
              new Example("A file", "check_ssl_cert -f /etc/ssl/certs/own.pem -w 30 -c 7"),
              new Example(
                  "All certificates of Let's Encrypt that this machine has",
                  "check_ssl_cert -f '/etc/letsencrypt/live/*/fullchain.pem'")));

  private static Option text(String name, char key, String placeholder, String doc) {
    return Option.of(name, Type.TEXT, placeholder, doc).withKey(key);
  }

  private static Option days(String name, char key, String state) {
    return Option.of(
            name, Type.whole(0, 10_000), "DAYS", state + " when one expires in so many days.")
        .withKey(key)
        .in("days");
  }

  /** What is spoken on a port before TLS. */
  private record Protocol(StartTls start, int port) {
    static final String DOC =
        "What the server speaks: https, smtp, smtps, imap, imaps, pop3, pop3s, ftp, ftps or ldaps.";

    static Protocol of(String name) throws UsageException {
      return switch (name) {
        case "https", "tls" -> new Protocol(StartTls.NONE, 443);
        case "smtp" -> new Protocol(StartTls.SMTP, 25);
        case "smtps" -> new Protocol(StartTls.NONE, 465);
        case "imap" -> new Protocol(StartTls.IMAP, 143);
        case "imaps" -> new Protocol(StartTls.NONE, 993);
        case "pop3" -> new Protocol(StartTls.POP3, 110);
        case "pop3s" -> new Protocol(StartTls.NONE, 995);
        case "ftp" -> new Protocol(StartTls.FTP, 21);
        case "ftps" -> new Protocol(StartTls.NONE, 990);
        case "ldaps" -> new Protocol(StartTls.NONE, 636);
        default -> throw new UsageException("-P (--protocol): '" + name + "' is not known. " + DOC);
      };
    }
  }

  /**
   * Certificates that were found.
   *
   * @param chain the server's own first
   * @param where for people
   * @param how by which version of TLS and so on; empty for a file
   */
  record Found(List<X509Certificate> chain, String where, String how) {}

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public boolean mayHoldItsThread(Given given) {
    return given.has("file")
        || given.has("rootcert")
        || given.has("cn")
        || given.has("issuer")
        || given.has("org");
  }

  @Override
  public String whatTimesOut() {
    return "Socket timeout";
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    var file = given.find("file");
    var host = given.find("host");
    if (file.isPresent() == host.isPresent()) {
      throw new UsageException("needs either -H (--host) or -f (--file)");
    }
    if (file.isPresent() && CertificateFiles.isPattern(file.get())) {
      return new CertificateFiles(given, machine).judge(file.get());
    }
    var judge = new ChainJudge(given);
    var found =
        host.isPresent() ? ask(host.get(), given, machine) : read(Path.of(file.orElseThrow()));
    return judge.of(found.chain(), host, machine.clock().instant(), found.where(), found.how());
  }

  private static Found ask(String host, Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    var protocol = Protocol.of(given.text("protocol"));
    int port = given.find("port").map(Integer::parseInt).orElse(protocol.port());
    var where = HttpTarget.bracketed(OneLine.of(host)) + ":" + port;
    try (var socket = Reach.connect(host, port, Reach.family(given), machine)) {
      protocol.start().ask(socket.input(), socket.output());
      socket.startTls(given.find("sni").orElse(host), Reach.TLS, Optional.empty());
      return new Found(socket.certificates(), where, socket.tlsVersion() + ", " + socket.cipher());
    } catch (IOException e) {
      Reach.endIfOver(e);
      throw failed(where, e);
    } catch (CertificateException e) {
      throw failed(where, e);
    }
  }

  private static CheckException failed(String where, Exception why) {
    return new CheckException(
        Status.CRITICAL,
        "SSL_CERT CRITICAL - no certificate of " + where + ": " + Reach.words(why));
  }

  static Found read(Path file) throws CheckException {
    var where = OneLine.of(file.toString());
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw CheckException.unknown(where + " is no file; give one of certificates with -f");
      }
      byte[] bytes;
      try (var in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      }
      if (bytes.length > MAX_FILE_BYTES) {
        throw CheckException.unknown(where + " is larger than a file of certificates can be");
      }
      var chain = new ArrayList<X509Certificate>();
      for (var one :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes))) {
        chain.add((X509Certificate) one);
      }
      if (chain.isEmpty()) {
        throw CheckException.unknown(where + " holds no certificate");
      }
      return new Found(chain, where, "");
    } catch (NoSuchFileException e) {
      throw CheckException.unknown("there is no file " + where);
    } catch (AccessDeniedException e) {
      throw CheckException.unknown(where + " may not be read by the agent; change its mode");
    } catch (IOException | CertificateException e) {
      throw CheckException.unknown(where + " cannot be read as certificates: " + Reach.words(e));
    }
  }
}
