package io.happo.hub.link;

import io.happo.core.link.LinkMessage;
import io.happo.net.WebSocket;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be sent to one agent, in order, its end among it. Whoever has something to say does
 * not wait for the agent to read: a virtual thread sends while there is something. An agent that
 * does not read is cut off once too much waits.
 */
final class Outgoing {
  private static final int MAX_MESSAGES = 1_000;
  private static final int MAX_CHARS = 8 << 20;

  private final WebSocket socket;
  private final ArrayDeque<Step> waiting = new ArrayDeque<>(4);
  private int chars;
  private boolean sending;
  private boolean closed;

  private sealed interface Step {
    record Text(String text) implements Step {}

    record End(int code, String reason) implements Step {}
  }

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
      waiting.add(new Step.Text(text));
      chars += text.length();
      tooMuch = waiting.size() > MAX_MESSAGES || chars > MAX_CHARS;
      if (!tooMuch) {
        startSending();
      }
    }
    if (tooMuch) {
      cut(1008, "the agent does not read");
    }
  }

  /** Sends what waits, then closes; from any thread, and does not wait. */
  synchronized void close(int code, String reason) {
    if (!closed) {
      closed = true;
      waiting.add(new Step.End(code, reason));
      startSending();
    }
  }

  /** Closes without what waits, and although the agent does not read; does not wait either. */
  void cut(int code, String reason) {
    synchronized (this) {
      closed = true;
      waiting.clear();
    }
    Thread.ofVirtual().name("link-cut").start(() -> socket.close(code, reason));
  }

  /** One thread at a time sends: two would overtake each other. */
  private synchronized void startSending() {
    if (!sending) {
      sending = true;
      Thread.ofVirtual().name("link-send").start(this::sendAll);
    }
  }

  private void sendAll() {
    try {
      for (var step = next(); step != null; step = next()) {
        switch (step) {
          case Step.Text text -> socket.send(text.text());
          case Step.End end -> socket.close(end.code(), end.reason());
        }
      }
    } catch (IOException e) {
      // It is gone; its reader says so.
      synchronized (this) {
        closed = true;
        waiting.clear();
      }
    }
  }

  private synchronized @Nullable Step next() {
    var step = waiting.poll();
    if (step instanceof Step.Text text) {
      chars -= text.text().length();
    } else if (step == null) {
      sending = false;
      chars = 0;
    }
    return step;
  }
}
