package io.happo.agent.machine;

import io.happo.agent.checks.Machine;
import io.happo.program.files.Reason;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Small files of {@code /sys}, each with one value (sysfs(5)). */
final class Sys {
  private Sys() {}

  /** The value; empty when there is none, which is also how drivers say that they do not know. */
  static String text(Machine machine, String path) {
    try {
      return text(machine.file(path));
    } catch (InvalidPathException e) {
      return ""; // In the C locale, Java has no names that are not ASCII.
    }
  }

  static String text(Path file) {
    try {
      return Machine.read(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * The names in a folder, sorted, with numbers in them by their value; none when there is none.
   */
  static List<String> names(Path folder) {
    var names = new ArrayList<String>();
    try (var files = Files.newDirectoryStream(folder)) {
      for (var file : files) {
        names.add(file.getFileName().toString());
      }
    } catch (IOException | DirectoryIteratorException e) {
      names.clear();
    }
    names.sort(Sys::compare);
    return names;
  }

  /** Why a folder could not be read, also in the middle. */
  static String reason(Exception e) {
    return e instanceof IOException io ? Reason.of(io) : String.valueOf(e.getMessage());
  }

  /** {@code temp2} comes before {@code temp10}. */
  private static int compare(String a, String b) {
    int end = digits(a);
    int other = digits(b);
    int begin = a.substring(0, end).compareTo(b.substring(0, other));
    boolean areNumbered = begin == 0 && end < a.length() && other < b.length();
    long number = areNumbered ? number(a, end) : 0;
    long otherNumber = areNumbered ? number(b, other) : 0;
    return number != otherNumber ? Long.compare(number, otherNumber) : a.compareTo(b);
  }

  private static int digits(String text) {
    int i = 0;
    while (i < text.length() && !Character.isDigit(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static long number(String text, int from) {
    long number = 0;
    for (int i = from; i < text.length() && Character.isDigit(text.charAt(i)); i++) {
      number = Math.min(number * 10 + Character.digit(text.charAt(i), 10), Integer.MAX_VALUE);
    }
    return number;
  }
}
