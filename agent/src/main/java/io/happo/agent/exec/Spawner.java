package io.happo.agent.exec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts programs by posix_spawn(3): in a session of their own, with an empty stdin, no descriptor
 * of the agent's, no signal blocked or ignored, and exactly the given environment. Words are UTF-8,
 * whatever the locale of this Java.
 */
final class Spawner {
  /** The errors of execve(2) that are told apart. */
  static final int ENOENT = 2;

  static final int ENOEXEC = 8;

  private static final int SETSIGDEF = 0x04;
  private static final int SETSIGMASK = 0x08;
  private static final int SETSID = 0x80;

  private static final int READ_ONLY = 0;
  private static final int WRITE_ONLY = 1;

  /** posix_spawnattr_t has 336 bytes, posix_spawn_file_actions_t 80, sigset_t 128. */
  private static final int ATTRIBUTES_BYTES = 512;

  private static final int ACTIONS_BYTES = 128;
  private static final int SIGNALS_BYTES = 128;

  private static final byte[] NULL_DEVICE = bytes("/dev/null");

  private static final int SIGCHLD = 17;
  private static final long DEFAULT = 0;

  /** For as long as there are commands to run; the mask stays as it is made: empty. */
  private final Memory attributes = attributes();

  Spawner() {
    // Where it is ignored, as some parent may have left it, the kernel tells of no exit status.
    Libc.call(Libc.SIGNAL, SIGCHLD, DEFAULT);
  }

  /**
   * What to execute.
   *
   * @param path of the file
   * @param argv what it is told, its own name first
   */
  record Program(String path, List<String> argv) {
    Program(List<String> argv) {
      this(argv.getFirst(), argv);
    }
  }

  /** Whether the C library and the kernel have what this takes: Linux of 2021 or later. */
  static boolean isPossible() {
    return Libc.ADD_CHDIR != 0 && Libc.ADD_CLOSE_FROM != 0 && Child.canBeAwaited();
  }

  private static Memory attributes() {
    Memory memory = new Memory(ATTRIBUTES_BYTES + SIGNALS_BYTES);
    ByteBuffer all = memory.bytes();
    long attributes = memory.address();
    long signals = attributes + ATTRIBUTES_BYTES;
    for (int i = 0; i < SIGNALS_BYTES; i++) {
      all.put(ATTRIBUTES_BYTES + i, (byte) -1);
    }
    // But 32 and 33, the C library's own: plugins find them as whatever popen(3) starts does.
    all.putLong(ATTRIBUTES_BYTES, ~(1L << 31 | 1L << 32));
    Libc.call(Libc.ATTRIBUTES_INIT, attributes);
    Libc.call(Libc.SET_SIGNAL_DEFAULTS, attributes, signals);
    Libc.call(Libc.SET_FLAGS, attributes, SETSID | SETSIGDEF | SETSIGMASK);
    return memory;
  }

  /**
   * Starts a program.
   *
   * @param directory where it begins; empty: where the agent is
   * @param child whose pipes it writes into; knows its process afterwards
   * @return 0, or the system's error
   * @throws IOException when it was started, but could not be watched, and so was killed
   */
  int spawn(Program program, Map<String, String> environment, Optional<Path> directory, Child child)
      throws IOException {
    List<byte[]> words = new ArrayList<>();
    words.add(bytes(program.path()));
    words.add(NULL_DEVICE);
    words.add(bytes(directory.map(Path::toString).orElse("")));
    program.argv().forEach(word -> words.add(bytes(word)));
    environment.forEach((name, value) -> words.add(bytes(name + "=" + value)));

    int pointers = program.argv().size() + 1 + environment.size() + 1;
    int textAt = ACTIONS_BYTES + Long.BYTES + pointers * Long.BYTES;
    int size = textAt;
    for (byte[] word : words) {
      size += word.length + 1;
    }
    try (Memory all = new Memory(size)) {
      ByteBuffer memory = all.bytes();
      long base = all.address();
      long pid = base + ACTIONS_BYTES;
      long argv = pid + Long.BYTES;
      long envp = argv + (program.argv().size() + 1) * (long) Long.BYTES;
      long[] addresses = new long[words.size()];
      memory.position(textAt);
      for (int i = 0; i < addresses.length; i++) {
        addresses[i] = base + memory.position();
        memory.put(words.get(i)).put((byte) 0);
      }
      memory.position((int) (argv - base));
      int next = 3;
      for (int i = 0; i < program.argv().size(); i++) {
        memory.putLong(addresses[next++]);
      }
      memory.putLong(0);
      while (next < addresses.length) {
        memory.putLong(addresses[next++]);
      }
      Libc.call(Libc.ACTIONS_INIT, base);
      int error;
      try {
        addActions(base, child, addresses[1], directory.isPresent() ? addresses[2] : 0);
        long how = attributes.address();
        error = Libc.call(Libc.POSIX_SPAWN, pid, addresses[0], base, how, argv, envp);
      } finally {
        Libc.call(Libc.ACTIONS_DESTROY, base);
      }
      if (error == 0) {
        child.started(memory.getInt(ACTIONS_BYTES));
      }
      return error;
    }
  }

  private static void addActions(long actions, Child child, long nullDevice, long directory) {
    Libc.call(Libc.ADD_OPEN, actions, 0, nullDevice, READ_ONLY, 0);
    Libc.call(Libc.ADD_DUP2, actions, child.stdoutEnd(), 1);
    if (child.stderrEnd() == Child.NOWHERE) {
      Libc.call(Libc.ADD_OPEN, actions, 2, nullDevice, WRITE_ONLY, 0);
    } else {
      Libc.call(Libc.ADD_DUP2, actions, child.stderrEnd(), 2);
    }
    if (directory != 0) {
      Libc.call(Libc.ADD_CHDIR, actions, directory);
    }
    Libc.call(Libc.ADD_CLOSE_FROM, actions, 3);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
