package io.happo.agent.checks;

import io.happo.program.cli.Command;
import java.util.List;

/**
 * A check that is part of the agent. Stateless: what it remembers between two runs it keeps in
 * {@link Machine#memory}. Any thread; several runs at once.
 */
public interface BuiltinCheck {
  /** Its name, what it takes and examples: for its help, its reference page and its parser. */
  Command table();

  /**
   * Looks once. May block until the deadline of the machine, when its thread is interrupted; does
   * not catch that.
   *
   * @throws CheckException when it cannot look, with what is said then
   * @throws UsageException when what was given makes no sense; best thrown before anything is done
   */
  Finding run(Given given, Machine machine)
      throws UsageException, CheckException, InterruptedException;

  /**
   * Whether any user of the machine could find out what it tells when given these. Only then may a
   * command that another user is to run be this check, which looks with the rights of the agent.
   */
  default boolean isOpenToAll(List<String> arguments) {
    return false;
  }

  /**
   * Whether the system may hold its thread where no interruption is seen: in a file, such as one of
   * a dead NFS server or of a hanging process, or an expression that somebody gave. It gets a
   * thread of the platform then: two virtual ones that are held are all that a machine of two
   * processors has for the whole agent.
   */
  default boolean mayHoldItsThread(Given given) {
    return true;
  }

  /**
   * What is said to have timed out: {@code Plugin}, or what most of the time goes into; {@code
   * Socket timeout} is told as it is.
   */
  default String whatTimesOut() {
    return "Plugin";
  }

  /** One that tells what any user of the machine could find out. */
  interface OfAnyUser extends BuiltinCheck {
    @Override
    default boolean isOpenToAll(List<String> arguments) {
      return true;
    }
  }
}
