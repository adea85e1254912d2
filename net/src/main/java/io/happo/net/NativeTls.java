package io.happo.net;

import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.Library;
import io.netty.internal.tcnative.SSL;
import io.netty.util.internal.NativeLibraryLoader;
import io.netty.util.internal.PlatformDependent;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The native TLS library (BoringSSL), loaded once per process on first use; and the direct memory
 * that it reads from and writes to, one set a thread. Nothing of the JDK's TLS is touched: it costs
 * the agent 18 MB of memory.
 */
final class NativeTls {
  /** The most plain bytes of one TLS record (RFC 8446, 5.1). */
  static final int RECORD_BYTES = 16_384;

  /**
   * Room for one sealed record, what the handshake may have left in {@link TlsHandler}'s pending
   * buffer, and more.
   */
  static final int OUTPUT_BYTES = RECORD_BYTES + 4_096;

  private static final ThreadLocal<NativeTls> OF_THREAD = ThreadLocal.withInitial(NativeTls::new);

  static {
    EventLoops.quietLog();
    load();
  }

  final ByteBuffer plain = ByteBuffer.allocateDirect(RECORD_BYTES);
  final ByteBuffer input = ByteBuffer.allocateDirect(RECORD_BYTES);
  final ByteBuffer output = ByteBuffer.allocateDirect(OUTPUT_BYTES);
  final long plainAddress = Buffer.address(plain);
  final long inputAddress = Buffer.address(input);
  final long outputAddress = Buffer.address(output);

  /** Why this thread refused the last certificate, until somebody takes it. */
  @Nullable String verdict;

  private NativeTls() {}

  /**
   * This thread's memory. What is in it lasts only until other code of the thread runs, but {@code
   * input} is written only by what takes bytes from a socket.
   */
  static NativeTls ofThread() {
    return OF_THREAD.get();
  }

  /** A native buffer that holds these bytes; to be freed with {@code SSL.freeBIO}. */
  static long bio(byte[] bytes) {
    var direct = ByteBuffer.allocateDirect(Math.max(1, bytes.length)).put(bytes);
    try {
      long bio = SSL.newMemBIO();
      if (bytes.length > 0) {
        SSL.bioWrite(bio, Buffer.address(direct), bytes.length);
      }
      return bio;
    } catch (Exception e) {
      throw new IllegalStateException("no native memory for TLS", e);
    } finally {
      Reference.reachabilityFence(direct); // Only its address was handed over.
    }
  }

  private static void load() {
    var arch = PlatformDependent.normalizedArch();
    var os = PlatformDependent.normalizedOs().toLowerCase(Locale.ROOT);
    try {
      NativeLibraryLoader.loadFirstAvailable(
          PlatformDependent.getClassLoader(SSL.class),
          "netty_tcnative_" + os + "_" + arch,
          "netty_tcnative");
      // "provided": the library is loaded already; null: no crypto engine but the built-in one.
      Library.initialize("provided", null);
    } catch (Exception | LinkageError e) {
      throw new IllegalStateException(
          "no native TLS library for " + os + "/" + arch + ": " + e.getMessage(), e);
    }
  }
}
