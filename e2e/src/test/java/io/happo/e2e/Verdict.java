package io.happo.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Holds what was seen in a case against the recording, or against our row of the table of
 * differences.
 */
final class Verdict {
  private Verdict() {}

  /**
   * Fails unless the case is as it should be.
   *
   * @param name of the case
   * @param seen the parts of our answer
   * @param recorded what the original's parts were; the same names
   * @param row our difference
   */
  static void check(
      String name,
      Map<String, String> seen,
      Map<String, Expected> recorded,
      Optional<Differences.Row> row) {
    var asRecorded =
        recorded.entrySet().stream()
            .allMatch(part -> part.getValue().accepts().test(seen.getOrDefault(part.getKey(), "")));
    if (row.isPresent() && asRecorded) {
      throw new AssertionError(
          name + " is as the original: take it out of the table of differences. It is " + seen);
    }
    var complaints = new ArrayList<String>();
    var own = row.map(Differences.Row::parts).orElse(Map.of());
    recorded.forEach(
        (part, expected) -> complain(complaints, part, own.getOrDefault(part, expected), seen));
    own.keySet().stream()
        .filter(part -> !recorded.containsKey(part))
        .forEach(
            part ->
                complaints.add(
                    "the table of differences has '" + part + "', which is no part of this case"));
    if (!complaints.isEmpty()) {
      throw new AssertionError(name + ":\n  " + String.join("\n  ", complaints));
    }
  }

  private static void complain(
      List<String> complaints, String part, Expected expected, Map<String, String> seen) {
    var is = seen.getOrDefault(part, "");
    if (!expected.accepts().test(is)) {
      complaints.add(
          part
              + " should be  "
              + cut(expected.shown())
              + "\n  "
              + " ".repeat(part.length())
              + " but it is  "
              + cut(is));
    }
  }

  private static String cut(String text) {
    return text.length() <= 1500
        ? text
        : text.substring(0, 1500) + "… (" + text.length() + " characters)";
  }
}
