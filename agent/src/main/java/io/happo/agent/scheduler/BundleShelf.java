package io.happo.agent.scheduler;

import java.nio.file.Path;
import java.util.Optional;

/** The bundles that the agent has fetched and verified. Any thread. */
public interface BundleShelf {
  /** The file of a script, which can be executed; empty while it is not there. */
  Optional<Path> script(String sha256);

  /** The folder with the files of an archive; empty while it is not there. */
  default Optional<Path> archive(String sha256) {
    return Optional.empty();
  }
}
