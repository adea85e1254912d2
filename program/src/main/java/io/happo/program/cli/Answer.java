package io.happo.program.cli;

import io.happo.core.Json;
import io.happo.core.JsonException;
import io.happo.core.JsonObject;
import io.happo.core.Utf8;
import io.happo.net.Response;

/** What a peer answered. */
public record Answer(Response response) {
  public int status() {
    return response.status();
  }

  /**
   * The original's words for an answer that means no success; they end in a line break of their
   * own.
   */
  public String failed() {
    return "Failed! [" + status() + "] " + Utf8.decode(response.body()) + "\n";
  }

  public JsonObject json() throws Failure {
    try {
      return Json.parseObject(response.body());
    } catch (JsonException e) {
      throw new Failure("the answer (status " + status() + ") cannot be read: " + e.getMessage());
    }
  }
}
