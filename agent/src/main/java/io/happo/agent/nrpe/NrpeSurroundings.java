package io.happo.agent.nrpe;

import io.happo.agent.exec.Account;
import io.happo.agent.exec.Surroundings;
import io.happo.core.nrpe.NrpeReply;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a command of the door finds around itself: the variables that NRPE 4.1 gives its plugins and
 * no other ones, the root folder, and the user that the configuration names.
 */
final class NrpeSurroundings {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.nrpe");
  private static final Path ROOT = Path.of("/");

  private NrpeSurroundings() {}

  /**
   * The surroundings that a configuration asks for.
   *
   * @param environment the agent's own variables, of which some may be handed on
   * @throws IOException naming the user that does not exist
   */
  static Surroundings of(NrpeSettings.Running running, Map<String, String> environment)
      throws IOException {
    long own = Account.ownUserId();
    var wanted = running.user();
    var account = account(wanted.orElse(Long.toString(own)), wanted.isPresent());
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
    account.ifPresent(
        user -> {
          variables.put("LOGNAME", user.name());
          variables.put("USER", user.name());
          variables.put("HOME", user.home());
          variables.put("SHELL", user.shell());
        });
    return new Surroundings(variables, ROOT, identity(running, account, own));
  }

  private static Optional<Account> account(String user, boolean needed) throws IOException {
    var account = Account.find(user);
    if (account.isEmpty() && needed) {
      throw new IOException(
          "nrpe_user: there is no user '" + user + "' in /etc/passwd; make it or name another");
    }
    return account;
  }

  private static Optional<Surroundings.Identity> identity(
      NrpeSettings.Running running, Optional<Account> account, long own) throws IOException {
    if (running.user().isEmpty() || account.isEmpty()) {
      return Optional.empty();
    }
    if (own == 0 && account.get().userId() == 0) {
      throw new IOException(
          "nrpe_user: "
              + account.get().name()
              + " is root, as whom no command shall run; name another user");
    }
    if (account.get().userId() == own) {
      return Optional.empty();
    }
    if (own != 0) {
      LOG.log(
          Level.WARNING,
          "NRPE: nrpe_user is {0}, but the agent is not root: commands run as the agent's user",
          account.get().name());
      return Optional.empty();
    }
    return Optional.of(
        new Surroundings.Identity(
            account.get().name(), running.group().orElse(Long.toString(account.get().groupId()))));
  }

  private static boolean isKept(String name, List<String> kept) {
    return kept.stream().anyMatch(name::startsWith);
  }
}
