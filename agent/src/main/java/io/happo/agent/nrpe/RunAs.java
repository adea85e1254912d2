package io.happo.agent.nrpe;

import io.happo.agent.exec.Account;
import io.happo.agent.exec.Surroundings.Identity;
import io.happo.agent.nrpe.Finding.Severity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whom the commands run as: looked up and tried before there is a command, at the start, at each
 * reload and by nrpe-check.
 *
 * @param account of that user; absent when this machine does not know it, which only the agent's
 *     own may be
 * @param identity to take on; absent: that of the agent
 * @param problems all that is wrong or doubtful
 */
record RunAs(Optional<Account> account, Optional<Identity> identity, List<Problem> problems) {
  /**
   * What is wrong or doubtful about a directive.
   *
   * @param severity ERROR when no command may run so
   */
  record Problem(String directive, Severity severity, String message) {}

  /** The users of a machine, and who asks. */
  interface Machine {
    Optional<Account> user(String name) throws IOException;

    OptionalLong group(String name) throws IOException;

    long ownUserId() throws IOException;

    long ownGroupId() throws IOException;

    /** Fails when no command can run as it. */
    void check(Identity identity) throws IOException;
  }

  /** The machine that this runs on. */
  static final Machine HERE =
      new Machine() {
        @Override
        public Optional<Account> user(String name) throws IOException {
          return Account.find(name);
        }

        @Override
        public OptionalLong group(String name) throws IOException {
          return Account.groupId(name);
        }

        @Override
        public long ownUserId() throws IOException {
          return Account.ownUserId();
        }

        @Override
        public long ownGroupId() throws IOException {
          return Account.ownGroupId();
        }

        @Override
        public void check(Identity identity) throws IOException {
          identity.check();
        }
      };

  RunAs {
    problems = List.copyOf(problems);
  }

  /**
   * Looks up what nrpe_user and nrpe_group say. May take seconds.
   *
   * @throws IOException when it cannot be found out
   */
  static RunAs of(Optional<String> user, Optional<String> group, Machine machine)
      throws IOException {
    var problems = new ArrayList<Problem>();
    long own = machine.ownUserId();
    var account = machine.user(user.orElse(Long.toString(own)));
    var groupId = group.isPresent() ? machine.group(group.get()) : OptionalLong.empty();
    if (user.isPresent()) {
      checkUser(user.get(), account, problems);
    }
    if (group.isPresent()) {
      checkGroup(group.get(), groupId, problems);
    }
    if (!problems.isEmpty()) {
      return new RunAs(account, Optional.empty(), problems);
    }
    if (own == 0 && user.isPresent() && account.isPresent()) {
      var found = account.get();
      var identity = new Identity(found.name(), Long.toString(groupId.orElse(found.groupId())));
      try {
        machine.check(identity);
      } catch (IOException e) {
        problems.add(
            new Problem(
                "nrpe_user",
                Severity.ERROR,
                "no command can run as '" + found.name() + "': " + e.getMessage()));
      }
      return new RunAs(account, Optional.of(identity), problems);
    }
    if (account.isPresent() && account.get().userId() != own) {
      problems.add(
          withoutEffect("nrpe_user", "user " + own, "start it as root or as " + user.orElse("")));
    }
    long ownGroup = machine.ownGroupId();
    if (groupId.isPresent() && groupId.getAsLong() != ownGroup) {
      problems.add(
          withoutEffect("nrpe_group", "group " + ownGroup, "start it as root, or with that group"));
    }
    return new RunAs(account, Optional.empty(), problems);
  }

  /** All that no command may run with, each with its directive, separated by {@code ;}. */
  Optional<String> errors() {
    var errors =
        problems.stream()
            .filter(problem -> problem.severity() == Severity.ERROR)
            .map(problem -> problem.directive() + ": " + problem.message())
            .toList();
    return errors.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", errors));
  }

  private static void checkUser(String user, Optional<Account> account, List<Problem> problems) {
    if (account.isEmpty()) {
      problems.add(
          new Problem(
              "nrpe_user",
              Severity.ERROR,
              "there is no user '" + user + "' on this machine; make it, or name another"));
    } else if (account.get().userId() == 0) {
      problems.add(
          new Problem(
              "nrpe_user",
              Severity.ERROR,
              "'" + user + "' is root, as whom no command shall run; name another user"));
    } else if (account.get().groupId() == 0) {
      problems.add(
          new Problem(
              "nrpe_user",
              Severity.ERROR,
              "the group of '"
                  + user
                  + "' is root's (0), with whose rights no command shall run; name another user,"
                  + " or change its group (usermod -g)"));
    }
  }

  private static void checkGroup(String group, OptionalLong id, List<Problem> problems) {
    if (id.isEmpty()) {
      problems.add(
          new Problem(
              "nrpe_group",
              Severity.ERROR,
              "there is no group '" + group + "' on this machine; make it, or name another"));
    } else if (id.getAsLong() == 0) {
      problems.add(
          new Problem(
              "nrpe_group",
              Severity.ERROR,
              "'"
                  + group
                  + "' is root's group (0), with whose rights no command shall run; name another"));
    }
  }

  private static Problem withoutEffect(String directive, String own, String remedy) {
    return new Problem(
        directive,
        Severity.WARNING,
        "has no effect, as the agent is not root: commands run as its own " + own + "; " + remedy);
  }
}
