package io.happo.agent.probes;

import io.happo.core.JsonException;
import io.happo.core.JsonObject;

/**
 * A container as the list of the Engine API has it.
 *
 * @param name without the slash before it
 * @param state {@code created}, {@code running}, {@code paused}, {@code restarting}, {@code
 *     removing}, {@code exited} or {@code dead}
 * @param status for people, with the health in it: {@code Up 3 hours (healthy)}
 */
record DockerContainer(String id, String name, String image, String state, String status) {
  /** The least of an ID that is enough to mean it, as docker ps shows it. */
  private static final int SHORT_ID = 12;

  static DockerContainer of(JsonObject one) throws JsonException {
    var id = one.requiredText("Id");
    for (int i = 0; i < id.length(); i++) {
      if (Character.digit(id.charAt(i), 16) < 0) {
        throw new JsonException("a container has the Id " + id);
      }
    }
    var names = one.texts("Names");
    var name = names.isEmpty() ? id : names.getFirst();
    return new DockerContainer(
        id,
        name.startsWith("/") ? name.substring(1) : name,
        one.text("Image"),
        one.text("State"),
        one.text("Status"));
  }

  /** Whether it is meant by a name or an ID. */
  boolean is(String wanted) {
    return name.equals(wanted) || (wanted.length() >= SHORT_ID && id.startsWith(wanted));
  }

  boolean isRunning() {
    return state.equals("running");
  }

  /** {@code healthy}, {@code unhealthy} or {@code starting}; empty when nothing looks after it. */
  String health() {
    if (status.contains("(unhealthy)")) {
      return "unhealthy";
    }
    return status.contains("(healthy)")
        ? "healthy"
        : status.contains("(health: starting)") ? "starting" : "";
  }
}
