package io.happo.agent.exec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;

/**
 * What a command finds around itself, where that is not what the agent has.
 *
 * @param environment all of its variables
 * @param directory where it begins
 * @param identity whom it runs as; absent: whom the agent runs as. Needs an agent that is root, and
 *     {@code setpriv}
 */
public record Surroundings(
    Map<String, String> environment, Path directory, Optional<Identity> identity) {
  /**
   * A user and a group, by name or number; the user's other groups come with it when it has a name.
   */
  public record Identity(String user, String group) {
    /**
     * Runs nothing, as this identity: so that what stands in the way of a command is known before
     * there is one.
     *
     * @throws IOException that says what it is
     */
    public void check() throws IOException {
      var argv = new ArrayList<>(Launcher.become(this));
      argv.add(Launcher.program("true").orElse("true"));
      var tried = Probe.run(argv);
      if (tried.exit() != 0) {
        throw new IOException(
            tried.output().isEmpty() ? "setpriv ended with " + tried.exit() : tried.output());
      }
    }
  }

  public Surroundings {
    environment = Map.copyOf(environment);
  }
}
