package io.happo.agent.probes;

import io.happo.agent.checks.Tables;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.List;

/** What {@code check_http} takes. */
final class HttpTable {
  private static final Type PORT = Type.whole(1, 65_535);

  private HttpTable() {}

  static Command of(String name) {
    return Tables.check(
        name,
        "A page of a web server, or its certificate",
        List.of(
            "Asks for a page and judges the status, the text, the size and the time it took. A"
                + " status of 4xx is WARNING, 5xx is CRITICAL, and of a redirect what -f says. With"
                + " -C the certificate of the server is looked at instead. Without -H the server is"
                + " asked in HTTP/1.0."),
        "[ADDRESS] [HOST]",
        options(),
        List.of(
            new Example(
                "A page that must have a word in it, within a second",
                name + " -H www.example.com -u /health -s alive -w 0.5 -c 1 -S"),
            new Example(
                "A certificate that must be good for a month",
                name + " -H www.example.com -C 30,7"),
            new Example(
                "A virtual host on this machine, wherever it redirects to",
                name + " -H www.example.com -I 127.0.0.1 -f follow")));
  }

  private static Option text(String name, char key, String placeholder, String doc) {
    return Option.of(name, Type.TEXT, placeholder, doc).withKey(key);
  }

  private static List<Option> options() {
    return List.of(
        text("hostname", 'H', "HOST[:PORT]", "Name of the server, as it is asked for."),
        text("IP-address", 'I', "ADDRESS", "Where to connect to; without it, the host."),
        Option.of("port", PORT, "PORT", "Port of the server: 80, or 443 with TLS.").withKey('p'),
        Option.flag("use-ipv4", "Connect by IPv4 alone.").withKey('4'),
        Option.flag("use-ipv6", "Connect by IPv6 alone.").withKey('6'),
        Option.of(
                "ssl",
                Type.TEXT_OR_NONE,
                "[VERSION[+]]",
                "Speak TLS: in this version (1, 1.1, 1.2, 1.3), with + also in newer ones; without"
                    + " it in any.")
            .withKey('S'),
        Option.flag("sni", "Send the host name in the TLS handshake, which is always done."),
        text(
            "certificate",
            'C',
            "DAYS[,DAYS]",
            "Look at the certificate alone: WARNING when it is good for so many days or fewer,"
                + " CRITICAL for the second number."),
        Option.flag("continue-after-certificate", "Ask for the page too."),
        Option.of("client-cert", Type.FILE, "FILE", "Certificate to be shown to the server (PEM).")
            .withKey('J'),
        Option.of("private-key", Type.FILE, "FILE", "The key of that certificate (PEM).")
            .withKey('K'),
        text(
            "expect",
            'e',
            "TEXT[,TEXT...]",
            "One of these must be in the first line of the answer; then no other status matters."),
        text("header-string", 'd', "TEXT", "CRITICAL when the header does not hold it."),
        text("string", 's', "TEXT", "CRITICAL when the page does not hold it."),
        text("url", 'u', "PATH", "Page to ask for.").byDefault("/"),
        text("post", 'P', "DATA", "Send these data, URL-encoded, by POST."),
        text("method", 'j', "METHOD", "Ask by another method; CONNECT[:METHOD] by way of a proxy."),
        Option.flag("no-body", "Read the header alone; what is asked for stays the same.")
            .withKey('N'),
        text("max-age", 'M', "SECONDS", "CRITICAL when the page is older; also 10m, 10h or 10d."),
        text("content-type", 'T', "TYPE", "Type of the data that are sent.")
            .byDefault("application/x-www-form-urlencoded"),
        Option.flag("linespan", "Let the expressions behind it reach over lines.").withKey('l'),
        text("regex", 'r', "REGEX", "CRITICAL when the page does not match it (regex(7))."),
        Option.of("ereg", Type.TEXT, "REGEX", "The same."),
        text("eregi", 'R', "REGEX", "The same, whatever the case of letters."),
        Option.flag("invert-regex", "CRITICAL when the page matches."),
        text("authorization", 'a', "USER:PASSWORD", "Who asks (basic authentication)."),
        text("proxy-authorization", 'b', "USER:PASSWORD", "Who asks the proxy."),
        text("useragent", 'A', "TEXT", "What asks, as the server is told."),
        text("header", 'k', "FIELD", "A line of the header to be sent.").thatRepeats(),
        Option.flag("extended-perfdata", "Tell the time of each step.").withKey('E'),
        Option.flag("show-body", "Show the page below the first line.").withKey('B'),
        Option.flag("link", "Make the text a link in HTML.").withKey('L'),
        text(
                "onredirect",
                'f',
                "ok|warning|critical|follow|sticky|stickyport",
                "What a redirect means; sticky follows to the same address, stickyport also to the"
                    + " same port.")
            .byDefault("ok"),
        Option.of("max-redirs", Type.whole(0, 100), "NUMBER", "The most redirects to follow.")
            .byDefault("15"),
        text("pagesize", 'm', "LEAST[:MOST]", "WARNING when it has fewer or more bytes."),
        Tables.warning("RANGE", "WARNING when the time in seconds is outside of it."),
        Tables.critical("RANGE", "CRITICAL when the time in seconds is outside of it."));
  }
}
