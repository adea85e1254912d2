package io.happo.agent.machine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An array of {@code /proc/mdstat} (md(4)).
 *
 * @param name such as {@code md0}
 * @param level such as {@code raid1}; empty when it is inactive
 * @param isActive whether it runs
 * @param isReadOnly whether it was set to be read-only; {@code auto-read-only} is not that
 * @param wanted how many devices it has when it is whole; -1 for levels without spare data
 * @param working how many of them work
 * @param failed devices marked as failed
 * @param spares devices that wait
 * @param action what is going on, such as {@code recovery}; empty when nothing is
 * @param percent how far that is; -1 when it has not begun
 * @param finish when it is to end, as the kernel guesses; empty when it does not
 */
record MdArray(
    String name,
    String level,
    boolean isActive,
    boolean isReadOnly,
    int wanted,
    int working,
    List<String> failed,
    int spares,
    String action,
    double percent,
    String finish) {
  private static final List<String> ACTIONS = List.of("recovery", "resync", "reshape", "check");

  /** Reads the whole file. */
  static List<MdArray> all(String text) {
    var all = new ArrayList<MdArray>();
    Lines lines = null;
    for (var line : text.split("\n", -1)) {
      if (line.startsWith("md") && line.contains(" : ")) {
        if (lines != null) {
          all.add(lines.array());
        }
        lines = new Lines(line);
      } else if (lines != null && line.startsWith(" ")) {
        lines.add(line);
      }
    }
    if (lines != null) {
      all.add(lines.array());
    }
    return all;
  }

  boolean isDegraded() {
    return wanted > working;
  }

  /** The lines of one. */
  private static final class Lines {
    private final String name;
    private final List<String> failed = new ArrayList<>();
    private String level = "";
    private boolean isActive;
    private boolean isReadOnly;
    private int spares;
    private int wanted = -1;
    private int working = -1;
    private String action = "";
    private double percent = -1;
    private String finish = "";

    /** {@code md0 : active (auto-read-only) raid1 sdb1[1] sda1[0](F) sdc1[2](S)}. */
    Lines(String line) {
      int colon = line.indexOf(" : ");
      name = line.substring(0, colon);
      for (var word : line.substring(colon + 3).split(" ", -1)) {
        int bracket = word.indexOf('[');
        if (bracket > 0) {
          addDevice(word, bracket);
        } else if (word.equals("active")) {
          isActive = true;
        } else if (word.equals("(read-only)")) {
          isReadOnly = true;
        } else if (!word.equals("inactive") && !word.startsWith("(") && level.isEmpty()) {
          level = word;
        }
      }
    }

    private void addDevice(String word, int bracket) {
      if (word.endsWith("(F)")) {
        failed.add(word.substring(0, bracket));
      } else if (word.endsWith("(S)")) {
        spares++;
      }
    }

    void add(String line) {
      var words = line.strip().split(" +", -1);
      for (int i = 0; i < words.length; i++) {
        var word = words[i];
        int slash = word.indexOf('/');
        if (word.startsWith("[") && word.endsWith("]") && slash > 0) {
          addCounts(word.substring(1, slash), word.substring(slash + 1, word.length() - 1));
        } else {
          addAction(word, i + 2 < words.length && words[i + 1].equals("=") ? words[i + 2] : null);
        }
      }
    }

    private void addCounts(String of, String work) {
      try {
        wanted = Integer.parseInt(of);
        working = Integer.parseInt(work);
      } catch (NumberFormatException e) {
        wanted = -1; // It is something else in brackets.
        working = -1;
      }
    }

    /** {@code recovery = 12.6% (1/8) finish=1.5min speed=1K/sec}, or {@code resync=DELAYED}. */
    private void addAction(String word, @Nullable String value) {
      int equals = word.indexOf('=');
      var key = equals < 0 ? word : word.substring(0, equals);
      if (ACTIONS.contains(key) && (equals > 0 || value != null)) {
        action = key;
        percent = value == null ? -1 : percent(value);
      } else if (key.equals("finish") && equals > 0) {
        finish = word.substring(equals + 1);
      }
    }

    private static double percent(String text) {
      try {
        return text.endsWith("%") ? Double.parseDouble(text.substring(0, text.length() - 1)) : -1;
      } catch (NumberFormatException e) {
        return -1;
      }
    }

    MdArray array() {
      return new MdArray(
          name,
          level,
          isActive,
          isReadOnly,
          wanted,
          working,
          failed,
          spares,
          action,
          percent,
          finish);
    }
  }
}
