package io.happo.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads files of certificates and keys. They are never large, so that one that has no end, such as
 * {@code /dev/zero}, does not fill the memory.
 */
final class PemFile {
  /** All public authorities together are 220 KB. */
  private static final int MAX_BYTES = 4 << 20;

  private PemFile() {}

  /**
   * All of it.
   *
   * @throws IOException as usual; also when it is larger than 4 MiB
   */
  static byte[] read(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      var bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException(file + " is larger than a PEM file can be; name another");
      }
      return bytes;
    }
  }
}
