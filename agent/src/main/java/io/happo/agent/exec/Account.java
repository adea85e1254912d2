package io.happo.agent.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A user of this machine as /etc/passwd has it (passwd(5)); other directories of users are not
 * asked.
 */
public record Account(String name, long userId, long groupId, String home, String shell) {
  private static final Path PASSWD = Path.of("/etc/passwd");

  /** The user of that name or, when it is all digits, number. */
  public static Optional<Account> find(String user) throws IOException {
    try (var lines = Files.lines(PASSWD, StandardCharsets.ISO_8859_1)) {
      return lines
          .map(line -> line.split(":", -1))
          .filter(
              fields -> fields.length == 7 && (fields[0].equals(user) || fields[2].equals(user)))
          .map(Account::of)
          .findFirst();
    }
  }

  /** The number of the user that this process runs as. */
  public static long ownUserId() throws IOException {
    return ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
  }

  private static Account of(String[] fields) {
    return new Account(
        fields[0], Long.parseLong(fields[2]), Long.parseLong(fields[3]), fields[5], fields[6]);
  }
}
