package io.happo.agent.buffer;

import java.io.IOException;

/**
 * A file under the name of a segment is not one this version can read. The message is one line that
 * says what to do.
 */
public final class StoreDamaged extends IOException {
  private final String file;

  StoreDamaged(String file, String message) {
    super(message);
    this.file = file;
  }

  /** Its name in the folder of the buffer. */
  String file() {
    return file;
  }
}
