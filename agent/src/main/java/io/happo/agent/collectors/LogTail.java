package io.happo.agent.collectors;

import io.happo.agent.checks.OneLine;
import io.happo.core.LineCutter;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;

/** The last lines that a program wrote: at most 100, of 64 KiB together. Any thread. */
final class LogTail implements LineCutter.Lines {
  static final int MAX_LINES = 100;
  static final int MAX_CHARACTERS = 64 << 10;
  private static final int MAX_LINE_BYTES = 4 << 10;

  private final ArrayDeque<String> lines = new ArrayDeque<>();
  private LineCutter cutter = new LineCutter(MAX_LINE_BYTES, this);
  private int characters;

  /** Takes what it wrote. */
  synchronized void take(ByteBuffer bytes) {
    cutter.take(bytes);
  }

  /** It has ended: what it wrote last is a line, though it has no end. */
  synchronized void end() {
    cutter.end();
    cutter = new LineCutter(MAX_LINE_BYTES, this);
  }

  /** Adds a line of the agent's own. */
  synchronized void note(String text) {
    line("-- " + text);
  }

  @Override
  public synchronized void line(String text) {
    var line = OneLine.of(text);
    lines.addLast(line);
    characters += line.length();
    while (lines.size() > MAX_LINES || characters > MAX_CHARACTERS) {
      characters -= lines.removeFirst().length();
    }
  }

  @Override
  public void tooLong() {
    line("(a line of more than " + MAX_LINE_BYTES + " bytes)");
  }

  /** The newest ones, in the order written. */
  synchronized List<String> last(int most) {
    return lines.stream().skip(Math.max(0, lines.size() - most)).toList();
  }

  /** The newest line that the program itself wrote; empty when there is none. */
  synchronized String lastOfProgram() {
    for (var at = lines.descendingIterator(); at.hasNext(); ) {
      var line = at.next();
      if (!line.startsWith("-- ") && !line.isBlank()) {
        return line;
      }
    }
    return "";
  }
}
