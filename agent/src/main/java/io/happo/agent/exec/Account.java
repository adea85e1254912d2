package io.happo.agent.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A user of this machine (passwd(5)). Looked up in /etc/passwd, then with {@code getent} in
 * whatever else the machine asks for users (nsswitch.conf(5)); groups likewise.
 */
public record Account(String name, long userId, long groupId, String home, String shell) {
  private static final Path ETC = Path.of("/etc");
  private static final int PASSWD_FIELDS = 7;
  private static final int GROUP_FIELDS = 4;
  private static final int NOT_FOUND = 2; // getent(1)

  /**
   * The user of that name or, when it is all digits, number. May take seconds.
   *
   * @throws IOException when it cannot be found out
   */
  public static Optional<Account> find(String user) throws IOException {
    return find(user, ETC, Launcher.program("getent"));
  }

  /**
   * The number of the group of that name or, when it is all digits, number. May take seconds.
   *
   * @throws IOException when it cannot be found out
   */
  public static OptionalLong groupId(String group) throws IOException {
    return groupId(group, ETC, Launcher.program("getent"));
  }

  static Optional<Account> find(String user, Path etc, Optional<String> getent) throws IOException {
    return entry("passwd", user, PASSWD_FIELDS, etc, getent)
        .map(
            fields ->
                new Account(
                    fields[0],
                    Long.parseLong(fields[2]),
                    Long.parseLong(fields[3]),
                    fields[5],
                    fields[6]));
  }

  static OptionalLong groupId(String group, Path etc, Optional<String> getent) throws IOException {
    var entry = entry("group", group, GROUP_FIELDS, etc, getent);
    return entry.isPresent()
        ? OptionalLong.of(Long.parseLong(entry.get()[2]))
        : OptionalLong.empty();
  }

  /** The numbers of the user and the group that this process runs as. */
  public static long ownUserId() throws IOException {
    return own("uid");
  }

  public static long ownGroupId() throws IOException {
    return own("gid");
  }

  private static long own(String id) throws IOException {
    return ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:" + id)).longValue();
  }

  private static Optional<String[]> entry(
      String database, String key, int fields, Path etc, Optional<String> getent)
      throws IOException {
    try (var lines = Files.lines(etc.resolve(database), StandardCharsets.ISO_8859_1)) {
      var found = matching(lines, key, fields);
      if (found.isPresent() || getent.isEmpty()) {
        return found;
      }
    }
    var asked = Probe.run(List.of(getent.get(), database, key));
    if (asked.exit() != 0 && asked.exit() != NOT_FOUND) {
      throw new IOException(
          "`getent "
              + database
              + " "
              + key
              + "` ended with "
              + asked.exit()
              + ": "
              + asked.output());
    }
    return matching(asked.output().lines(), key, fields);
  }

  private static Optional<String[]> matching(Stream<String> lines, String key, int count) {
    return lines
        .map(line -> line.split(":", -1))
        .filter(fields -> fields.length == count)
        .filter(fields -> fields[0].equals(key) || fields[2].equals(key))
        .findFirst();
  }
}
