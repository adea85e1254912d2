package io.happo.agent.exec;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A child: its process, and the pipes that it writes stdout and stderr into. The thread of a {@link
 * Poller} reads them and learns of its end; the thread that opened it waits for both with a
 * deadline. Nobody blocks in a read that only the other end could end, and what a background child
 * says after the process has exited is heard.
 *
 * <p>Once closed nothing more is read, but the process is still awaited.
 */
final class Child implements Closeable {
  /** The end of a pipe that is none. */
  static final int NOWHERE = -1;

  private static final int ALIVE = -1;
  private static final int UNKNOWN = 255;

  private static final int PIDFD_OPEN = 434;
  private static final int NO_WAIT = 1;
  private static final int POLL_READABLE = 1;

  private final Poller poller;
  private final Command.Stderr place;
  private final Thread waiter = Thread.currentThread();
  private final List<Outlet> outlets = new ArrayList<>(2);
  private long pid;
  private int pidDescriptor;
  private long pidKey;
  private volatile boolean silent;
  private volatile boolean wakesAtOutput;
  private boolean wakesAtExit;
  private int told;
  private volatile int status = ALIVE;
  private volatile int signal;
  private volatile boolean dumped;

  private Child(Poller poller, Command.Stderr place) {
    this.poller = poller;
    this.place = place;
  }

  /**
   * Opens the pipes of a child that is about to be started.
   *
   * @param place where stderr goes
   * @param maxBytes kept of each stream
   * @param share of what all streams keep together
   */
  static Child open(Poller poller, Command.Stderr place, int maxBytes, OutputShare share)
      throws IOException {
    Child child = new Child(poller, place);
    try {
      for (int i = 0; i < (place == Command.Stderr.APART ? 2 : 1); i++) {
        child.outlets.add(child.new Outlet(Poller.openPipe(), new Capture(maxBytes, share)));
      }
      return child;
    } catch (IOException e) {
      child.close();
      throw e;
    }
  }

  /**
   * The same for one whose stdout and stderr are heard as they come, and kept nowhere; a wait ends
   * also when it has exited and others still hold its pipe.
   *
   * @param hearer on the poller's thread, mostly; does not wait
   */
  static Child hearing(Poller poller, Consumer<ByteBuffer> hearer) throws IOException {
    Child child = new Child(poller, Command.Stderr.MERGED);
    child.wakesAtExit = true;
    child.outlets.add(child.new Outlet(Poller.openPipe(), new PassedOn(hearer)));
    return child;
  }

  /** Whether the kernel tells of the end of processes through descriptors: Linux 5.3 (2019). */
  static boolean canBeAwaited() {
    int descriptor = Libc.call(Libc.SYSCALL, PIDFD_OPEN, ProcessHandle.current().pid(), 0);
    return descriptor >= 0 && Libc.call(Libc.CLOSE, descriptor) == 0;
  }

  /** What the child gets as its stdout. */
  int stdoutEnd() {
    return outlets.getFirst().writing;
  }

  /** What the child gets as its stderr; {@link #NOWHERE} when that is dropped. */
  int stderrEnd() {
    return place == Command.Stderr.DROPPED ? NOWHERE : outlets.getLast().writing;
  }

  /**
   * Lets go of the writing ends, which the child has now, and watches it.
   *
   * @throws IOException when it cannot be watched; then it was killed
   */
  synchronized void started(int newPid) throws IOException {
    pid = newPid;
    pidDescriptor = Libc.call(Libc.SYSCALL, PIDFD_OPEN, pid, 0);
    try {
      if (pidDescriptor < 0) {
        throw new IOException(Poller.TOO_MANY);
      }
      pidKey = poller.add(pidDescriptor, this::exited);
      watch();
    } catch (IOException e) {
      Libc.call(Libc.KILL, -pid, Libc.SIGKILL);
      if (pidKey == 0) {
        Libc.call(Libc.CLOSE, pidDescriptor);
        Libc.call(Libc.WAITPID, pid, 0, 0);
      }
      throw e;
    }
  }

