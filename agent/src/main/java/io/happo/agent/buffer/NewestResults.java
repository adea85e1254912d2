package io.happo.agent.buffer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sequence of the newest waiting result of each check. Under the outbox's lock. */
final class NewestResults {
  /** How the JSON of a result begins. */
  private static final byte[] CHECK =
      "{\"kind\":\"check\",\"check\":\"".getBytes(StandardCharsets.US_ASCII);

  private final Map<String, Long> sequences = new HashMap<>();

  /** The name of the check whose result this is, as it stands in the JSON; null for others. */
  static @Nullable String checkOf(byte[] payload) {
    if (payload.length < CHECK.length
        || Arrays.mismatch(payload, 0, CHECK.length, CHECK, 0, CHECK.length) >= 0) {
      return null;
    }
    int end = CHECK.length;
    while (end < payload.length && payload[end] != '"') {
      end += payload[end] == '\\' ? 2 : 1;
    }
    return new String(
        payload,
        CHECK.length,
        Math.min(end, payload.length) - CHECK.length,
        StandardCharsets.UTF_8);
  }

  void appended(String check, long sequence) {
    sequences.merge(check, sequence, Math::max);
  }

  /** Those of earlier processes, where there is none since. */
  void found(Map<String, Long> earlier) {
    earlier.forEach(sequences::putIfAbsent);
  }

  /** These are not waiting any more. */
  void gone(long first, long last) {
    for (var each = sequences.values().iterator(); each.hasNext(); ) {
      long sequence = each.next();
      if (sequence >= first && sequence <= last) {
        each.remove();
      }
    }
  }

  List<Long> all() {
    return new ArrayList<>(sequences.values());
  }
}
