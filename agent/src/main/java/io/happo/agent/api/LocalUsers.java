package io.happo.agent.api;

import io.happo.agent.exec.Account;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Tells whether the user at the other end of a loopback connection is root, the agent's own, or one
 * of a list. The kernel's socket table names the owner of each socket; a peer that is not in it
 * (another network namespace) is a stranger. Linux only.
 */
final class LocalUsers implements Predicate<InetSocketAddress> {
  private static final System.Logger LOG = System.getLogger("io.happo.agent.api");
  private static final Path PROC = Path.of("/proc");

  private final Set<Long> userIds;
  private final Path tables;

  /**
   * The users with these numbers.
   *
   * @param tables the folder of the kernel's socket tables, {@code tcp} and {@code tcp6}
   */
  LocalUsers(Set<Long> userIds, Path tables) {
    this.userIds = userIds;
    this.tables = tables;
  }

  /**
   * The users of a list, by name in /etc/passwd or by number.
   *
   * @throws IOException naming the user that does not exist, or when the system cannot tell a
   *     socket's owner
   */
  static LocalUsers of(List<String> users) throws IOException {
    var ids = new HashSet<Long>();
    ids.add(0L);
    ids.add(Account.ownUserId());
    for (var user : users) {
      ids.add(userId(user));
    }
    return new LocalUsers(ids, PROC.resolve("net"));
  }

  @Override
  public boolean test(InetSocketAddress peer) {
    try {
      var owners = owners(peer);
      return !owners.isEmpty() && userIds.containsAll(owners);
    } catch (IOException e) {
      LOG.log(
          Level.ERROR,
          "cannot tell the owner of a local connection, so it is refused: {0}",
          e.getMessage());
      return false;
    }
  }

  private static long userId(String user) throws IOException {
    if (!user.isEmpty() && user.length() < 11 && user.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Long.parseLong(user);
    }
    return Account.find(user)
        .orElseThrow(
            () ->
                new IOException("--loopback-users: there is no user '" + user + "' in /etc/passwd"))
        .userId();
  }

  /** The owners of the peer's socket, by column 8 of /proc/net/tcp and tcp6 (proc(5)). */
  private Set<Long> owners(InetSocketAddress peer) throws IOException {
    byte[] address = peer.getAddress().getAddress();
    var suffix = String.format(":%04X", peer.getPort());
    if (peer.getAddress() instanceof Inet6Address) {
      return owners(tables.resolve("tcp6"), hex(address) + suffix);
    }
    var owners = new HashSet<>(owners(tables.resolve("tcp"), hex(address) + suffix));
    // A client of both families reaches 127.0.0.1 through a mapped address. A kernel without IPv6
    // (ipv6.disable=1) has neither such clients nor the table.
    var both = tables.resolve("tcp6");
    if (!Files.notExists(both)) {
      owners.addAll(owners(both, "0000000000000000FFFF0000" + hex(address) + suffix));
    }
    return owners;
  }

  /**
   * Who owns sockets that are connected from there. One that its process has closed is shown as
   * root's, without an inode and in another state than established (01): it does not count.
   */
  private static Set<Long> owners(Path table, String localAddress) throws IOException {
    try (var lines = Files.lines(table, StandardCharsets.ISO_8859_1)) {
      return lines
          .map(line -> line.strip().split("\\s+"))
          .filter(fields -> fields.length > 9 && fields[1].equals(localAddress))
          .filter(fields -> fields[3].equals("01") && !fields[9].equals("0"))
          .map(fields -> Long.parseLong(fields[7]))
          .collect(Collectors.toSet());
    }
  }

  /** An address as the table has it: words of 32 bits in the order of this machine. */
  private static String hex(byte[] address) {
    var words = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).asIntBuffer();
    var text = new StringBuilder();
    while (words.hasRemaining()) {
      text.append(String.format("%08X", words.get()));
    }
    return text.toString();
  }
}
