package io.happo.agent.nrpe;

import io.happo.agent.exec.Account;
import io.happo.agent.exec.Surroundings.Identity;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A machine with users of every kind.
 *
 * @param ownUserId who asks
 * @param refusal why no identity can be taken on; empty when each can
 */
record FakeMachine(long ownUserId, long ownGroupId, String refusal) implements RunAs.Machine {
  static final FakeMachine OF_ROOT = new FakeMachine(0, 0, "");

  private static final List<Account> USERS =
      List.of(
          user("root", 0, 0), user("toor", 0, 50), user("staff", 20, 0), user("nobody", 65, 66));

  private static Account user(String name, long user, long group) {
    return new Account(name, user, group, "/", "/bin/sh");
  }

  @Override
  public Optional<Account> user(String name) {
    return USERS.stream()
        .filter(user -> user.name().equals(name) || Long.toString(user.userId()).equals(name))
        .findFirst();
  }

  @Override
  public OptionalLong group(String name) {
    return switch (name) {
      case "wheel" -> OptionalLong.of(0);
      case "nogroup" -> OptionalLong.of(66);
      case "nagios" -> OptionalLong.of(70);
      default -> OptionalLong.empty();
    };
  }

  @Override
  public void check(Identity identity) throws IOException {
    if (!refusal.isEmpty()) {
      throw new IOException(refusal);
    }
  }
}
