package io.happo.agent.exec;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Waits for all descriptors at once, by epoll(7): one thread, which calls the handler of each that
 * is ready. A handler must not block; it is called again while its descriptor is ready.
 */
final class Poller implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Poller.class.getName());

  /** What a pipe holds on Linux: no read gives more. */
  static final int BUFFER_BYTES = 64 << 10;

  /** Why a descriptor was not given, in the words of {@link Outcome.NotStarted}. */
  static final String TOO_MANY = "too many open files";

  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int READABLE = 1;

  // struct epoll_event: 4 bytes of events, 8 of data, which follow at once on x86-64 alone.
  private static final int DATA = "amd64".equals(System.getProperty("os.arch")) ? 4 : 8;
  private static final int EVENT_BYTES = DATA + 8;
  private static final int MAX_EVENTS = 64;

  private static final long FIRST_KEY = 1;

  private final Map<Long, Consumer<Memory>> handlers = new ConcurrentHashMap<>();
  private final AtomicLong keys = new AtomicLong(FIRST_KEY);
  private final Memory added = new Memory(EVENT_BYTES);
  private final int descriptor;
  private final Thread thread;
  private final Progress progress = new Progress();
  private volatile boolean closed;

  /** Its own pipe, whose writing end is closed to wake the thread for the last time. */
  private final int bell;

  Poller() {
    descriptor = Libc.call(Libc.EPOLL_CREATE, CLOSE_ON_EXEC);
    thread =
        Thread.ofPlatform().name("exec-poller").daemon().stackSize(256 << 10).unstarted(this::loop);
    try {
      int[] ends = openPipe();
      bell = ends[1];
      add(ends[0], buffer -> remove(FIRST_KEY, ends[0]));
    } catch (IOException e) {
      throw new IllegalStateException("Commands cannot be run: " + e.getMessage(), e);
    }
  }

  void start() {
    thread.start();
  }

  /** Whether it does what it is for, and has not stopped in the middle of something. */
  boolean isWorking() {
    return thread.isAlive() && !progress.isStuck();
  }

  /** The reading and the writing end of a new pipe. */
  static int[] openPipe() throws IOException {
    try (Memory ends = new Memory(2 * Integer.BYTES)) {
      if (Libc.call(Libc.PIPE, ends.address(), CLOSE_ON_EXEC) != 0) {
        throw new IOException(TOO_MANY);
      }
      return new int[] {ends.bytes().getInt(), ends.bytes().getInt()};
    }
  }

  /**
   * Has a handler called whenever a descriptor is readable or has ended.
   *
   * @param handler gets memory to read into; its descriptor may be closed meanwhile, and the number
   *     belong to another
   * @return the key to {@link #remove} it
   */
  long add(int readable, Consumer<Memory> handler) throws IOException {
    long key = keys.getAndIncrement();
    handlers.put(key, handler);
    synchronized (added) {
      long event = added.address();
      added.bytes().putInt(0, READABLE).putLong(DATA, key);
      if (Libc.call(Libc.EPOLL_CTL, descriptor, ADD, readable, event) == 0) {
        return key;
      }
    }
    handlers.remove(key);
    throw new IOException(TOO_MANY);
  }

  /**
   * Forgets a descriptor and closes it. Closing alone would not end its events: a child that is
   * being started right now has it too, until it becomes its program.
   */
  void remove(long key, int readable) {
    Libc.call(Libc.EPOLL_CTL, descriptor, DELETE, readable, 0);
    handlers.remove(key);
    Libc.call(Libc.CLOSE, readable);
  }

  /** Ends the thread once no handler is left; for a second at most, it is waited for. */
  @Override
  public void close() {
    closed = true;
    Libc.call(Libc.CLOSE, bell);
    try {
      thread.join(TimeUnit.SECONDS.toMillis(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    try (Memory events = new Memory(MAX_EVENTS * EVENT_BYTES);
        Memory buffer = new Memory(BUFFER_BYTES)) {
      while (!closed || !handlers.isEmpty()) {
        int count = Libc.call(Libc.EPOLL_WAIT, descriptor, events.address(), MAX_EVENTS, -1);
        progress.begins();
        for (int i = 0; i < count; i++) {
          long key = events.bytes().getLong(i * EVENT_BYTES + DATA);
          Consumer<Memory> handler = handlers.get(key);
          if (handler != null) {
            handle(handler, buffer);
          }
        }
        progress.rests();
      }
    }
    Libc.call(Libc.CLOSE, descriptor);
    synchronized (added) {
      added.close();
    }
  }

  private static void handle(Consumer<Memory> handler, Memory buffer) {
    try {
      handler.accept(buffer);
    } catch (Throwable e) {
      // Without memory for one handler, the next may do: nobody else waits for children.
      LOG.log(Level.ERROR, "waiting for processes: {0}; trying again", e);
    }
  }
}
