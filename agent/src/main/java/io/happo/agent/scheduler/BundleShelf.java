package io.happo.agent.scheduler;

import java.nio.file.Path;
import java.util.Optional;

/** The bundles that the agent has fetched and verified. Any thread. */
public interface BundleShelf {
  /** The file of a script, which can be executed; empty while it is not there. */
  Optional<Path> script(String sha256);
}
