package io.happo.agent.buffer;

/**
 * One record as it was appended.
 *
 * @param sequence given at append, from 1 up, never given twice; gaps are possible
 * @param time the key given at append, unix seconds
 * @param payload the bytes given at append; the holder's own copy
 */
public record Entry(long sequence, long time, byte[] payload) {
  @Override
  public String toString() {
    return "Entry[sequence=" + sequence + ", time=" + time + ", bytes=" + payload.length + "]";
  }
}
