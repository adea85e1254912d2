package io.happo.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/**
 * A clock that is off, a disk that is slow or full and names that lead astray, for programs that
 * are started with {@link #environment}.
 */
final class Faults {
  private static final Path SOURCE = Programs.ROOT.resolve("e2e/src/test/c/faults.c");

  private final Path library;
  private final Path file;
  private long clockMillis;
  private long syncMillis;
  private boolean full;
  private long lookUpMillis;
  private String address = "";

  /**
   * @param library as {@link #compile} made it
   * @param file of its own, where the faults of now are written
   */
  Faults(Path library, Path file) {
    this.library = library;
    this.file = file;
    write();
  }

  /** Compiles the library into a folder; needs a C compiler. */
  static Path compile(Path folder) {
    var library = folder.resolve("faults.so");
    var run =
        Run.of(
            folder,
            Map.of(),
            List.of(
                "cc",
                "-shared",
                "-fPIC",
                "-O2",
                "-o",
                library.toString(),
                SOURCE.toString(),
                "-ldl"));
    if (run.exit() != 0) {
      throw new AssertionError(SOURCE + " cannot be compiled: " + run.stderr());
    }
    return library;
  }

  Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "HAPPO_FAULTS", file.toString());
  }

  synchronized void clock(long millis) {
    clockMillis = millis;
    write();
  }

  synchronized void sync(long millis) {
    syncMillis = millis;
    write();
  }

  synchronized void full(boolean now) {
    full = now;
    write();
  }

  synchronized void heal() {
    clockMillis = 0;
    syncMillis = 0;
    full = false;
    write();
  }

  /**
   * What the resolver says of all names that end in {@code .test}.
   *
   * @param leadsTo an address; empty: there are no such names
   * @param millis how long each look-up takes
   */
  synchronized void names(String leadsTo, long millis) {
    address = leadsTo;
    lookUpMillis = millis;
    write();
  }

  private void write() {
    try {
      var next = file.resolveSibling(file.getFileName() + ".next");
      Files.writeString(
          next,
          "clock_ms %d\nfsync_ms %d\nfull %d\ndns_ms %d\n%s"
              .formatted(
                  clockMillis,
                  syncMillis,
                  full ? 1 : 0,
                  lookUpMillis,
                  address.isEmpty() ? "" : "dns " + address + "\n"));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
