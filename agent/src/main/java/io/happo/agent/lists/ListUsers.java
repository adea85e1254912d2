package io.happo.agent.lists;

import io.happo.agent.checks.BuiltinCheck;
import io.happo.agent.checks.CheckException;
import io.happo.agent.checks.Finding;
import io.happo.agent.checks.Given;
import io.happo.agent.checks.Machine;
import io.happo.agent.checks.Tables;
import io.happo.program.cli.Command;
import io.happo.program.cli.Command.Example;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * {@code list_users}: the accounts of {@code /etc/passwd} (passwd(5)), with what {@code /etc/group}
 * and, where it may be read, {@code /etc/shadow} (shadow(5)) say of them. Of a password only
 * whether there is one leaves this class.
 */
final class ListUsers implements BuiltinCheck {
  private static final Command TABLE =
      Tables.list(
          "list_users",
          "The accounts of this machine, and which of them may become root",
          List.of(
              "Accounts of /etc/passwd by their number; those of a directory service are not in"
                  + " it. Of groups, those that lead to root are told: sudo, wheel, admin, docker,"
                  + " lxd.",
              "Where the agent may read /etc/shadow (root, or the group shadow), the password is"
                  + " 'locked', 'set' or 'empty', as passwd -S has it."),
          List.of(),
          List.of(new Example("Of this machine", "list_users")));

  private static final List<String> MIGHTY = List.of("sudo", "wheel", "admin", "docker", "lxd");

  /** Accounts or members that are taken into account; a list holds fewer. */
  private static final int MOST = 50_000;

  // Fields of passwd(5).
  private static final int NAME = 0;
  private static final int PASSWORD = 1;
  private static final int UID = 2;
  private static final int GID = 3;
  private static final int HOME = 5;
  private static final int SHELL = 6;

  @Override
  public Command table() {
    return TABLE;
  }

  @Override
  public Finding run(Given given, Machine machine) throws CheckException, InterruptedException {
    var groups = groups(machine);
    var passwords = passwords(machine);
    var list = new Listing();
    try (var lines = new Lines(machine.file("/etc/passwd"))) {
      while (lines.next()) {
        var fields = lines.from(0).split(":", -1);
        if (fields.length > SHELL && isNumber(fields[UID])) {
          var name = fields[NAME];
          var text = new StringBuilder(name);
          text.append(" uid=").append(fields[UID]).append(" gid=").append(fields[GID]);
          // Without a word there, no password is asked for.
          var password = fields[PASSWORD].isEmpty() ? "empty" : passwords.get(name);
          text.append(password == null ? "" : " password=" + password);
          var mighty = new TreeSet<String>(groups.getOrDefault(name, List.of()));
          mighty.addAll(groups.getOrDefault(":" + fields[GID], List.of()));
          text.append(mighty.isEmpty() ? "" : " groups=" + String.join(",", mighty));
          text.append(" shell=").append(fields[SHELL]).append(" home=").append(fields[HOME]);
          list.add("0".repeat(10 - fields[UID].length()) + fields[UID] + name, text.toString());
        }
      }
    } catch (IOException e) {
      throw CheckException.unknown("/etc/passwd cannot be read: " + Reason.of(e));
    }
    return list.finding();
  }

  private static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= 10;
  }

  /** The mighty groups that an account is in by name, or by the number of its own, {@code :GID}. */
  private static Map<String, List<String>> groups(Machine machine) throws InterruptedException {
    var groups = new HashMap<String, List<String>>();
    try (var lines = new Lines(machine.file("/etc/group"))) {
      while (lines.next() && groups.size() < MOST) {
        var fields = lines.from(0).split(":", -1);
        if (fields.length > 3 && MIGHTY.contains(fields[0])) {
          put(groups, ":" + fields[2], fields[0]);
          for (var member : fields[3].split(",", -1)) {
            put(groups, member, fields[0]);
          }
        }
      }
    } catch (IOException e) {
      // Then nobody is in one, as far as can be seen.
    }
    return groups;
  }

  private static void put(Map<String, List<String>> groups, String member, String group) {
    groups.computeIfAbsent(member, name -> new ArrayList<>(1)).add(group);
  }

  /** What there is to say of the password of each account; nothing where that cannot be seen. */
  private static Map<String, String> passwords(Machine machine) throws InterruptedException {
    var passwords = new HashMap<String, String>();
    try (var lines = new Lines(machine.file("/etc/shadow"))) {
      while (lines.next() && passwords.size() < MOST) {
        var line = lines.from(0);
        int name = line.indexOf(':');
        if (name > 0) {
          var rest = line.substring(name + 1);
          var state =
              rest.isEmpty() || rest.charAt(0) == ':'
                  ? "empty"
                  : rest.charAt(0) == '!' || rest.charAt(0) == '*' ? "locked" : "set";
          passwords.put(line.substring(0, name), state);
        }
      }
    } catch (IOException e) {
      // It is for few to read.
    }
    return passwords;
  }
}
