package io.happo.net;

import java.io.IOException;

/** A WebSocket conversation is over. */
public final class WebSocketClosedException extends IOException {
  private final int code;

  WebSocketClosedException(int code, String reason) {
    super("the WebSocket was closed with code " + code + (reason.isEmpty() ? "" : ": " + reason));
    this.code = code;
  }

  /** Why, by RFC 6455, 7.4: 1000 for a normal end, 1006 when the connection was lost. */
  public int code() {
    return code;
  }
}
