package io.happo.agent.probes;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.Thresholds;
import io.happo.agent.checks.UsageException;
import io.happo.net.Network;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code check_dns}: whether a name server knows a name or address, and says of it what is
 * expected. Of a name its addresses are asked for, of an address its names.
 */
final class CheckDns implements BuiltinCheck.OfAnyUser {
  private static final String PORT = "53";

  private static final Command TABLE =
      Tables.check(
          "check_dns",
          "A name that a name server knows",
          List.of(
              "Asks a name server for the addresses of a name, or for the names of an address. A"
                  + " name without a point is sought in the domains of /etc/resolv.conf, too."),
          "[HOST [SERVER]]",
          List.of(
              Reach.host("HOST", "The name or address to ask for."),
              Option.of(
                      "server",
                      Type.TEXT,
                      "HOST",
                      "The name server; else those of /etc/resolv.conf.")
                  .withKey('s'),
              Reach.port("Its port.").byDefault(PORT),
              Option.of(
                      "querytype",
                      Type.choice("A", "AAAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"),
                      "TYPE",
                      "Ask for records of this type; else for addresses or names.")
                  .withKey('q'),
              Option.of(
                      "expected-address",
                      Type.TEXT,
                      "ADDRESS|CIDR|NAME.",
                      "CRITICAL unless one of the answers is this, or one of these. A name ends with"
                          + " a point.")
                  .withKey('a')
                  .thatRepeats(),
              Option.flag("all", "Each answer must be expected, and each -a answered.")
                  .withKey('L'),
              Option.flag("expect-nxdomain", "CRITICAL when there is such a name.").withKey('n'),
              Option.flag("expect-authority", "CRITICAL unless the server has the zone.")
                  .withKey('A'),
              Tables.warning("SECONDS", "WARNING when it takes more than so many seconds."),
              Tables.critical("SECONDS", "CRITICAL when it takes more than so many seconds.")),
          List.of(
              new Example(
                  "A name at a server", "check_dns -H www.example.com -s 192.0.2.53 -w 0.5 -c 2"),
              new Example("That it leads there", "check_dns -H www.example.com -a 192.0.2.0/24")));

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    var operands = given.operands();
    var host = given.find("hostname").orElse(operands.isEmpty() ? "" : operands.getFirst());
    if (host.isEmpty()) {
      throw new UsageException("-H (--hostname) is missing");
    }
    boolean isNone = given.has("expect-nxdomain");
    if (isNone && given.has("expected-address")) {
      throw new UsageException(
          "-a (--expected-address) and -n (--expect-nxdomain) exclude one another");
    }
    var thresholds = Thresholds.of(given);
    var look = new DnsLook(given, host, machine);
    long begin = System.nanoTime();
    look.look();
    double seconds = (System.nanoTime() - begin) / 1e9;
    var shown = OneLine.of(host);
    var found = OneLine.of(String.join(",", look.found()));
    if (look.found().isEmpty() && !isNone) {
      return critical("Domain '" + shown + "' was not found by the server");
    }
    if (!look.found().isEmpty() && isNone) {
      return critical(
          "DNS CRITICAL - Domain '" + shown + "' was found by the server: '" + found + "'");
    }
    var expected = expected(given);
    if (!expected.isEmpty() && !isAsExpected(look.found(), expected, given.has("all"))) {
      var words = OneLine.of(String.join("; ", expected));
      return critical("DNS CRITICAL - expected '" + words + "' but got '" + found + "'");
    }
    if (given.has("expect-authority") && !isNone && !look.isAuthoritative()) {
      return critical(
          "DNS CRITICAL - server " + look.server() + " is not authoritative for " + shown);
    }
    var status = thresholds.of(seconds);
    return new Finding(
        status,
        "DNS "
            + status
            + ": "
            + Fixed.of(seconds, 3)
            + " seconds response time. "
            + shown
            + " returns "
            + (isNone ? "NXDOMAIN" : found)
            + "|"
            + new PerfdataText()
                .add(
                    "time",
                    Fixed.of(seconds) + "s",
                    CheckHttp.end(thresholds.warning()),
                    CheckHttp.end(thresholds.critical()),
                    Fixed.of(0),
                    null));
  }

  private static Finding critical(String words) {
    return new Finding(Status.CRITICAL, words);
  }

  private static List<String> expected(Given given) {
    var expected = new ArrayList<String>();
    for (var list : given.all("expected-address")) {
      expected.addAll(List.of(list.split(",", -1)));
    }
    return expected;
  }

  private static boolean isAsExpected(List<String> found, List<String> expected, boolean isAll) {
    int answered = 0;
    for (var one : expected) {
      answered += found.stream().anyMatch(answer -> matches(answer, one)) ? 1 : 0;
    }
    return isAll
        ? answered == expected.size()
            && found.stream()
                .allMatch(answer -> expected.stream().anyMatch(one -> matches(answer, one)))
        : answered > 0;
  }

  private static boolean matches(String answer, String expected) {
    var network = Network.parse(expected);
    var address = Network.literal(answer);
    if (network.isPresent() && address.isPresent()) {
      return network.get().contains(address.get());
    }
    return answer.equalsIgnoreCase(expected);
  }
}
