package io.happo.net;

import io.happo.net.WebSocketFrames.BrokenException;
import io.happo.net.WebSocketFrames.Frame;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket on a connection whose handshake is done. A thread of its own reads frames, answers
 * pings and sends them when nothing arrives; at most {@link #MAX_WAITING} messages wait to be
 * received: then the socket is not read until some were.
 */
final class WebSocketConnection implements WebSocket {
  private static final int MAX_WAITING = 16;
  private static final Duration GOODBYE = Duration.ofSeconds(5);

  private record End(int code, String reason) {}

  private final Connection connection;
  private final WebSocketFrames frames;
  private final WebSocketSettings settings;
  private final Optional<String> subprotocol;
  private final ArrayDeque<String> arrivals =
      new ArrayDeque<>(); // Under this, as all that follows.
  private @Nullable End ended;
  private boolean closeSent;
  private boolean closed;
  private boolean gone;

  private WebSocketConnection(
      Connection connection,
      boolean server,
      WebSocketSettings settings,
      Optional<String> subprotocol) {
    this.connection = connection;
    this.frames = new WebSocketFrames(server, settings.maxMessageBytes());
    this.settings = settings;
    this.subprotocol = subprotocol;
  }

  /**
   * Begins to talk.
   *
   * @param rest what was read of it already
   */
  static WebSocketConnection open(
      Connection connection,
      boolean server,
      WebSocketSettings settings,
      Optional<String> subprotocol,
      byte[] rest) {
    var socket = new WebSocketConnection(connection, server, settings, subprotocol);
    Thread.ofVirtual().name("happo-websocket").start(() -> socket.readAll(rest));
    return socket;
  }

  private void readAll(byte[] rest) {
    try {
      boolean more = arrived(rest);
      int silentPings = 0;
      while (more) {
        try {
          var bytes = connection.read(settings.pingEvery());
          silentPings = 0;
          more = bytes != null && arrived(bytes);
        } catch (SocketTimeoutException e) {
          if (silentPings >= settings.missedPings()) {
            end(WebSocketFrames.LOST, "no sign of life after " + silentPings + " pings");
            return;
          }
          silentPings++;
          write(WebSocketFrames.PING, new byte[0]);
        }
      }
    } catch (IOException e) {
      // Told below.
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    } finally {
      end(WebSocketFrames.LOST, "the connection was lost");
      connection.close();
      synchronized (this) {
        gone = true;
        notifyAll();
      }
    }
  }

  /** Takes what arrived; false when the conversation is over with it. */
  private boolean arrived(byte[] bytes) throws IOException, InterruptedException {
    frames.add(bytes);
    try {
      for (var frame = frames.next(); frame != null; frame = frames.next()) {
        if (frame instanceof Frame.Text text) {
          add(text.text());
        } else if (frame instanceof Frame.Ping ping) {
          write(WebSocketFrames.PONG, ping.data());
        } else if (frame instanceof Frame.Close close) {
          end(close.code(), close.reason());
          sendClose(close.code(), "");
          connection.endOutput();
          return false;
        }
      }
      return true;
    } catch (BrokenException e) {
      end(e.code(), String.valueOf(e.getMessage()));
      sendClose(e.code(), String.valueOf(e.getMessage()));
      connection.endOutput();
      return false;
    }
  }

  private synchronized void add(String text) throws InterruptedException {
    while (arrivals.size() >= MAX_WAITING && !closed) {
      wait();
    }
    if (closed) {
      return;
    }
    arrivals.add(text);
    notifyAll();
  }

  private synchronized void end(int code, String reason) {
    if (ended == null) {
      ended = new End(code, reason);
      notifyAll();
    }
  }

  private synchronized void checkOpen() throws WebSocketClosedException {
    if (ended != null) {
      throw new WebSocketClosedException(ended.code(), ended.reason());
    }
  }

  /** A peer that reads nothing for as long as a dead one may be silent is as good as dead. */
  private void write(int kind, byte[] data) throws IOException {
    connection.write(
        frames.wrap(kind, data), settings.pingEvery().multipliedBy(settings.missedPings() + 1L));
  }

  private void sendClose(int code, String reason) throws IOException {
    synchronized (this) {
      if (closeSent) {
        return;
      }
      closeSent = true;
    }
    write(WebSocketFrames.CLOSE, WebSocketFrames.closing(code, reason));
  }

  @Override
  public void send(String text) throws IOException {
    checkOpen();
    try {
      write(WebSocketFrames.TEXT, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      checkOpen();
      throw new WebSocketClosedException(WebSocketFrames.LOST, "the connection was lost");
    }
  }

  @Override
  public synchronized @Nullable String receive(Duration timeout) throws IOException {
    long end = System.nanoTime() + timeout.toNanos();
    try {
      for (long left = timeout.toNanos();
          arrivals.isEmpty() && ended == null && left > 0;
          left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a message", e);
    }
    var text = arrivals.poll();
    if (text == null) {
      checkOpen();
    }
    notifyAll();
    return text;
  }

  @Override
  public Optional<String> subprotocol() {
    return subprotocol;
  }

  @Override
  public void close(int code, String reason) {
    WebSocketFrames.closing(code, reason);
    synchronized (this) {
      closed = true; // Nobody receives any more: the reader shall not wait for that.
      notifyAll();
    }
    try {
      sendClose(code, reason);
      awaitEnd();
    } catch (IOException e) {
      // It is lost, and closed all the same.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connection.close();
    }
  }

  private synchronized void awaitEnd() throws InterruptedException {
    long end = System.nanoTime() + GOODBYE.toNanos();
    for (long left = GOODBYE.toNanos(); !gone && left > 0; left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }
}
