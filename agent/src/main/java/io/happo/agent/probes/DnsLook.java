package io.happo.agent.probes;

import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.UsageException;
import io.happo.net.Network;
import java.io.IOException;
import java.net.PortUnreachableException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What {@code check_dns} asks, and what it is told. Of one run. */
final class DnsLook {
  /** As many servers and domains as resolv.conf(5) may name. */
  private static final int MOST_SERVERS = 3;

  private static final int MOST_DOMAINS = 6;

  private final Machine machine;
  private final String server;
  private final int port;
  private final List<DnsType> types;
  private final List<String> names = new ArrayList<>();
  private final List<DnsServer> servers = new ArrayList<>();
  private final List<String> found = new ArrayList<>();
  private boolean isAuthoritative = true;

  DnsLook(Given given, String host, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    this.machine = machine;
    var operands = given.operands();
    server = given.find("server").orElse(operands.size() > 1 ? operands.get(1) : "");
    port = given.whole("port");
    var literal = Network.literal(host);
    var type = given.find("querytype").map(DnsType::valueOf);
    types =
        type.isPresent()
            ? List.of(type.get())
            : literal.isPresent() ? List.of(DnsType.PTR) : List.of(DnsType.A, DnsType.AAAA);
    var name = literal.isPresent() ? DnsMessage.reverse(literal.get()) : host;
    if (DnsMessage.question(0, name, types.getFirst()) == null) {
      throw new UsageException(
          "'" + host + "' is no name that can be asked for; write IDNs with xn--");
    }
    configure(name);
  }

  private void configure(String name) throws CheckException, InterruptedException {
    try {
      if (!server.isEmpty()) {
        for (var address : Reach.addresses(server, port, Reach.Family.ANY, machine)) {
          servers.add(new DnsServer(address));
        }
      }
      if (server.isEmpty() || name.indexOf('.') < 0) {
        readSettings(name);
      }
    } catch (IOException e) {
      throw CheckException.unknown(Reach.words(e));
    }
    names.add(name);
    if (servers.isEmpty()) {
      throw CheckException.unknown("/etc/resolv.conf names no server; give one by -s (--server)");
    }
  }

  /** The system's servers, and the domains in which it seeks names without a point. */
  private void readSettings(String name) throws IOException, InterruptedException {
    List<String> lines;
    try {
      lines = machine.lines("/etc/resolv.conf");
    } catch (IOException e) {
      return;
    }
    for (var line : lines) {
      var words = line.strip().split("[ \t]+", -1);
      if (words.length < 2) {
        continue;
      }
      if (words[0].equals("nameserver") && this.server.isEmpty() && servers.size() < MOST_SERVERS) {
        for (var address : Reach.addresses(words[1], port, Reach.Family.ANY, machine)) {
          servers.add(new DnsServer(address));
        }
      } else if ((words[0].equals("search") || words[0].equals("domain"))
          && name.indexOf('.') < 0) {
        names.clear();
        for (int i = 1; i < words.length && i <= MOST_DOMAINS; i++) {
          var full = name + "." + words[i];
          if (DnsMessage.question(0, full, DnsType.A) != null) {
            names.add(full);
          }
        }
      }
    }
  }

  /** Asks until a name is found; what is there is of {@link #found} then. */
  void look() throws CheckException, InterruptedException {
    for (var name : names) {
      if (find(name)) {
        break;
      }
    }
    Collections.sort(found);
  }

  private boolean find(String name) throws CheckException, InterruptedException {
    for (var type : types) {
      var answer = ask(name, type);
      if (answer.code() == DnsMessage.REFUSED) {
        throw new CheckException(Status.CRITICAL, "Connection to DNS " + server() + " was refused");
      }
      if (answer.code() == DnsMessage.NO_NAME) {
        return false;
      }
      if (answer.code() != DnsMessage.OK) {
        throw new CheckException(
            Status.CRITICAL, "DNS failure for " + OneLine.of(name) + ": " + answer.reason());
      }
      isAuthoritative &= answer.isAuthoritative();
      found.addAll(answer.records());
    }
    return !found.isEmpty();
  }

  private DnsMessage ask(String name, DnsType type) throws CheckException, InterruptedException {
    boolean isLast = false;
    for (int i = 0; i < servers.size(); i++) {
      isLast = i == servers.size() - 1;
      try {
        var answer = servers.get(i).ask(name, type, isLast ? 0 : 1, machine);
        if (answer != null) {
          return answer;
        }
      } catch (IOException e) {
        if (isLast) {
          var why = e instanceof PortUnreachableException ? "" : ": " + Reach.words(e);
          throw new CheckException(Status.CRITICAL, "No response from DNS " + server() + why);
        }
      }
    }
    throw new InterruptedException();
  }

  /** What was asked, for people. */
  String server() {
    if (!server.isEmpty()) {
      return OneLine.of(server);
    }
    return servers.getFirst().address().getAddress().getHostAddress();
  }

  /** What the answers hold, sorted. */
  List<String> found() {
    return found;
  }

  /** Whether all answers were of a server that has the zone. */
  boolean isAuthoritative() {
    return isAuthoritative;
  }
}
