package io.happo.agent.lists;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The lines of a file, one after the other, of which one is held at a time and no more than its
 * first 32 KiB: files of packages have megabytes, of which little is wanted. Of one thread.
 */
final class Lines implements Closeable {
  private static final int LONGEST = 32 << 10;
  private static final int BLOCK = 8 << 10;

  private final InputStream in;
  private final byte[] block = new byte[BLOCK];
  private final byte[] line = new byte[LONGEST];
  private int length;
  private int at;
  private int end;

  Lines(Path file) throws IOException {
    in = Files.newInputStream(file);
  }

  /** Goes on to the next line; false behind the last one. */
  boolean next() throws IOException, InterruptedException {
    length = 0;
    boolean hasBegun = false;
    while (at < end || fill()) {
      hasBegun = true;
      byte b = block[at++];
      if (b == '\n') {
        return true;
      }
      if (length < LONGEST) {
        line[length++] = b;
      }
    }
    return hasBegun;
  }

  private boolean fill() throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    at = 0;
    end = Math.max(0, in.read(block));
    return end > 0;
  }

  boolean isEmpty() {
    return length == 0;
  }

  /** Whether it begins with these characters of ASCII. */
  boolean begins(String text) {
    return hasAt(0, text);
  }

  /** Whether it has these characters of ASCII somewhere. */
  boolean has(String text) {
    for (int i = 0; i + text.length() <= length; i++) {
      if (hasAt(i, text)) {
        return true;
      }
    }
    return false;
  }

  private boolean hasAt(int from, String text) {
    if (from + text.length() > length) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (line[from + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The line from there on, without blanks around it. */
  String from(int start) {
    int begin = Math.min(start, length);
    return new String(line, begin, length - begin, StandardCharsets.UTF_8).strip();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
