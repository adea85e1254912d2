package io.happo.agent.lists;

import io.happo.agent.checks.Finding;
import io.happo.agent.checks.OneLine;
import io.happo.agent.checks.Status;
import io.happo.core.link.Item;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a list, each once, in the order of their keys. Holds no more than an inventory
 * keeps: of more, the first by their order, and a last line that says so, which is the same however
 * many are missing. Of one thread.
 */
final class Listing {
  static final String CUT = "(cut off here: an inventory holds 150,000 characters)";

  private static final int MOST_CHARS = Item.Inventory.MAX_TEXT - CUT.length() - 1;
  private static final int LONGEST_LINE = 1_000;
  private static final int FIRST_NUMBER = 1_000_000;

  private final TreeMap<String, String> lines = new TreeMap<>();
  private int chars;
  private boolean isCut;

  /** Adds a line, which is its own key. */
  void add(String line) {
    add(line, line);
  }

  /** Adds a line in the place of another with the same key. */
  void add(String key, String line) {
    var clean = OneLine.of(line, LONGEST_LINE);
    var before = lines.put(key, clean);
    chars += clean.length() + 1 - (before == null ? 0 : before.length() + 1);
    while (chars > MOST_CHARS) {
      isCut = true;
      chars -= lines.pollLastEntry().getValue().length() + 1;
    }
  }

  /** Adds a line of a list that is in the order in which it is made. */
  void next(String line) {
    add(String.valueOf(FIRST_NUMBER + lines.size()), line);
  }

  /** Adds {@code name: value} likewise, where there is a value. */
  void next(String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      next(name + ": " + value);
    }
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  Finding finding() {
    var text = new StringBuilder(chars + CUT.length());
    for (var line : lines.values()) {
      text.append(text.isEmpty() ? "" : "\n").append(line);
    }
    if (isCut) {
      text.append('\n').append(CUT);
    }
    return new Finding(Status.OK, text.toString());
  }
}
