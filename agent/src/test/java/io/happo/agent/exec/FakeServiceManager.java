package io.happo.agent.exec;

import java.io.Closeable;
import java.nio.charset.StandardCharsets;

/** Plays systemd: a socket that hears what a service tells (sd_notify(3)). */
public final class FakeServiceManager implements Closeable {
  private static final long BIND = Libc.function("bind");
  private static final long RECEIVE = Libc.function("recv");
  private static final int UNIX_DATAGRAM = 1;
  private static final int MOST = 4096;
  private static final int READABLE = 1;

  private final int socket = Libc.call(Libc.SOCKET, UNIX_DATAGRAM, 2, 0);

  /**
   * @param address a path, or an abstract one with @ before it
   */
  public FakeServiceManager(String address) {
    try (var memory = new Memory(MOST)) {
      int length = ServiceManager.writeAddress(memory, address.getBytes(StandardCharsets.UTF_8));
      if (Libc.call(BIND, socket, memory.address(), length) != 0) {
        throw new IllegalStateException(address + ": " + Libc.reason(Libc.error()));
      }
    }
  }

  /**
   * What was told next.
   *
   * @throws AssertionError when that does not come in time
   */
  public String hear(int seconds) {
    try (var memory = new Memory(MOST)) {
      memory.bytes().putInt(0, socket).putShort(4, (short) READABLE);
      if (Libc.call(Libc.POLL, memory.address(), 1, seconds * 1_000L) != 1) {
        throw new AssertionError("nothing was told within " + seconds + " s");
      }
      int length = Libc.call(RECEIVE, socket, memory.address(), MOST, 0);
      var text = new byte[length];
      memory.bytes().get(0, text);
      return new String(text, StandardCharsets.UTF_8);
    }
  }

  /** The first that begins so; what comes before it is passed over. */
  public String hear(String begin, int seconds) {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() - end < 0) {
      var told = hear(seconds);
      if (told.startsWith(begin)) {
        return told;
      }
    }
    throw new AssertionError(begin + " was not told within " + seconds + " s");
  }

  /** Whether nothing was told up to now. */
  public boolean hasHeardAll() {
    try (var memory = new Memory(Long.BYTES)) {
      memory.bytes().putInt(0, socket).putShort(4, (short) READABLE);
      return Libc.call(Libc.POLL, memory.address(), 1, 0) == 0;
    }
  }

  @Override
  public void close() {
    Libc.call(Libc.CLOSE, socket);
  }
}
