package io.happo.hub.api;

import static io.happo.hub.api.Field.Kind.WHOLE;

import io.happo.core.JsonWriter;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/** Long lists are given in parts, each with the number that the next one is to come after. */
record Paging(long after, int limit) {
  static final Field AFTER =
      Field.of(
          "after", WHOLE, "Only what follows this number, which the last answer gave as next.");

  static final Field LIMIT =
      Field.of(
          "limit", WHOLE, "At most so many, and fewer when they are long; 1,000 unless given.");

  static final Field NEXT =
      Field.of("next", WHOLE, "There is more after this number; missing when there is not.");

  static final int MOST = 5_000;

  /** An answer grows by one more at most beyond this: clients take 8 MiB. */
  private static final int MAX_CHARS = 2 << 20;

  static Paging of(Call call) throws ApiException {
    return new Paging(
        call.query("after", 0, 0, Integer.MAX_VALUE), call.query("limit", 1_000, 1, MOST));
  }

  /**
   * Writes a list.
   *
   * @param found one more than the limit, when there are more
   */
  <T> void write(
      JsonWriter json, String name, List<T> found, ToLongFunction<T> number, Consumer<T> writer) {
    json.key(name).beginArray();
    int written = 0;
    int begin = json.length();
    while (written < Math.min(limit, found.size()) && json.length() - begin < MAX_CHARS) {
      writer.accept(found.get(written));
      written++;
    }
    json.endArray();
    if (written < found.size()) {
      json.member("next", number.applyAsLong(found.get(written - 1)));
    }
  }
}
