package io.happo.agent.collectors;

import io.happo.agent.exec.Exec;
import io.happo.core.link.Item;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What collectors run in.
 *
 * @param environment of the agent's commands
 * @param folder for their files; absolute
 * @param events is told what happens; does not fail
 * @param hostname whose values are read; asked each time, since it may change
 */
public record CollectorSettings(
    Exec exec,
    Map<String, String> environment,
    Path folder,
    Consumer<Item.Event> events,
    Supplier<String> hostname,
    InstantSource clock) {
  /** How the variable begins by which all processes of collectors are known. */
  String mark() {
    return folder + "/";
  }
}
