package io.happo.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * One recorded case, as its line in {@code conformance/*.jsonl} has it. The README beside the
 * recordings tells the fields.
 *
 * @param name unique over both files
 * @param kind {@code http}, {@code raw}, {@code probe} or {@code cli}
 * @param fields the whole line
 */
record Case(String name, String kind, Json fields) {
  /** All cases of a file, in the order in which they build on each other. */
  static List<Case> load(String file) {
    try (var in = Case.class.getResourceAsStream("/conformance/" + file)) {
      var text =
          new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().map(Case::of).toList();
    } catch (IOException e) {
      throw new AssertionError("cannot read the recordings of " + file, e);
    }
  }

  private static Case of(String line) {
    var fields = Json.parse(line);
    return new Case(fields.at("name").text(), fields.at("kind").text(), fields);
  }

  String role() {
    return fields.at("role").text();
  }

  boolean volatileBut(String what) {
    return fields.at("volatile").text().equals(what);
  }
}
