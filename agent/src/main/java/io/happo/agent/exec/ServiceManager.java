package io.happo.agent.exec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The service manager that started this process, and wants to be told how it stands: systemd, or
 * what acts as it (sd_notify(3)). Each telling is a datagram to the socket whose address it gave;
 * the platform has no such sockets, so the C library is asked. From any thread; a telling takes a
 * second at the most.
 */
public final class ServiceManager {
  /** The variable that holds the address: a path, or an abstract one with {@code @} before it. */
  public static final String ADDRESS = "NOTIFY_SOCKET";

  private static final int UNIX = 1;
  private static final int DATAGRAM = 2;
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int NO_SIGNAL = 0x4000;
  private static final int DO_NOT_WAIT = 0x40;
  private static final int TRY_AGAIN = 11;
  private static final int POLL_WRITABLE = 4;
  private static final int PATIENCE_MILLIS = 1_000;

  /** {@code struct sockaddr_un}: the family, and the path. */
  private static final int FAMILY_BYTES = 2;

  private static final int LONGEST_PATH = 108;

  private final byte[] path;

  private ServiceManager(byte[] path) {
    this.path = path;
  }

  /**
   * The one at that address; none where there is no address, or none that can be used.
   *
   * @param address what the variable says; empty: nothing
   */
  public static Optional<ServiceManager> at(String address) {
    if (!Libc.isLoaded() || !(address.startsWith("/") || address.startsWith("@"))) {
      return Optional.empty();
    }
    var path = address.getBytes(StandardCharsets.UTF_8);
    return path.length < 2 || path.length > LONGEST_PATH
        ? Optional.empty()
        : Optional.of(new ServiceManager(path));
  }

  /**
   * Tells it something.
   *
   * @param message lines of NAME=VALUE
   * @throws IOException when it cannot be told, with the words of the system
   */
  public void tell(String message) throws IOException {
    var text = message.getBytes(StandardCharsets.UTF_8);
    int socket = Libc.call(Libc.SOCKET, UNIX, DATAGRAM | CLOSE_ON_EXEC, 0);
    if (socket < 0) {
      throw new IOException(Libc.reason(Libc.error()));
    }
    try (var memory = new Memory(FAMILY_BYTES + LONGEST_PATH + text.length)) {
      writeAddress(memory, path);
      memory.bytes().put(FAMILY_BYTES + LONGEST_PATH, text);
      if (!send(socket, memory, text.length)) {
        // Its queue is full. One that does not come round must not hold this process.
        awaitRoom(socket);
        if (!send(socket, memory, text.length)) {
          throw new IOException("it does not read what it is told");
        }
      }
    } finally {
      Libc.call(Libc.CLOSE, socket);
    }
  }

  /** An abstract address begins with a zero byte, and ends where the length says. */
  static int writeAddress(Memory memory, byte[] path) {
    memory.bytes().putShort(0, (short) UNIX).put(FAMILY_BYTES, path);
    if (path[0] == '@') {
      memory.bytes().put(FAMILY_BYTES, (byte) 0);
    }
    return FAMILY_BYTES + path.length;
  }

  private boolean send(int socket, Memory memory, int length) throws IOException {
    long text = memory.address() + FAMILY_BYTES + LONGEST_PATH;
    int sent =
        Libc.call(
            Libc.SEND_TO,
            socket,
            text,
            length,
            NO_SIGNAL | DO_NOT_WAIT,
            memory.address(),
            FAMILY_BYTES + path.length);
    int error = sent < 0 ? Libc.error() : 0;
    if (error != 0 && error != TRY_AGAIN) {
      throw new IOException(Libc.reason(error));
    }
    return error == 0;
  }

  private void awaitRoom(int socket) {
    // Only a connected socket says when the other one has room.
    try (var memory = new Memory(FAMILY_BYTES + LONGEST_PATH);
        var poll = new Memory(Long.BYTES)) {
      int length = writeAddress(memory, path);
      Libc.call(Libc.CONNECT, socket, memory.address(), length);
      poll.bytes().putInt(0, socket).putShort(4, (short) POLL_WRITABLE);
      Libc.call(Libc.POLL, poll.address(), 1, PATIENCE_MILLIS);
    }
  }
}
