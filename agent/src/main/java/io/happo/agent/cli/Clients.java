package io.happo.agent.cli;

import io.happo.agent.doctor.Doctor;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import io.happo.program.cli.Parsed;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Runs all of {@code happo-agent} but its daemon: the client subcommands, the check of an nrpe.cfg,
 * help, and complaints about the words given.
 */
public final class Clients {
  private Clients() {}

  /**
   * Does what a parsed command line asks for. May block for as long as the peer's deadline, 60
   * seconds.
   *
   * @param parsed anything but the daemon's command
   * @param reading how the daemon reads its options
   * @return the exit status
   */
  public static int run(
      Parsed parsed, InputStream in, OutputStream out, OutputStream err, Doctor.Reading reading) {
    var console = new Console(in, out, err);
    return switch (parsed) {
      case Parsed.Print print -> console.show(print);
      case Parsed.Misuse misuse -> console.show(misuse);
      case Parsed.Run run -> run(console, run, reading);
    };
  }

  private static int run(Console console, Parsed.Run run, Doctor.Reading reading) {
    var manage = new ManageClient(console, run.arguments());
    var agent = new AgentClient(console, run.arguments());
    try {
      return switch (run.command().name()) {
        case "add" -> manage.add();
        case "add_ag" -> manage.addGroup();
        case "is_added" -> manage.isAdded();
        case "remove" -> manage.remove();
        case "append_metric" -> agent.appendMetric();
        case "resolve_alias" -> agent.resolveAlias();
        case "list_aliases" -> agent.listAliases();
        case "leave" -> agent.leave();
        case "join" -> new MembershipClient(console, run.arguments()).join();
        case "leave-hub" -> new MembershipClient(console, run.arguments()).leave();
        case "check" -> CheckClient.list(console, run.arguments());
        case "nrpe-check" -> new NrpeCheckClient(console, run.arguments()).check();
        case "status" -> new StatusClient(console, run.arguments()).status();
        case "doctor" -> new DoctorClient(console, run.arguments(), reading).examine();
        default -> throw new IllegalArgumentException(run.command().name() + " is not a client");
      };
    } catch (Failure e) {
      console.complain("ERROR(happo-agent): " + e.getMessage() + "\n");
      return 1;
    }
  }
}
