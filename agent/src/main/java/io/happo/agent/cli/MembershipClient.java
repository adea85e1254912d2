package io.happo.agent.cli;

import io.happo.agent.facts.Facts;
import io.happo.agent.uplink.HubMembership;
import io.happo.agent.uplink.Joining;
import io.happo.agent.uplink.Leaving;
import io.happo.core.link.JoinToken;
import io.happo.program.cli.Arguments;
import io.happo.program.cli.Console;
import io.happo.program.cli.Failure;
import io.happo.program.files.Reason;
import io.happo.program.keys.SigningKey;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Joins the fleet of a hub, and leaves it. */
final class MembershipClient {
  private final Console console;
  private final Arguments arguments;
  private final Path folder;

  MembershipClient(Console console, Arguments arguments) {
    this.console = console;
    this.arguments = arguments;
    this.folder = arguments.path("hub-folder");
  }

  int join() throws Failure {
    var words = arguments.operands();
    try {
      var file = folder.resolve(HubMembership.FILE_NAME);
      var known = HubMembership.read(file);
      if (known.isPresent()) {
        throw new Failure(
            "this agent belongs to "
                + known.get().hub()
                + " already; 'happo-agent leave-hub' ends that first");
      }
      var key = SigningKey.open(folder.resolve(HubMembership.KEY_NAME));
      var outcome =
          Joining.join(
              address(words.get(0)),
              JoinToken.parse(words.get(1)),
              key,
              Facts.gather(),
              Tags.of(arguments.list("tag")),
              file);
      switch (outcome) {
        case Joining.Outcome.Joined joined -> {
          console.say("Joined " + joined.membership().hub() + " as " + key.id() + ".\n");
          console.say(
              joined.pending()
                  ? "Somebody has to approve this agent there: happo-hub agent approve "
                      + key.id().substring(0, 12)
                      + "\n"
                  : "The agent that runs with this folder connects within seconds.\n");
          return 0;
        }
        case Joining.Outcome.Refused refused -> throw new Failure(refused.refusal().message());
        case Joining.Outcome.Later later ->
            throw new Failure(
                "the hub has too much to do: try again in " + later.after().toSeconds() + " s");
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new Failure(String.valueOf(e.getMessage()));
    }
  }

  private static URI address(String word) throws Failure {
    try {
      return new URI(word);
    } catch (URISyntaxException e) {
      throw new Failure("'" + word + "' is no address of a hub; give https://host:port");
    }
  }

  int leave() throws Failure {
    try {
      var file = folder.resolve(HubMembership.FILE_NAME);
      var membership = HubMembership.read(file);
      if (membership.isEmpty()) {
        throw new Failure("this agent belongs to no hub (there is no " + file + ")");
      }
      try {
        Leaving.leave(membership.get(), SigningKey.open(folder.resolve(HubMembership.KEY_NAME)));
      } catch (IOException e) {
        console.complain(
            "happo-agent: the hub could not be told, revoke the agent there: "
                + e.getMessage()
                + "\n");
      }
      Files.delete(file);
      Files.deleteIfExists(folder.resolve("plan.json"));
      console.say("Left " + membership.get().hub() + ".\n");
      return 0;
    } catch (IOException e) {
      throw new Failure(Reason.of(e));
    }
  }
}
