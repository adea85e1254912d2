package io.happo.agent.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What {@code --tag} says. */
public final class Tags {
  private Tags() {}

  /**
   * Reads tags.
   *
   * @param words {@code NAME=VALUE} each
   * @throws IOException one line, when one is not
   */
  public static Map<String, String> of(List<String> words) throws IOException {
    var tags = new TreeMap<String, String>();
    for (var word : words) {
      int equals = word.indexOf('=');
      if (equals < 1) {
        throw new IOException("--tag: '" + word + "' is not NAME=VALUE");
      }
      tags.put(word.substring(0, equals), word.substring(equals + 1));
    }
    return tags;
  }
}
