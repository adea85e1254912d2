package io.happo.agent.exec;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The functions of the C library that running processes takes; Linux, on 64-bit processors. None of
 * them blocks but {@link #EPOLL_WAIT}, and {@link #POSIX_SPAWN} for the fraction of a millisecond
 * until the program is loaded.
 *
 * <p>Each kind of call that Java can make to native code costs memory, so there is one for all: six
 * longs in, a long out. Integers and pointers all travel in whole registers here, a function does
 * not look at registers of arguments that it does not have, and of the answer of one that returns
 * an int the lower half counts.
 */
@SuppressWarnings("restricted") // Every call of native code is.
final class Libc {
  static final int SIGTERM = 15;
  static final int SIGKILL = 9;

  static final MemorySegment CLOSE = function("close");
  static final MemorySegment EPOLL_CREATE = function("epoll_create1");
  static final MemorySegment EPOLL_CTL = function("epoll_ctl");
  static final MemorySegment EPOLL_WAIT = function("epoll_wait");
  static final MemorySegment KILL = function("kill");
  static final MemorySegment MADVISE = function("madvise");
  static final MemorySegment PIPE = function("pipe2");
  static final MemorySegment POLL = function("poll");
  static final MemorySegment READ = function("read");
  static final MemorySegment SIGNAL = function("signal");
  static final MemorySegment SYSCALL = function("syscall");
  static final MemorySegment WAITPID = function("waitpid");
  static final MemorySegment POSIX_SPAWN = function("posix_spawn");
  static final MemorySegment ACTIONS_INIT = function("posix_spawn_file_actions_init");
  static final MemorySegment ACTIONS_DESTROY = function("posix_spawn_file_actions_destroy");
  static final MemorySegment ADD_OPEN = function("posix_spawn_file_actions_addopen");
  static final MemorySegment ADD_DUP2 = function("posix_spawn_file_actions_adddup2");

  /** From glibc 2.29 (2019) on. */
  static final MemorySegment ADD_CHDIR = function("posix_spawn_file_actions_addchdir_np");

  /** From glibc 2.34 (2021) on. */
  static final MemorySegment ADD_CLOSE_FROM = function("posix_spawn_file_actions_addclosefrom_np");

  static final MemorySegment ATTRIBUTES_INIT = function("posix_spawnattr_init");
  static final MemorySegment SET_FLAGS = function("posix_spawnattr_setflags");
  static final MemorySegment SET_SIGNAL_DEFAULTS = function("posix_spawnattr_setsigdefault");

  private static final MemorySegment STRERROR = function("strerror");

  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

  private Libc() {}

  /** The function of that name; {@link MemorySegment#NULL} where the C library has none. */
  private static MemorySegment function(String name) {
    return Linker.nativeLinker().defaultLookup().find(name).orElse(MemorySegment.NULL);
  }

  static int call(MemorySegment function) {
    return call(function, 0, 0, 0, 0, 0, 0);
  }

  static int call(MemorySegment function, long a) {
    return call(function, a, 0, 0, 0, 0, 0);
  }

  static int call(MemorySegment function, long a, long b) {
    return call(function, a, b, 0, 0, 0, 0);
  }

  static int call(MemorySegment function, long a, long b, long c) {
    return call(function, a, b, c, 0, 0, 0);
  }

  static int call(MemorySegment function, long a, long b, long c, long d) {
    return call(function, a, b, c, d, 0, 0);
  }

  static int call(MemorySegment function, long a, long b, long c, long d, long e) {
    return call(function, a, b, c, d, e, 0);
  }

  static int call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
    return (int) callLong(function, a, b, c, d, e, f);
  }

  private static long callLong(
      MemorySegment function, long a, long b, long c, long d, long e, long f) {
    try {
      return (long) CALL.invokeExact(function, a, b, c, d, e, f);
    } catch (RuntimeException | Error e1) {
      throw e1;
    } catch (Throwable e1) {
      throw new IllegalStateException(e1);
    }
  }

  /** What the system calls an error, in its words. */
  static String reason(int error) {
    long text = callLong(STRERROR, error, 0, 0, 0, 0, 0);
    return MemorySegment.ofAddress(text).reinterpret(1024).getString(0, StandardCharsets.UTF_8);
  }

  /** Zeroed memory at {@link #address}, until the arena is closed. */
  static ByteBuffer allocate(Arena arena, int bytes) {
    return arena.allocate(bytes, Long.BYTES).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  static long address(ByteBuffer buffer) {
    return MemorySegment.ofBuffer(buffer).address();
  }
}
