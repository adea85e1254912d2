package io.happo.hub.link;

import io.happo.core.link.LinkMessage;
import io.happo.net.WebSocket;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to one agent, in order. Whoever has something to say does not wait for the
 * agent to read: a virtual thread sends while there is something. An agent that does not read is
 * cut off once too much waits.
 */
final class Outgoing {
  private static final int MAX_MESSAGES = 1_000;
  private static final int MAX_CHARS = 8 << 20;

  private final WebSocket socket;
  private final ArrayDeque<String> waiting = new ArrayDeque<>(4);
  private int chars;
  private boolean sending;
  private boolean closed;

  Outgoing(WebSocket socket) {
    this.socket = socket;
  }

  /** Sends it after what waits already; nothing once the agent was cut off. */
  void send(LinkMessage message) {
    var text = message.toJson();
    boolean tooMuch;
    synchronized (this) {
      if (closed) {
        return;
      }
      waiting.add(text);
      chars += text.length();
      tooMuch = waiting.size() > MAX_MESSAGES || chars > MAX_CHARS;
      if (tooMuch) {
        closed = true;
        waiting.clear();
      } else if (sending) {
        return;
      } else {
        sending = true;
      }
    }
    if (tooMuch) {
      Thread.ofVirtual()
          .name("link-cut")
          .start(() -> socket.close(1008, "the agent does not read"));
    } else {
      Thread.ofVirtual().name("link-send").start(this::sendAll);
    }
  }

  /** Sends what waits, then closes; from any thread, and does not wait. */
  void close(int code, String reason) {
    synchronized (this) {
      closed = true;
    }
    Thread.ofVirtual()
        .name("link-close")
        .start(
            () -> {
              sendAll();
              socket.close(code, reason);
            });
  }

  private void sendAll() {
    try {
      for (var text = next(); text != null; text = next()) {
        socket.send(text);
      }
    } catch (IOException e) {
      // It is gone; its reader says so.
      synchronized (this) {
        closed = true;
        waiting.clear();
      }
    }
  }

  private synchronized @Nullable String next() {
    var text = waiting.poll();
    if (text == null) {
      sending = false;
      chars = 0;
      return null;
    }
    chars -= text.length();
    return text;
  }
}
