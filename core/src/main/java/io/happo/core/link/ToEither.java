package io.happo.core.link;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.JsonWriter;

/** What both ends may say. */
public sealed interface ToEither extends LinkMessage {
  /** The last message was not understood, and what it asked was not done. */
  record Problem(String message) implements ToEither {
    static final String TYPE = "error";

    @Override
    public String type() {
      return TYPE;
    }

    @Override
    public void writeMembers(JsonWriter json) {
      json.member("message", message);
    }
  }

  static ToEither read(JsonObject json) throws JsonException {
    return new Problem(json.text("message"));
  }
}
