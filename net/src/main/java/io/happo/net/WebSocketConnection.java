package io.happo.net;

import io.happo.net.WebSocketFrames.BrokenException;
import io.happo.net.WebSocketFrames.Frame;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket on a connection whose handshake is done. It has no thread: whoever receives reads
 * frames, answers pings and sends them when nothing arrives. What is not received waits at the
 * peer. A message beyond 8 KiB finds room in the budget before it is read, and gives it back when
 * the next one is asked for.
 */
final class WebSocketConnection implements WebSocket {
  /** What a conversation may hold of a message without asking the budget. */
  static final int FREE_BYTES = 8 * 1_024;

  private static final Duration GOODBYE = Duration.ofSeconds(5);

  private record End(int code, String reason) {}

  private final Connection connection;
  private final WebSocketFrames frames;
  private final WebSocketSettings settings;
  private final Optional<String> subprotocol;
  private final ByteBudget budget;

  /** Held by who receives, and guards what follows it. */
  private final ReentrantLock reading = new ReentrantLock();

  private long held;
  private boolean handedOver; // What is held is the last message, which is done with.
  private volatile long heardNanos = System.nanoTime();
  private int silentPings;
  private long pingAt;

  private @Nullable End said; // By this side. Under this, as the next.
  private @Nullable End ended;

  /**
   * Begins to talk.
   *
   * @param rest what was read of it already
   * @param budget for messages that arrive, each until the next one is asked for
   */
  WebSocketConnection(
      Connection connection,
      boolean server,
      WebSocketSettings settings,
      Optional<String> subprotocol,
      byte[] rest,
      ByteBudget budget) {
    this.connection = connection;
    this.frames = new WebSocketFrames(server, settings.maxMessageBytes());
    this.settings = settings;
    this.subprotocol = subprotocol;
    this.budget = budget;
    pingAt = System.nanoTime() + settings.pingEvery().toNanos();
    frames.add(rest);
    connection.limitWrites(patience());
  }

  /** A peer that reads nothing for as long as a dead one may be silent is as good as dead. */
  private Duration patience() {
    return settings.pingEvery().multipliedBy(settings.missedPings() + 1L);
  }

