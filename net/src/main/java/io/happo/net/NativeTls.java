package io.happo.net;

import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.Library;
import io.netty.internal.tcnative.SSL;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The native TLS library (BoringSSL), loaded once per process on first use; and the direct memory
 * that it reads from and writes to. Nothing of the JDK's TLS is touched: it costs the agent 18 MB
 * of memory.
 */
final class NativeTls {
  /** The most plain bytes of one TLS record (RFC 8446, 5.1). */
  static final int RECORD_BYTES = 16_384;

  /**
   * Room for one sealed record, what the handshake may have left in the pending buffer of {@link
   * NativeSide}, and more.
   */
  static final int OUTPUT_BYTES = RECORD_BYTES + 4_096;

  /** As many as threads have ever been inside the library at once: none of them waits in there. */
  private static final ConcurrentLinkedQueue<NativeTls> FREE = new ConcurrentLinkedQueue<>();

  private static final ThreadLocal<@Nullable String> VERDICT = new ThreadLocal<>();

  static {
    load();
  }

  final ByteBuffer plain = ByteBuffer.allocateDirect(RECORD_BYTES);
  final ByteBuffer input = ByteBuffer.allocateDirect(RECORD_BYTES);
  final ByteBuffer output = ByteBuffer.allocateDirect(OUTPUT_BYTES);
  final long plainAddress = Buffer.address(plain);
  final long inputAddress = Buffer.address(input);
  final long outputAddress = Buffer.address(output);

  private NativeTls() {}

  /** Makes sure that the library is there. */
  static void need() {
    // What is wanted happens in the class's initializer.
  }

  /** Memory for one visit to the library; to be given back before anything is waited for. */
  static NativeTls borrow() {
    var free = FREE.poll();
    return free == null ? new NativeTls() : free;
  }

  void giveBack() {
    FREE.add(this);
  }

  /** Tells the visit that this thread is on why a certificate is refused. */
  static void refuse(@Nullable String reason) {
    VERDICT.set(reason);
  }

  /** Why this thread refused the last certificate; null when it did not. */
  static @Nullable String takeRefusal() {
    var reason = VERDICT.get();
    VERDICT.remove();
    return reason;
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

  @SuppressWarnings("restricted") // What it is for; --enable-native-access allows it.
  private static void load() {
    var os = System.getProperty("os.name").toLowerCase(Locale.ROOT).replaceFirst("^mac.*", "osx");
    var arch = System.getProperty("os.arch");
    var name =
        "netty_tcnative_"
            + os
            + "_"
            + switch (arch) {
              case "amd64" -> "x86_64";
              case "aarch64" -> "aarch_64";
              default -> arch;
            };
    try {
      try {
        System.loadLibrary(name);
      } catch (UnsatisfiedLinkError e) {
        loadFromJar(System.mapLibraryName(name), e);
      }
      // "provided": the library is loaded already; null: no crypto engine but the built-in one.
      Library.initialize("provided", null);
    } catch (Exception | LinkageError e) {
      throw new IllegalStateException(
          "no native TLS library for " + os + "/" + arch + ": " + e.getMessage(), e);
    }
  }

  /** Where the library is still in its jar: when the agent runs from its build. */
  @SuppressWarnings("restricted")
  private static void loadFromJar(String file, UnsatisfiedLinkError notFound) throws IOException {
    try (var packed = SSL.class.getResourceAsStream("/META-INF/native/" + file)) {
      if (packed == null) {
        throw notFound;
      }
      var folder = Files.createTempDirectory("happo-tls");
      var library = folder.resolve(file); // The library reads its own name, which must stay.
      try {
        Files.copy(packed, library);
        System.load(library.toString());
      } finally {
        Files.deleteIfExists(library);
        Files.delete(folder);
      }
    }
  }
}
