package io.happo.agent.probes;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Fixed;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.PerfdataText;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.checks.Thresholds;
import io.happo.agent.checks.UsageException;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.cli.Option;
import io.happo.program.cli.Type;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code check_ntp_time}: how far the clock of this machine is from that of a time server, asked by
 * NTP (RFC 5905). Of a name with several addresses the best clock counts.
 */
final class CheckNtpTime implements BuiltinCheck.OfAnyUser {
  /** Answers of each address that are wanted, and addresses that are asked. */
  private static final int WANTED = 4;

  private static final int MOST_PEERS = 8;

  /** So long an answer is waited for. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final Command TABLE =
      Tables.check(
          "check_ntp_time",
          "The clock beside that of a time server",
          List.of(
              "Asks a server for the time, four times, and tells by how many seconds its clock is"
                  + " ahead of that of this machine. The sign does not count for thresholds."),
          "",
          Reach.options(
              Reach.host("HOST", "Name or address of the server.").thatMustBeGiven(),
              Reach.port("Its port.").byDefault("123"),
              Option.flag("quiet", "UNKNOWN and not CRITICAL when the server's clock is not good.")
                  .withKey('q'),
              Option.of("time_offset", Type.TEXT, "SECONDS", "So far its clock should be behind.")
                  .withKey('o')
                  .byDefault("0"),
              Option.of("delay", Type.whole(0, 60), "SECONDS", "Wait between two questions.")
                  .withKey('d')
                  .byDefault("0"),
              Tables.warning("RANGE", "WARNING when it is off by seconds outside of it.")
                  .byDefault("60"),
              Tables.critical("RANGE", "CRITICAL when it is off by seconds outside of it.")
                  .byDefault("120")),
          List.of(new Example("A server", "check_ntp_time -H ntp.example.com -w 0.5 -c 1")));

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
    var thresholds = Thresholds.of(given);
    double expected = given.number("time_offset");
    var peers = new ArrayList<NtpPeer>();
    try {
      for (var address :
          Reach.addresses(
              given.text("hostname"), given.whole("port"), Reach.family(given), machine)) {
        if (peers.size() < MOST_PEERS) {
          add(address, peers);
        }
      }
      ask(peers, given, machine);
      var best = best(peers);
      if (best == null) {
        var status = given.has("quiet") ? Status.UNKNOWN : Status.CRITICAL;
        return new Finding(status, "NTP " + status + ": Offset unknown|");
      }
      return told(best.offset() + expected, thresholds);
    } catch (IOException e) {
      throw CheckException.unknown(Reach.words(e));
    } finally {
      for (var peer : peers) {
        peer.close();
      }
    }
  }

  private static void add(InetSocketAddress address, List<NtpPeer> peers) {
    try {
      peers.add(new NtpPeer(address));
    } catch (IOException e) {
      // There is no way to this address, which is one that does not answer.
    }
  }

  /** Asks for half of the time there is, so that no answer at all can still be told. */
  private static void ask(List<NtpPeer> peers, Given given, Machine machine)
      throws CheckException, InterruptedException {
    var delay = Duration.ofSeconds(given.whole("delay"));
    long enough = (long) (Reach.timeoutSeconds(given) / 2 * 1e9) + delay.toNanos() * (WANTED - 1);
    long end = System.nanoTime() + enough;
    boolean isFirst = true;
    boolean isOpen = true;
    while (isOpen && end - System.nanoTime() > 0) {
      if (!isFirst) {
        Thread.sleep(delay);
      }
      isFirst = false;
      isOpen = false;
      for (var peer : peers) {
        if (!peer.isDone(WANTED)) {
          peer.ask(machine, PATIENCE);
          isOpen = true;
        }
      }
    }
    for (var peer : peers) {
      if (peer.hasAnswered()) {
        return;
      }
    }
    throw new CheckException(Status.CRITICAL, "NTP CRITICAL: No response from NTP server");
  }

  private static @Nullable NtpPeer best(List<NtpPeer> peers) {
    NtpPeer best = null;
    for (var peer : peers) {
      if (peer.isBetterThan(best)) {
        best = peer;
      }
    }
    return best;
  }

  private static Finding told(double offset, Thresholds thresholds) {
    var status = thresholds.of(Math.abs(offset));
    var perfdata =
        new PerfdataText()
            .add(
                "offset",
                Fixed.of(offset) + "s",
                CheckHttp.end(thresholds.warning()),
                CheckHttp.end(thresholds.critical()),
                null,
                null);
    return new Finding(
        status, "NTP " + status + ": Offset " + general(offset) + " secs|" + perfdata);
  }

  /** As {@code %.10g} of printf(3). */
  static String general(double value) {
    if (value == 0) {
      return "0";
    }
    var rounded = new BigDecimal(value).round(new MathContext(10, RoundingMode.HALF_EVEN));
    int exponent = rounded.precision() - rounded.scale() - 1;
    var plain = rounded.stripTrailingZeros();
    if (exponent >= -4 && exponent < 10) {
      return plain.toPlainString();
    }
    var mantissa = plain.scaleByPowerOfTen(-exponent).stripTrailingZeros().toPlainString();
    int size = Math.abs(exponent);
    return mantissa + (exponent < 0 ? "e-" : "e+") + (size < 10 ? "0" : "") + size;
  }
}
