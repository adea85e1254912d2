package io.happo.agent.exec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Zeroed memory outside of the heap, for the C library to read and write. Must not be used by any
 * thread once it is closed.
 */
final class Memory implements AutoCloseable {
  private final ByteBuffer bytes;
  private long address;

  Memory(int size) {
    address = Libc.allocate(size);
    bytes = Libc.view(address, size).order(ByteOrder.nativeOrder());
  }

  /** The one buffer that shows all of it, with the position where it was left. */
  ByteBuffer bytes() {
    return bytes;
  }

  /**
   * Where it begins, for the C library.
   *
   * @throws IllegalStateException when it was closed
   */
  long address() {
    if (address == 0) {
      throw new IllegalStateException("memory was given back already");
    }
    return address;
  }

  @Override
  public void close() {
    Libc.free(address());
    address = 0;
  }
}