  /** The same for a process that the JDK has started, and awaits. */
  synchronized void started(Process process) throws IOException {
    pid = process.pid();
    try {
      watch();
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
    var _ = process.onExit().thenAccept(ended -> exited(ended.exitValue()));
  }

  private void watch() throws IOException {
    for (Outlet outlet : outlets) {
      outlet.watch();
    }
  }

  long pid() {
    return pid;
  }

  boolean isAlive() {
    return status == ALIVE;
  }

  /** Its exit status, 0 to 255; killed by signal n: 128 + n. */
  int status() {
    return status;
  }

  /** The signal that ended it; 0: it exited. */
  int signal() {
    return signal;
  }

  /** Whether that signal left a core file. */
  boolean isDumped() {
    return dumped;
  }

  /** Whether nobody holds a writing end any more and all was read. */
  boolean isSilent() {
    return silent;
  }

  /** Whether the process has ended and {@link #isSilent}. */
  boolean isDone() {
    return isSilent() && !isAlive();
  }

  /** Waits, in the thread that opened this, until {@link #isDone} or {@link #wake}, or less. */
  void await(long untilNanos) {
    LockSupport.parkNanos(this, untilNanos - System.nanoTime());
  }

  /** Ends a wait, now or the next one. From any thread. */
  void wake() {
    LockSupport.unpark(waiter);
  }

  /** From now on what arrives on stdout ends a wait. */
  void wakeAtOutput() {
    wakesAtOutput = true;
    wake();
  }

  /** What has arrived on stdout since this was asked last, as far as it is kept. */
  synchronized byte[] news() {
    var news = outlets.getFirst().capture.from(told);
    told += news.length;
    return news;
  }

  /** Reads what has been written by now, even if the poller has not come to it. */
  synchronized void readRest(long untilNanos) {
    try (Memory buffer = new Memory(Poller.BUFFER_BYTES)) {
      for (Outlet outlet : outlets) {
        while (outlet.isReadable(buffer) && System.nanoTime() - untilNanos < 0) {
          outlet.read(buffer);
        }
      }
    }
  }

  synchronized Output stdout() {
    return outlets.getFirst().capture.output();
  }

  /** What came from stderr alone. */
  synchronized Output stderr() {
    return place == Command.Stderr.APART ? outlets.getLast().capture.output() : Output.NOTHING;
  }

  /** Takes words for what the child has written to stderr. */
  synchronized void add(byte[] words) {
    outlets.getLast().capture.add(ByteBuffer.wrap(words));
  }

  @Override
  public synchronized void close() {
    outlets.forEach(Outlet::close);
    // Whoever still looks after the process must not keep what it said.
    outlets.clear();
  }

  private void exited(Memory buffer) {
    synchronized (this) {
      int answer = Libc.call(Libc.WAITPID, pid, buffer.address(), NO_WAIT);
      if (answer == 0) {
        return;
      }
      poller.remove(pidKey, pidDescriptor);
      int word = buffer.bytes().clear().getInt(0);
      signal = word & 0x7f;
      dumped = (word & 0x80) != 0;
      status = answer < 0 ? UNKNOWN : signal == 0 ? word >> 8 & 0xff : 128 + signal;
    }
    tellIfDone();
  }

  private void exited(int value) {
    status = value;
    tellIfDone();
  }

  private void tellIfDone() {
    if (isDone() || (wakesAtExit && !isAlive())) {
      wake();
    }
  }

  /** A pipe and what came out of it; guarded by its child. */
  private final class Outlet {
    private final Capture capture;
    private int reading;
    private int writing;
    private long key;

    Outlet(int[] ends, Capture capture) {
      this.reading = ends[0];
      this.writing = ends[1];
      this.capture = capture;
    }

    void watch() throws IOException {
      closeWriting();
      key = poller.add(reading, this::ready);
    }

    private void ready(Memory buffer) {
      synchronized (Child.this) {
        if (reading == NOWHERE) {
          return;
        }
        read(buffer);
      }
      if (wakesAtOutput) {
        wake();
      }
      tellIfDone();
    }

    boolean isReadable(Memory buffer) {
      // struct pollfd: int fd, short events, short revents.
      buffer.bytes().clear().putInt(0, reading).putShort(4, (short) POLL_READABLE);
      return reading != NOWHERE && Libc.call(Libc.POLL, buffer.address(), 1, 0) == 1;
    }

    void read(Memory buffer) {
      var bytes = buffer.bytes().clear();
      int count = Libc.call(Libc.READ, reading, buffer.address(), bytes.capacity());
      if (count == 0) {
        close();
      } else if (count > 0) {
        capture.add(bytes.limit(count));
      }
    }

    void close() {
      closeWriting();
      if (reading != NOWHERE) {
        poller.remove(key, reading);
        reading = NOWHERE;
        silent = outlets.stream().allMatch(outlet -> outlet.reading == NOWHERE);
      }
    }

    private void closeWriting() {
      if (writing != NOWHERE) {
        Libc.call(Libc.CLOSE, writing);
        writing = NOWHERE;
      }
    }
  }
}
