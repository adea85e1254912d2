package io.happo.hub.graphite;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/**
 * One connection of somebody who sends. It is read on a thread of its own, and not while that has
 * to wait. A line without an end is dropped when the connection ends, as Graphite does: nobody
 * knows what is missing of it.
 */
final class Connection implements AutoCloseable {
  private static final int READ_BYTES = 8 << 10;

  private final Socket socket;
  private final Source source;
  private volatile boolean isReading;
  private volatile long heardNanos = System.nanoTime();

  Connection(Socket socket, Shared shared) {
    this.socket = socket;
    source = new Source(shared, socket.getInetAddress(), true);
  }

  /** Returns when it has ended, and all that came by it is stored or given up. */
  void read() {
    var bytes = new byte[READ_BYTES];
    try (socket) {
      while (true) {
        int count = read(bytes);
        if (count < 0) {
          break;
        }
        source.take(ByteBuffer.wrap(bytes, 0, count));
      }
    } catch (IOException e) {
      // It is gone, or had to go.
    } finally {
      source.end();
    }
  }

  /** The number of bytes that came, 0 when none came in time; negative when none will. */
  private int read(byte[] bytes) throws IOException {
    socket.setSoTimeout(source.patienceMillis());
    isReading = true;
    try {
      int count = socket.getInputStream().read(bytes);
      heardNanos = System.nanoTime();
      return count;
    } catch (SocketTimeoutException e) {
      return 0;
    } finally {
      isReading = false;
    }
  }

  /** For how long it has sent nothing; 0 while what it sent is not read. */
  long silenceNanos() {
    return isReading ? System.nanoTime() - heardNanos : 0;
  }

  /** Whether something has come that is not read. */
  boolean hasMore() {
    try {
      return socket.getInputStream().available() > 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Nothing more is read. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // There is nothing left to do about it.
    }
  }
}
