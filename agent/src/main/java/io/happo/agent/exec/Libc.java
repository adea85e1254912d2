package io.happo.agent.exec;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The functions of the C library that running processes takes; Linux, on 64-bit processors. None of
 * them blocks but {@link #EPOLL_WAIT}, {@link #POLL} where it is told to wait, {@link #start} for
 * the fraction of a millisecond until the program is loaded, and {@link #STATVFS} while a file
 * system does not answer.
 *
 * <p>A library of ours calls them, {@code libhappo_exec.so}, made of {@code agent/src/main/c}: by
 * address, with six longs in and a long out. Integers and pointers all travel in whole registers
 * here, a function does not look at registers of arguments that it does not have, and of the answer
 * of one that returns an int the lower half counts. Where the library cannot be loaded, which is
 * logged, there are no functions.
 */
final class Libc {
  static final int SIGTERM = 15;
  static final int SIGKILL = 9;

  /** What is said when something is to be run and cannot. */
  static final String MISSING = "commands cannot be run: libhappo_exec.so is missing";

  private static final System.Logger LOG = System.getLogger(Libc.class.getName());
  private static final boolean LOADED = load();
  private static final int LONGEST_REASON = 1024;

  static final long CLOSE = function("close");
  static final long CONNECT = function("connect");
  static final long ERRNO_LOCATION = function("__errno_location");
  static final long EPOLL_CREATE = function("epoll_create1");
  static final long EPOLL_CTL = function("epoll_ctl");
  static final long EPOLL_WAIT = function("epoll_wait");
  static final long KILL = function("kill");
  static final long MADVISE = function("madvise");
  static final long PIPE = function("pipe2");
  static final long POLL = function("poll");
  static final long PRLIMIT = function("prlimit");
  static final long READ = function("read");
  static final long SEND_TO = function("sendto");
  static final long SET_PRIORITY = function("setpriority");
  static final long SIGNAL = function("signal");
  static final long SOCKET = function("socket");
  static final long STATVFS = function("statvfs");
  static final long SYSCALL = function("syscall");
  static final long WAITPID = function("waitpid");

  private static final long CALLOC = function("calloc");
  private static final long FREE = function("free");
  private static final long STRERROR = function("strerror");

  private Libc() {}

  @SuppressWarnings("restricted") // Every call of native code is.
  private static boolean load() {
    try {
      System.loadLibrary("happo_exec");
      return true;
    } catch (UnsatisfiedLinkError e) {
      LOG.log(Level.ERROR, "commands cannot be run: {0}", e.getMessage());
      return false;
    }
  }

  /** Whether there are functions at all. */
  static boolean isLoaded() {
    return LOADED;
  }

  /** The function of that name; 0 where the C library has none. */
  static long function(String name) {
    return LOADED ? find(name) : 0;
  }

  static int call(long function) {
    return call(function, 0, 0, 0, 0, 0, 0);
  }

  static int call(long function, long a) {
    return call(function, a, 0, 0, 0, 0, 0);
  }

  static int call(long function, long a, long b) {
    return call(function, a, b, 0, 0, 0, 0);
  }

  static int call(long function, long a, long b, long c) {
    return call(function, a, b, c, 0, 0, 0);
  }

  static int call(long function, long a, long b, long c, long d) {
    return call(function, a, b, c, d, 0, 0);
  }

  static int call(long function, long a, long b, long c, long d, long e) {
    return call(function, a, b, c, d, e, 0);
  }

  static int call(long function, long a, long b, long c, long d, long e, long f) {
    return (int) callLong(function, a, b, c, d, e, f);
  }

  private static long callLong(long function, long a, long b, long c, long d, long e, long f) {
    if (function == 0) {
      throw new IllegalStateException("the C library has no such function");
    }
    return invoke(function, a, b, c, d, e, f);
  }

  /** The error of the last function that failed on this thread; asked for right behind it. */
  static int error() {
    var error = view(callLong(ERRNO_LOCATION, 0, 0, 0, 0, 0, 0), Integer.BYTES);
    return error.order(ByteOrder.nativeOrder()).getInt(0);
  }

  /** What the system calls an error, in its words. */
  static String reason(int error) {
    ByteBuffer text = view(callLong(STRERROR, error, 0, 0, 0, 0, 0), LONGEST_REASON);
    int length = 0;
    while (text.get(length) != 0) {
      length++;
    }
    byte[] bytes = new byte[length];
    text.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The address of zeroed memory, aligned for anything, until it is given to {@link #free}. */
  static long allocate(int bytes) {
    long address = callLong(CALLOC, 1, bytes, 0, 0, 0, 0);
    if (address == 0) {
      throw new OutOfMemoryError("no native memory: " + bytes + " bytes");
    }
    return address;
  }

  static void free(long address) {
    callLong(FREE, address, 0, 0, 0, 0, 0);
  }

  /**
   * Starts a program.
   *
   * @param start what {@link Spawner} wrote: {@code struct start}
   * @return the id of its process; otherwise the system's error, negative
   */
  static native int start(long start);

  private static native long find(String name);

  private static native long invoke(long function, long a, long b, long c, long d, long e, long f);

  /** Memory as a buffer, which does not own it. */
  static native ByteBuffer view(long address, long bytes);
}
