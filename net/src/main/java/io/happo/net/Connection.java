package io.happo.net;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection, plain until {@link #secure}. Calls block. One thread reads; any may write, in
 * turns, and close: that ends what others wait for with an {@link IOException}. What the deadline
 * ends, ends so too.
 */
final class Connection implements Closeable {
  // Most connections wait most of the time: what they wait with is small, and grows with its use.
  private static final int FIRST_READ_BYTES = 64;
  private static final int SMALL_READ_BYTES = 2 * 1_024;
  private static final int LARGE_READ_BYTES = 16 * 1_024;

  private final SocketChannel channel;
  private final ByteQueue plain = new ByteQueue();
  private final ReentrantLock writing = new ReentrantLock();
  private final Deadlines deadlines;
  private final Deadlines.Deadline deadline;
  private Deadlines.@Nullable Deadline writeDeadline; // As the next; set before there are writers.
  private Duration mostPerWrite = Duration.ZERO;
  private byte[] buffer = new byte[FIRST_READ_BYTES];
  private int readTimeoutMillis;
  private volatile @Nullable TlsSide tls;
  private boolean inputEnded;
  private boolean closed;

  /**
   * @param deadlines closes it when the time set by {@link #mustEndWithin} is over
   */
  Connection(SocketChannel channel, Deadlines deadlines) {
    this.channel = channel;
    this.deadlines = deadlines;
    deadline = deadlines.of(this);
  }

  /** The socket's other end. */
  InetSocketAddress peer() throws IOException {
    return (InetSocketAddress) channel.getRemoteAddress();
  }

  /** Closes it when this time is over, unless another one is set before. */
  void mustEndWithin(Duration time) {
    deadline.set(time);
  }

  void mayTakeLong() {
    deadline.clear();
  }

  /**
   * From now on closes it when something that is to be sent, by a writer or because of what was
   * read, waits for its turn longer than this, or then takes longer than this to be sent. To be
   * called once, before several threads write.
   */
  void limitWrites(Duration most) {
    mostPerWrite = most;
    writeDeadline = deadlines.of(this);
  }

  /** Whether it was closed because its time was over. */
  boolean isExpired() {
    return deadline.isExpired();
  }

  /**
   * Goes on in TLS, until the handshake is done.
   *
   * @param begun what was read of it already
   * @throws javax.net.ssl.SSLException when it fails; the peer has been told why
   * @throws IOException when the connection ends before
   */
  void secure(TlsSide side, byte[] begun) throws IOException {
    synchronized (this) {
      if (closed) {
        side.free();
        throw new IOException("the connection is closed");
      }
      tls = side;
    }
    side.begin();
    if (begun.length > 0) {
      take(side, begun, begun.length);
    } else {
      flush(side);
    }
    while (!side.isHandshaken()) {
      if (inputEnded || !fill()) {
        throw new HandshakeEndedException();
      }
    }
  }

  /** The peer ended its side in the middle of the TLS handshake. */
  static final class HandshakeEndedException extends IOException {
    HandshakeEndedException() {
      super("ended in the middle of the TLS handshake");
    }
  }

  /** The next bytes, at least one; null when the peer has ended its side. */
  byte @Nullable [] read() throws IOException {
    while (plain.size() == 0) {
      if (inputEnded || !fill()) {
        return null;
      }
    }
    return plain.take(plain.size());
  }

  /**
   * As {@link #read()}, but waits only so long.
   *
   * @throws SocketTimeoutException when nothing arrived; it may be called again
   */
  byte @Nullable [] read(Duration most) throws IOException {
    readTimeoutMillis = Math.clamp(most.toMillis(), 1, Integer.MAX_VALUE);
    try {
      return read();
    } finally {
      readTimeoutMillis = 0;
    }
  }

  /** Whether the peer has ended its side, as far as that has arrived. Does not wait. */
  boolean hasPeerEnded() throws IOException {
    // Who has sent more was still there.
    if (!inputEnded && plain.size() == 0) {
      int count;
      channel.configureBlocking(false);
      try {
        count = channel.read(ByteBuffer.wrap(buffer));
      } finally {
        channel.configureBlocking(true);
      }
      if (count != 0) {
        arrived(count);
      }
    }
    return inputEnded;
  }

  /** Reads once; false when the peer has ended its side. */
  private boolean fill() throws IOException {
    int count;
    if (readTimeoutMillis == 0) {
      count = channel.read(ByteBuffer.wrap(buffer));
    } else {
      channel.socket().setSoTimeout(readTimeoutMillis);
      try {
        count = channel.socket().getInputStream().read(buffer);
      } catch (SocketTimeoutException e) {
        buffer = new byte[FIRST_READ_BYTES]; // It is idle: what comes is most likely small.
        throw e;
      }
    }
    return arrived(count);
  }

  private boolean arrived(int count) throws IOException {
    if (count < 0) {
      inputEnded = true;
      return false;
    }
    var bytes = buffer;
    var side = tls;
    if (side == null) {
      plain.add(Arrays.copyOf(bytes, count));
    } else {
      take(side, bytes, count);
    }
    if (count == bytes.length) {
      buffer = new byte[count < SMALL_READ_BYTES ? SMALL_READ_BYTES : LARGE_READ_BYTES];
    } else if (bytes.length > SMALL_READ_BYTES) {
      buffer = new byte[SMALL_READ_BYTES];
    }
    return true;
  }

  private void take(TlsSide side, byte[] sealed, int count) throws IOException {
    try {
      side.unseal(sealed, count, plain);
      inputEnded = side.isEnded();
    } finally {
      flush(side);
    }
  }

  private void flush(TlsSide side) throws IOException {
    if (!side.hasOutput()) {
      return; // Who only reads waits for no writer.
    }
    beginWrite();
    try {
      writeAll(side.output(), 0, -1);
    } finally {
      endWrite();
    }
  }

  /** Writes all of it; returns when the kernel has it. In TLS as one record where it fits. */
  void write(byte[] bytes) throws IOException {
    beginWrite();
    try {
      var side = tls;
      for (int from = 0; from < bytes.length; from += NativeTls.RECORD_BYTES) {
        int count = Math.min(NativeTls.RECORD_BYTES, bytes.length - from);
        if (side == null) {
          writeAll(bytes, from, count);
        } else {
          writeAll(side.seal(bytes, from, count), 0, -1);
        }
      }
    } finally {
      endWrite();
    }
  }

  private void beginWrite() throws IOException {
    var limit = writeDeadline;
    if (limit == null) {
      writing.lock();
      return;
    }
    try {
      if (!writing.tryLock(mostPerWrite.toNanos(), TimeUnit.NANOSECONDS)) {
        close();
        throw new IOException("others were writing for longer than " + mostPerWrite);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while others were writing", e);
    }
    limit.set(mostPerWrite);
  }

  private void endWrite() {
    var limit = writeDeadline;
    if (limit != null) {
      limit.clear();
    }
    writing.unlock();
  }

  /**
   * @param count of bytes; -1 for all
   */
  private void writeAll(byte[] bytes, int from, int count) throws IOException {
    var buffer = ByteBuffer.wrap(bytes, from, count < 0 ? bytes.length : count);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Tells the peer that nothing follows (close_notify, FIN); reading may go on. */
  void endOutput() throws IOException {
    var side = tls;
    if (side != null) {
      side.sayGoodbye();
      flush(side);
    }
    channel.shutdownOutput();
  }

  /** Reads until the peer ends its side and throws it away; at most so many bytes. */
  void discard(int most) throws IOException {
    var sink = ByteBuffer.wrap(buffer);
    for (int count = 0, got = 0; got >= 0 && count <= most; count += got) {
      got = channel.read(sink.clear());
    }
  }

  /** What the TLS of this connection knows; null without TLS. */
  @Nullable TlsSide tls() {
    return tls;
  }

  /** Has what arrived acknowledged at once, instead of after the kernel's delay of 40 ms. */
  void acknowledge() throws IOException {
    QuickAck.on(channel);
  }

  /** Closes it as a program does that never read what was sent: with a reset. */
  void abort() {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      // It is gone already.
    }
    close();
  }

  /** Closes it at once; what the peer was not told yet it learns from the end alone. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    deadline.end();
    var limit = writeDeadline;
    if (limit != null) {
      limit.end();
    }
    try {
      channel.close();
    } catch (IOException e) {
      // There is nobody to tell.
    }
    var side = tls;
    if (side != null) {
      side.free();
    }
  }
}
