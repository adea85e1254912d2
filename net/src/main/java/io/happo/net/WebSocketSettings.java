package io.happo.net;

import java.time.Duration;

/**
 * Limits and heartbeat of a WebSocket; each side has its own.
 *
 * @param maxMessageBytes the most of one message, in UTF-8, whether in one frame or several; more
 *     closes with code 1009
 * @param pingEvery how often the peer is pinged
 * @param missedPings after so many pings in a row without any sign of life the connection is dead
 */
public record WebSocketSettings(int maxMessageBytes, Duration pingEvery, int missedPings) {
  public WebSocketSettings {
    if (maxMessageBytes < 1 || pingEvery.toMillis() < 1 || missedPings < 1) {
      throw new IllegalArgumentException(
          "limits of a WebSocket are positive: "
              + maxMessageBytes
              + " bytes, "
              + pingEvery
              + ", "
              + missedPings
              + " pings");
    }
  }
}