  @Override
  public @Nullable String receive(Duration timeout) throws IOException {
    long end = System.nanoTime() + timeout.toNanos();
    try {
      if (!reading.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        return null;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a message", e);
    }
    try {
      if (handedOver) {
        letGo();
      }
      var text = next();
      for (boolean late = false; text == null && !late; text = next()) {
        checkOpen();
        read(end - System.nanoTime());
        late = end - System.nanoTime() <= 0;
      }
      if (text == null) {
        checkOpen();
      }
      handedOver = text != null;
      return text;
    } finally {
      reading.unlock();
    }
  }

  /** The next message of those that have arrived; null when there is none, or all is over. */
  private @Nullable String next() {
    try {
      for (var frame = frames.next(); frame != null; frame = frames.next()) {
        if (frame instanceof Frame.Text text) {
          return text.text();
        } else if (frame instanceof Frame.Ping ping) {
          if (!isClosing()) {
            connection.write(frames.wrap(WebSocketFrames.PONG, ping.data()));
          }
        } else if (frame instanceof Frame.Close close) {
          answer(close.code(), close.reason(), "");
          return null;
        }
      }
      hold(frames.awaitedBytes());
    } catch (BrokenException e) {
      answer(e.code(), String.valueOf(e.getMessage()), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      end(WebSocketFrames.LOST, "the connection was lost");
    }
    return null;
  }

  /** Waits for what arrives, at most so long. */
  private void read(long nanos) {
    long now = System.nanoTime();
    try {
      var bytes = connection.read(Duration.ofNanos(Math.min(nanos, pingAt - now)));
      if (bytes == null) {
        end(WebSocketFrames.LOST, "the connection was lost");
        return;
      }
      frames.add(bytes);
      heardNanos = System.nanoTime();
      silentPings = 0;
      pingAt = System.nanoTime() + settings.pingEvery().toNanos();
    } catch (SocketTimeoutException e) {
      if (System.nanoTime() - pingAt >= 0) {
        ping();
      }
    } catch (IOException e) {
      end(WebSocketFrames.LOST, "the connection was lost");
    }
  }

  private void ping() {
    if (silentPings >= settings.missedPings()) {
      end(WebSocketFrames.LOST, "no sign of life after " + silentPings + " pings");
      return;
    }
    silentPings++;
    pingAt = System.nanoTime() + settings.pingEvery().toNanos();
    try {
      if (!isClosing()) {
        connection.write(frames.wrap(WebSocketFrames.PING, new byte[0]));
      }
    } catch (IOException e) {
      end(WebSocketFrames.LOST, "the connection was lost");
    }
  }

  /** Finds room for what the message that is arriving will take. */
  private void hold(long bytes) throws BrokenException {
    if (bytes <= held || isClosing()) {
      return;
    }
    try {
      if (!budget.take(charge(bytes) - charge(held), patience())) {
        throw new BrokenException(1013, "too much is held for other messages; come again later");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokenException(1001, "interrupted");
    }
    held = bytes;
  }

  private void letGo() {
    budget.give(charge(held));
    held = 0;
    handedOver = false;
  }

  private static long charge(long bytes) {
    return Math.max(0, bytes - FREE_BYTES);
  }

  /** Ends the conversation as the peer wished or deserved, and says so. */
  private void answer(int code, String reason, String told) {
    boolean first;
    synchronized (this) {
      ended = ended == null ? new End(code, reason) : ended;
      first = said == null;
      said = first ? new End(code, told) : said;
    }
    try {
      if (first) {
        sayGoodbye(code, told);
      }
      connection.endOutput();
    } catch (IOException e) {
      // It learns it from the end.
    }
    end(code, reason);
  }

  /** It is over. By who holds the reading lock. */
  private void end(int code, String reason) {
    synchronized (this) {
      ended = ended == null ? new End(code, reason) : ended;
    }
    connection.close();
    letGo();
  }

  private synchronized boolean isClosing() {
    return said != null;
  }

  private synchronized void checkOpen() throws WebSocketClosedException {
    if (ended != null) {
      throw new WebSocketClosedException(ended.code(), ended.reason());
    }
  }

  private void sayGoodbye(int code, String reason) throws IOException {
    connection.write(frames.wrap(WebSocketFrames.CLOSE, WebSocketFrames.closing(code, reason)));
  }

  @Override
  public void send(String text) throws IOException {
    synchronized (this) {
      var over = ended == null ? said : ended;
      if (over != null) {
        throw new WebSocketClosedException(over.code(), over.reason());
      }
    }
    try {
      connection.write(frames.wrap(WebSocketFrames.TEXT, text.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      checkOpen();
      throw new WebSocketClosedException(WebSocketFrames.LOST, "the connection was lost");
    }
  }

  @Override
  public Duration silence() {
    return Duration.ofNanos(System.nanoTime() - heardNanos);
  }

  @Override
  public Optional<String> subprotocol() {
    return subprotocol;
  }

  /** Says goodbye and waits for nothing; who receives finds out when the peer has answered. */
  void leave(int code, String reason) {
    synchronized (this) {
      if (said != null) {
        return;
      }
      said = new End(code, reason);
    }
    connection.mustEndWithin(GOODBYE);
    try {
      sayGoodbye(code, reason);
    } catch (IOException e) {
      connection.close();
    }
  }

  @Override
  public void close(int code, String reason) {
    WebSocketFrames.closing(code, reason);
    leave(code, reason);
    boolean mine = false;
    try {
      // Else another one receives, and finds the peer's answer.
      mine = reading.tryLock(GOODBYE.toNanos(), TimeUnit.NANOSECONDS);
      while (mine && !isOver()) {
        if (next() == null) {
          read(GOODBYE.toNanos());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connection.close();
      if (mine) {
        end(WebSocketFrames.LOST, "the connection was lost");
        reading.unlock();
      }
    }
  }

  private synchronized boolean isOver() {
    return ended != null;
  }
}
