package io.happo.agent.probes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads what a server says in lines. */
final class Lines {
  /** Characters in a line; a server that sends more speaks something else. */
  private static final int MOST_CHARACTERS = 4_096;

  private Lines() {}

  /** The next line, without its end; the last one may have none. Null when there is none. */
  static @Nullable String next(InputStream in) throws IOException {
    var bytes = new byte[MOST_CHARACTERS];
    int count = 0;
    int next = in.read();
    if (next < 0) {
      return null;
    }
    for (; next >= 0 && next != '\n'; next = in.read()) {
      if (count == bytes.length) {
        throw new IOException("the server sends a line that is longer than it should be");
      }
      bytes[count++] = (byte) next;
    }
    return new String(bytes, 0, count, StandardCharsets.UTF_8).stripTrailing();
  }
}
