package io.happo.agent.checks;

import java.io.IOException;
import java.util.Optional;

/** What checks keep between two runs, also over restarts. Any thread. */
public interface Memory {
  /** The most that is kept under one key, in characters. */
  int MAX_CHARACTERS = 64 << 10;

  /**
   * What was kept under that key.
   *
   * @param key the name of the check and what tells its runs apart; any text
   */
  Optional<String> recall(String key) throws IOException;

  /** Keeps a text under that key, in place of what was there. */
  void keep(String key, String text) throws IOException;
}
