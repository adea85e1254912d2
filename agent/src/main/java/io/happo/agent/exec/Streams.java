package io.happo.agent.exec;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.Channel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The pipes a child writes stdout and stderr into, read by the thread that waits for the child:
 * there is no reader thread, and no read that only the child's end could end. For one thread, but
 * for {@link #wakeup}.
 *
 * <p>Why not the streams of {@link Process}: the JDK closes them when the process exits, so what a
 * background child prints later is lost or not by chance; and a thread blocked in reading them
 * cannot be freed while a daemon that got away holds the other end. Pipes of NIO can be waited for
 * with a deadline. Handing one to a child needs the number of its descriptor, which {@code
 * sun.nio.ch.SelChImpl#getFDVal} tells; its package must be exported to this one.
 */
final class Streams implements Closeable {
  private static final MethodHandle DESCRIPTOR = descriptor();
  private static final File DESCRIPTORS =
      new File(new File("/proc/self/fd").isDirectory() ? "/proc/self/fd" : "/dev/fd");

  private final Selector selector;
  private final Pipe out;
  private final @Nullable Pipe err;
  private final Capture stdout;
  private final Capture stderr;
  private int open;

  private Streams(Selector selector, Pipe out, @Nullable Pipe err, int maxBytes, OutputShare share)
      throws IOException {
    this.selector = selector;
    this.out = out;
    this.err = err;
    this.stdout = new Capture(maxBytes, share);
    this.stderr = new Capture(maxBytes, share);
    register(out, stdout);
    if (err != null) {
      register(err, stderr);
    }
  }

  /**
   * Opens the pipes.
   *
   * @param place where stderr goes
   * @param maxBytes kept of each stream
   * @param share of what all streams keep together
   */
  @SuppressWarnings("MustBeClosedChecker")
  static Streams open(Command.Stderr place, int maxBytes, OutputShare share) throws IOException {
    Selector selector = null;
    Pipe out = null;
    Pipe err = null;
    try {
      selector = Selector.open();
      out = Pipe.open();
      err = place == Command.Stderr.APART ? Pipe.open() : null;
      return new Streams(selector, out, err, maxBytes, share);
    } catch (IOException e) {
      close(selector, out, err);
      throw e;
    }
  }

  /** Where a child finds the writing end for its stdout. */
  File stdoutFile() {
    return new File(DESCRIPTORS, Integer.toString(number(out.sink())));
  }

  /** Where a child finds the writing end for its stderr; nowhere unless it has one of its own. */
  File stderrFile() {
    return err == null
        ? Launcher.NOWHERE
        : new File(DESCRIPTORS, Integer.toString(number(err.sink())));
  }

  /** Lets go of the writing ends, once the child has them: only then can a stream end. */
  void handedOver() throws IOException {
    out.sink().close();
    if (err != null) {
      err.sink().close();
    }
  }

  /** Whether nobody holds a writing end any more and all was read. */
  boolean ended() {
    return open == 0;
  }

  /**
   * Waits until there is something to read and reads it, once a stream.
   *
   * @param untilNanos when to give up, as {@link System#nanoTime}
   * @return whether something was read; else the time is over, somebody called {@link #wakeup}, or
   *     the thread is interrupted
   */
  boolean read(long untilNanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime() + 999_999);
    try {
      int ready = millis > 0 ? selector.select(millis) : selector.selectNow();
      if (ready == 0) {
        return false;
      }
      for (SelectionKey key : selector.selectedKeys()) {
        Pipe.SourceChannel source = (Pipe.SourceChannel) key.channel();
        if (((Capture) key.attachment()).readFrom(source)) {
          source.close();
          open--;
        }
      }
      selector.selectedKeys().clear();
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("A pipe of our own cannot be read", e);
    }
  }

  /** Ends a wait in {@link #read}, now or the next one. From any thread. */
  void wakeup() {
    selector.wakeup();
  }

  Output stdout() {
    return stdout.output();
  }

  Output stderr() {
    return stderr.output();
  }

  @Override
  public void close() throws IOException {
    close(selector, out, err);
  }

  private void register(Pipe pipe, Capture capture) throws IOException {
    pipe.source().configureBlocking(false);
    pipe.source().register(selector, SelectionKey.OP_READ, capture);
    open++;
  }

  private static void close(@Nullable Selector selector, @Nullable Pipe... pipes)
      throws IOException {
    for (Pipe pipe : pipes) {
      if (pipe != null) {
        pipe.sink().close();
        pipe.source().close();
      }
    }
    // Last: a registered channel gives its descriptor back when its selector forgets it.
    if (selector != null) {
      selector.close();
    }
  }

  private static MethodHandle descriptor() {
    try {
      return MethodHandles.lookup()
          .findVirtual(
              Class.forName("sun.nio.ch.SelChImpl"), "getFDVal", MethodType.methodType(int.class))
          .asType(MethodType.methodType(int.class, Channel.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Commands cannot be run: this Java was started without"
              + " --add-exports=java.base/sun.nio.ch=ALL-UNNAMED; add it to the command line",
          e);
    }
  }

  private static int number(Channel channel) {
    try {
      return (int) DESCRIPTOR.invokeExact(channel);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
