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
import io.happo.agent.checks.UsageException;
import io.happo.core.Decimal;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code check_ping}: how long a host takes to answer an echo request of ICMP, and how many it does
 * not answer. Where ICMP is not allowed to the agent it connects by TCP, and says so.
 */
final class CheckPing implements BuiltinCheck.OfAnyUser {
  private static final int TCP_PORT = 80;

  /** Where the plugin says that a program shows the way to a host. */
  private static final String LINK = "/nagios/cgi-bin/traceroute.cgi?";

  private static final Command TABLE =
      Tables.check(
          "check_ping",
          "A host that answers ping",
          List.of(
              "Sends echo requests, one each second or as fast as the timeout wants it. Where the"
                  + " agent may not (see net.ipv4.ping_group_range and CAP_NET_RAW), connects by TCP"
                  + " instead, where a refused connection is an answer, too."),
          "[HOST]",
          Reach.options(
              Reach.host("HOST", "Name or address of the host."),
              Tables.warning("MS,PERCENT%", doc("WARNING")).thatMustBeGiven(),
              Tables.critical("MS,PERCENT%", doc("CRITICAL")).thatMustBeGiven(),
              Option.of("packets", Type.whole(1, 100), "COUNT", "Send so many.")
                  .withKey('p')
                  .byDefault("5"),
              Option.of(
                  "tcp",
                  Type.whole(1, 65_535),
                  "PORT",
                  "Connect to this port in any case; else to "
                      + TCP_PORT
                      + " where ICMP is not allowed."),
              Option.flag("link", "Make the first line a link to traceroute.cgi.").withKey('L')),
          List.of(new Example("A host", "check_ping -H www.example.com -w 100,10% -c 500,60%")));

  private static String doc(String state) {
    return state
        + " when the answers take so many milliseconds or longer on the average, or so many percent"
        + " or more are lost.";
  }

  /**
   * A threshold.
   *
   * @param millis of the round trip
   * @param percent that are lost
   */
  private record Limit(double millis, int percent) {
    static Limit of(String option, Given given) throws UsageException {
      var text = given.text(option);
      int comma = Math.max(text.indexOf(','), text.indexOf(':'));
      int end = text.length() - 1;
      double millis = comma < 0 ? Double.NaN : Decimal.read(text.substring(0, comma));
      double percent =
          comma < 0 || !text.endsWith("%") || comma >= end
              ? Double.NaN
              : Decimal.read(text.substring(comma + 1, end));
      if (!(millis >= 0 && millis < 1e9 && percent >= 0 && percent == Math.rint(percent))
          || percent > 100) {
        throw new UsageException(
            "--" + option + ": '" + text + "' is to be milliseconds and percent, as in 100,10%");
      }
      return new Limit(millis, (int) percent);
    }

    boolean isReached(Pings pings) {
      return pings.answers() == 0 || pings.millis() >= millis || pings.lost() >= percent;
    }

    @Nullable String time() {
      return millis == 0 ? null : Fixed.of(millis);
    }

    @Nullable String share() {
      return percent == 0 ? null : String.valueOf(percent);
    }
  }

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException {
    var operands = given.operands();
    if (operands.size() + given.count("hostname") != 1) {
      throw new UsageException("takes one host, by -H (--hostname)");
    }
    var host = operands.isEmpty() ? given.text("hostname") : operands.getFirst();
    var warning = Limit.of("warning", given);
    var critical = Limit.of("critical", given);
    if (warning.millis() > critical.millis() || warning.percent() > critical.percent()) {
      throw new UsageException("-w (--warning) is above -c (--critical)");
    }
    var address = address(host, given, machine);
    var plan = Pings.Plan.of(given.whole("packets"), critical.millis(), machine.left());
    var shown = OneLine.of(host);
    try {
      var pings = given.has("tcp") ? null : Pings.byIcmp(address, plan);
      var how = "";
      if (pings == null) {
        int port = given.find("tcp").map(Integer::parseInt).orElse(TCP_PORT);
        var there = new InetSocketAddress(address.getAddress(), port);
        plan = Pings.Plan.of(given.whole("packets"), critical.millis(), machine.left());
        pings = Pings.byTcp(there, plan, machine);
        how =
            " (by TCP to port "
                + port
                + (given.has("tcp") ? ")" : ": ICMP is not allowed to this agent)");
      }
      return told(pings, warning, critical, how, given.has("link") ? shown : null);
    } catch (IOException e) {
      return new Finding(Status.CRITICAL, "CRITICAL - " + Reach.words(e) + " (" + shown + ")");
    }
  }

  private static InetSocketAddress address(String host, Given given, Machine machine)
      throws CheckException, InterruptedException {
    try {
      return Reach.addresses(host, 0, Reach.family(given), machine).getFirst();
    } catch (IOException e) {
      throw CheckException.unknown(OneLine.of(host) + ": " + Reach.words(e));
    }
  }

  private static Finding told(
      Pings pings, Limit warning, Limit critical, String how, @Nullable String link) {
    var status =
        critical.isReached(pings)
            ? Status.CRITICAL
            : warning.isReached(pings) ? Status.WARNING : Status.OK;
    var text = new StringBuilder(link == null ? "" : "<A HREF='" + LINK + link + "'>");
    text.append("PING ").append(status).append(" - Packet loss = ").append(pings.lost());
    text.append('%');
    var perfdata = new PerfdataText();
    if (pings.answers() == 0) {
      perfdata.raw(
          "rta", "U;" + Fixed.of(warning.millis()) + ";" + Fixed.of(critical.millis()) + ";;");
    } else {
      text.append(", RTA = ").append(Fixed.of(pings.millis(), 2)).append(" ms");
      perfdata.add(
          "rta",
          Fixed.of(pings.millis()) + "ms",
          warning.time(),
          critical.time(),
          Fixed.of(0),
          null);
    }
    perfdata.add("pl", pings.lost() + "%", warning.share(), critical.share(), "0", "");
    text.append(how).append(link == null ? "" : "</A>").append('|').append(perfdata);
    return new Finding(status, text.toString());
  }
}
