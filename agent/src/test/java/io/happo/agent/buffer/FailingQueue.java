package io.happo.agent.buffer;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** A queue for tests of other rooms, on a disk in memory that fails when it is told to. */
public final class FailingQueue implements Closeable {
  private final MemoryDisk disk = new MemoryDisk();
  private final InstantSource clock;
  private @Nullable DurableQueue queue;

  public FailingQueue(InstantSource clock) {
    this.clock = clock;
  }

  /** The queue, anew: what is on the disk is still there. */
  public DurableQueue open() throws IOException {
    close();
    var opened = DurableQueue.open(disk, new Limits(64 << 20, Duration.ofDays(7)), clock);
    queue = opened;
    return opened;
  }

  /** From now on this operation of the disk fails, such as {@code write} or {@code force}. */
  public void fail(String failing) {
    disk.fault(
        (operation, name) -> {
          if (operation.equals(failing)) {
            throw new IOException("Input/output error");
          }
        });
  }

  /** From now on everything succeeds. */
  public void recover() {
    disk.fault((operation, name) -> {});
  }

  @Override
  public void close() throws IOException {
    if (queue != null) {
      queue.close();
    }
  }
}
