package io.happo.hub.classic;

import java.io.IOException;

/** An agent was not asked, as too much is being asked: nothing is known of it. */
final class NoPlaceException extends IOException {
  NoPlaceException(String message) {
    super(message);
  }
}
