package io.happo.agent.orders;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.Builtins;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.Status;
import io.happo.agent.checks.Tables;
import io.happo.agent.uplink.Uplink;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The check {@code dns}: whether the name of the hub leads to it, so that a broken name service is
 * told by its name while the agent goes on by an address that it remembers. Any thread.
 */
public final class HubChecks implements Builtins.Catalogue {
  private static final String NAME = "dns";

  private static final Command TABLE =
      Tables.check(
          NAME,
          "Whether the name of the hub leads to it",
          List.of(
              "What the running agent has seen when it last looked for its hub: WARNING when the name"
                  + " could not be looked up, or led elsewhere, and the hub was found at an address"
                  + " that the agent remembers or has learnt; CRITICAL when it was not found.",
              "Other names are looked up by check_dns."),
          "",
          List.of(),
          List.of(new Example("In a plan", "dns")));

  private volatile @Nullable Uplink seen;

  /** From now on it tells of this link; null: there is none. */
  void see(@Nullable Uplink uplink) {
    seen = uplink;
  }

  @Override
  public List<String> names() {
    return List.of(NAME);
  }

  @Override
  public @Nullable BuiltinCheck find(String name) {
    return name.equals(NAME) ? new OfName() : null;
  }

  private final class OfName implements BuiltinCheck {
    @Override
    public Command table() {
      return TABLE;
    }

    @Override
    public boolean mayHoldItsThread(Given given) {
      return false;
    }

    @Override
    public Finding run(Given given, Machine machine) {
      var uplink = seen;
      return uplink == null
          ? told(Status.UNKNOWN, "there is no link to a hub here; names are looked up by check_dns")
          : found(uplink.nameTrouble(), uplink.status().state() == Uplink.State.CONNECTED);
    }
  }

  static Finding found(String trouble, boolean isConnected) {
    return trouble.isEmpty()
        ? told(Status.OK, "nothing is known against the name of the hub")
        : told(isConnected ? Status.WARNING : Status.CRITICAL, trouble);
  }

  private static Finding told(Status status, String text) {
    return new Finding(status, "DNS " + status + " - " + text);
  }
}
