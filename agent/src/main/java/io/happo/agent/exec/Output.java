package io.happo.agent.exec;

import java.nio.charset.StandardCharsets;

/**
 * What one stream of a command gave.
 *
 * @param bytes the beginning of it, at most {@link ExecSettings#maxOutputBytes}; not copied, so not
 *     to be changed
 * @param droppedBytes how many more were read and thrown away
 */
public record Output(byte[] bytes, long droppedBytes) {
  static final Output NOTHING = new Output(new byte[0], 0);

  public Output {
    if (droppedBytes < 0) {
      throw new IllegalArgumentException("Dropped bytes are counted, not " + droppedBytes);
    }
  }

  /** The bytes as UTF-8; what is none becomes U+FFFD. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
