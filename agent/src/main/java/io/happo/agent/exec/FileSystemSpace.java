package io.happo.agent.exec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How large a file system is and what is free of it, by statvfs(3).
 *
 * @param blockBytes what a block counts
 * @param blocks all of them; 0 for file systems without a size, such as {@code /proc}
 * @param freeBlocks those that root may fill
 * @param availableBlocks those that everyone may fill
 * @param files how many files (inodes) there can be; 0 where that is not limited
 * @param freeFiles how many of these there are not
 */
public record FileSystemSpace(
    long blockBytes,
    long blocks,
    long freeBlocks,
    long availableBlocks,
    long files,
    long freeFiles) {
  /** {@code struct statvfs} has 112 bytes on 64-bit Linux, which are longs but for the last. */
  private static final int ANSWER_BYTES = 256;

  /** Whether it can be asked for: {@code libhappo_exec.so} is there. */
  public static boolean canBeAskedFor() {
    return Libc.isLoaded();
  }

  /**
   * Asks the file system that a file is on. Where that is on a server that does not answer, it does
   * not return, perhaps for days, nor does it see interruption: never to be called on a virtual
   * thread, which would hold its carrier.
   *
   * @param path the bytes of the file's name, which need not be of any encoding
   * @throws IOException with the words of the system alone
   */
  public static FileSystemSpace of(byte[] path) throws IOException {
    long memory = Libc.allocate(ANSWER_BYTES + path.length + 1);
    try {
      long name = memory + ANSWER_BYTES;
      Libc.view(name, path.length).put(path);
      if (Libc.call(Libc.STATVFS, name, memory) != 0) {
        throw new IOException(Libc.reason(Libc.error()));
      }
      return read(Libc.view(memory, ANSWER_BYTES).order(ByteOrder.nativeOrder()));
    } finally {
      Libc.free(memory);
    }
  }

  private static FileSystemSpace read(ByteBuffer answer) {
    long size = answer.getLong();
    long fragment = answer.getLong();
    return new FileSystemSpace(
        fragment == 0 ? size : fragment,
        answer.getLong(),
        answer.getLong(),
        answer.getLong(),
        answer.getLong(),
        answer.getLong());
  }
}
