package io.happo.net;

import java.io.IOException;

/** A server answered a request for a WebSocket with something else. */
public final class WebSocketRefusedException extends IOException {
  private final transient Response response;

  /**
   * @param where who was asked
   * @param response what it answered instead
   */
  public WebSocketRefusedException(String where, Response response) {
    super(
        where
            + " does not open a WebSocket: it answered "
            + response.status()
            + " "
            + Reasons.of(response.status()));
    this.response = response;
  }

  /** What it answered instead. */
  public Response response() {
    return response;
  }
}
