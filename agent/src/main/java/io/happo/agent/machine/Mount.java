package io.happo.agent.machine;

import io.happo.agent.checks.Machine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file system that is mounted: a line of {@code /proc/self/mountinfo} (proc_pid_mountinfo(5)).
 *
 * @param device what is mounted, as it was written to mount(8)
 * @param directory where, for people
 * @param bytes the same: each character is a byte of the name
 * @param type such as {@code ext4}
 * @param options of this mount, such as {@code rw,noatime}
 * @param ofAll options of the file system, wherever it is mounted
 */
record Mount(
    String device,
    String directory,
    String bytes,
    String type,
    List<String> options,
    List<String> ofAll) {
  private static final String FILE = "/proc/self/mountinfo";

  /** Types whose device names no other machine although they are on one. */
  private static final List<String> REMOTE =
      List.of("smb3", "smbfs", "cifs", "afs", "coda", "gpfs", "ocfs2", "ceph", "fuse.sshfs");

  /** All of them, in the order of the kernel: what was mounted last on a directory is in sight. */
  static List<Mount> all(Machine machine) throws IOException {
    var mounts = new ArrayList<Mount>();
    for (var line : new String(machine.bytes(FILE), StandardCharsets.ISO_8859_1).split("\n", -1)) {
      var mount = parse(line);
      if (mount != null) {
        mounts.add(mount);
      }
    }
    return mounts;
  }

  private static @Nullable Mount parse(String line) {
    var words = line.split(" ", -1);
    int dash = 6; // Behind the six that are always there come optional ones.
    while (dash < words.length && !words[dash].equals("-")) {
      dash++;
    }
    if (dash + 3 >= words.length) {
      return null;
    }
    var bytes = unescaped(words[4]);
    return new Mount(
        text(unescaped(words[dash + 2])),
        text(bytes),
        bytes,
        words[dash + 1],
        List.of(words[5].split(",", -1)),
        List.of(words[dash + 3].split(",", -1)));
  }

  /** With {@code \040} as a blank, and so on, as getmntent(3) has it. */
  static String unescaped(String word) {
    if (word.indexOf('\\') < 0) {
      return word;
    }
    var text = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      int code = word.charAt(i) == '\\' && i + 3 < word.length() ? octal(word, i + 1) : -1;
      text.append(code < 0 ? word.charAt(i) : (char) code);
      i += code < 0 ? 0 : 3;
    }
    return text.toString();
  }

  private static int octal(String word, int from) {
    int code = 0;
    for (int i = from; i < from + 3; i++) {
      int digit = word.charAt(i) - '0';
      if (digit < 0 || digit > 7) {
        return -1;
      }
      code = code * 8 + digit;
    }
    return code <= 0xff ? code : -1;
  }

  /** What characters that are bytes say. */
  static String text(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** Whether nothing can be written to it. */
  boolean isReadOnly() {
    return options.contains("ro") || ofAll.contains("ro");
  }

  /** Whether it is on another machine. */
  boolean isRemote() {
    return device.indexOf(':') >= 0
        || (device.startsWith("//") && REMOTE.contains(type))
        || device.equals("-hosts");
  }

  /** Whether a file of that name lies in it, unless another is mounted between. */
  boolean holds(String path) {
    return path.startsWith(directory)
        && (directory.endsWith("/")
            || path.length() == directory.length()
            || path.charAt(directory.length()) == '/');
  }

  /** The bytes of its name on that machine. */
  byte[] on(Machine machine) {
    var root = machine.root().toString();
    var all = new ByteArrayOutputStream();
    if (!root.equals("/")) {
      all.writeBytes(root.getBytes(StandardCharsets.UTF_8));
    }
    all.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
    return all.toByteArray();
  }

  /** The one in sight at a directory; null when nothing is mounted there. */
  static @Nullable Mount at(String directory, List<Mount> mounts) {
    for (int i = mounts.size() - 1; i >= 0; i--) {
      if (mounts.get(i).directory().equals(directory)) {
        return mounts.get(i);
      }
    }
    return null;
  }
}
