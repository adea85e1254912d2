package io.happo.hub.link;

import io.happo.core.JsonException;
import io.happo.core.link.LinkMessage;
import io.happo.net.WebSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection whose other end is the test. */
final class FakeSocket implements WebSocket {
  private static final String END = "";

  /** What the hub has said. */
  final BlockingQueue<LinkMessage> said = new LinkedBlockingQueue<>();

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private volatile int code;

  /** The agent says something. */
  void say(LinkMessage message) {
    heard.add(message.toJson());
  }

  /** The connection ends without a word. */
  void lose() {
    close(1_006, "lost");
  }

  /** Why it was closed; 0: it is open. */
  int code() {
    return code;
  }

  /** The next of a kind that the hub says. */
  <T extends LinkMessage> T next(Class<T> kind) throws InterruptedException {
    while (true) {
      var message = said.poll(30, TimeUnit.SECONDS);
      if (message == null) {
        throw new AssertionError("the hub says no " + kind.getSimpleName());
      }
      if (kind.isInstance(message)) {
        return kind.cast(message);
      }
    }
  }

  @Override
  public void send(String text) throws IOException {
    try {
      said.add(LinkMessage.readToAgent(text));
    } catch (JsonException e) {
      throw new IOException(e);
    }
  }

  @Override
  public @Nullable String receive(Duration timeout) throws IOException {
    try {
      var text = heard.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (END.equals(text)) {
        heard.add(END);
        throw new IOException("closed with " + code);
      }
      return text;
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public Duration silence() {
    return Duration.ZERO;
  }

  @Override
  public Optional<String> subprotocol() {
    return Optional.empty();
  }

  @Override
  public void close(int why, String reason) {
    if (code == 0) {
      code = why;
      heard.add(END);
    }
  }
}
