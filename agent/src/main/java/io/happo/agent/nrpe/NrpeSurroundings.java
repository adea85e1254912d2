package io.happo.agent.nrpe;

import io.happo.agent.exec.Surroundings;
import io.happo.core.nrpe.NrpeReply;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a command of the door finds around itself: the variables that NRPE 4.1 gives its plugins and
 * no other ones, the root folder, and the user that the configuration names.
 */
final class NrpeSurroundings {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.nrpe");
  private static final Path ROOT = Path.of("/");

  private NrpeSurroundings() {}

  /**
   * The surroundings that a configuration asks for; what is doubtful about its user is logged.
   *
   * @param environment the agent's own variables, of which some may be handed on
   * @throws IOException naming the user or the group that no command may run as
   */
  static Surroundings of(NrpeSettings.Running running, Map<String, String> environment)
      throws IOException {
    var runAs = RunAs.of(running.user(), running.group(), RunAs.HERE);
    var errors = runAs.errors();
    if (errors.isPresent()) {
      throw new IOException(errors.get());
    }
    runAs
        .problems()
        .forEach(
            doubt -> LOG.log(Level.WARNING, "NRPE: {0} {1}", doubt.directive(), doubt.message()));
    var variables = new HashMap<String, String>();
    environment.forEach(
        (name, value) -> {
          if (isKept(name, running.keptVariables())) {
            variables.put(name, value);
          }
        });
    variables.put("NRPE_MULTILINESUPPORT", "1");
    variables.put("NRPE_PROGRAMVERSION", NrpeReply.COMPATIBLE_VERSION);
    variables.put("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
    variables.put("IFS", " \t\n");
    runAs
        .account()
        .ifPresent(
            user -> {
              variables.put("LOGNAME", user.name());
              variables.put("USER", user.name());
              variables.put("HOME", user.home());
              variables.put("SHELL", user.shell());
            });
    return new Surroundings(variables, ROOT, runAs.identity());
  }

  private static boolean isKept(String name, List<String> kept) {
    return kept.stream().anyMatch(name::startsWith);
  }
}
