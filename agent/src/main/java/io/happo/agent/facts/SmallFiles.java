package io.happo.agent.facts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Small files and folders of the system's, which may be there or not. */
public final class SmallFiles {
  /** What is read of a file; the kernel makes some that have as much for each processor. */
  private static final int MOST_BYTES = 4 << 10;

  private SmallFiles() {}

  /** The first 4 KiB of a file without blanks around them; null when it cannot be read. */
  public static @Nullable String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return null;
    }
  }

  /** As {@link #text}; empty when it cannot be read. */
  public static String textOrNothing(Path file) {
    var text = text(file);
    return text == null ? "" : text;
  }

  /** The names in a folder, sorted; none when it cannot be read. */
  public static List<String> names(Path folder) {
    var names = folder.toFile().list();
    if (names == null) {
      return List.of();
    }
    Arrays.sort(names);
    return List.of(names);
  }

  /** The value of {@code NAME=value} on a line of its own, without quotes; null without one. */
  public static @Nullable String value(String text, String name) {
    for (var line : text.split("\n", -1)) {
      if (line.startsWith(name + "=")) {
        var value = line.substring(name.length() + 1).strip();
        boolean quoted =
            value.length() > 1
                && (value.startsWith("\"") || value.startsWith("'"))
                && value.endsWith(value.substring(0, 1));
        return quoted ? value.substring(1, value.length() - 1) : value;
      }
    }
    return null;
  }
}
