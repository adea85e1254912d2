package io.happo.agent.machine;

import io.happo.agent.checks.Tables;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.util.List;

/** The table of check_net. */
final class NetTable {
  static final Command TABLE =
      Tables.check(
          "check_net",
          "Links, throughput and errors of network interfaces",
          List.of(
              "Looks at the interfaces that are given, or at all of hardware that are set up. A link"
                  + " that is down is CRITICAL.",
              "Rates are those since the check ran before. BITS are bits in a second, and may have k,"
                  + " M or G behind them, each 1000 times."),
          "",
          List.of(
              Option.of("interface", Type.TEXT, "NAME", "Look at this interface.")
                  .withKey('i')
                  .thatRepeats(),
              Option.of("exclude", Type.TEXT, "REGEX", "Leave out those whose name matches.")
                  .withKey('x'),
              Tables.warning(
                  "BITS|PERCENT%",
                  "WARNING when more than this comes in or goes out: bits in a second, or percent of"
                      + " the speed of the link."),
              Tables.critical("BITS|PERCENT%", "CRITICAL likewise."),
              Option.of("bandwidth", Type.TEXT, "BITS", "Take this for the speed of the links.")
                  .withKey('b'),
              Option.of(
                      "errors",
                      Type.TEXT,
                      "WARNING[,CRITICAL]",
                      "WARNING, or CRITICAL, when there are more errors in a second.")
                  .withKey('e'),
              Option.of(
                      "drops",
                      Type.TEXT,
                      "WARNING[,CRITICAL]",
                      "WARNING, or CRITICAL, when more packets are dropped in a second.")
                  .withKey('d'),
              Option.of("speed", Type.TEXT, "BITS", "WARNING when a link is slower than this.")
                  .withKey('s'),
              Option.of(
                      "duplex",
                      Type.choice("full", "half"),
                      "full|half",
                      "WARNING when a link is not of this duplex.")
                  .withKey('D'),
              Option.of(
                      "down",
                      Type.TEXT,
                      "STATE",
                      "The state when a link is down: ok, warning or critical. With ok, a machine"
                          + " that has no interface of hardware, as a container, is OK too.")
                  .withKey('a')
                  .byDefault("critical")),
          List.of(
              new Example("Links, and a tenth that is left of them", "check_net -w 80% -c 90%"),
              new Example(
                  "One that is to have a gigabit and no errors",
                  "check_net -i eth0 -s 1G -D full -e 0,10 -d 10")));

  private NetTable() {}
}
