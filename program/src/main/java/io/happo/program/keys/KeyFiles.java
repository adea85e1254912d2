package io.happo.program.keys;

import io.happo.net.Identity;
import io.happo.program.files.AtomicFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A certificate and its private key in two PEM files.
 *
 * @param options the options that name the files, for those who have to name other ones
 */
public record KeyFiles(Path certificate, Path key, String options) {
  /** Reads them. */
  public Identity read() throws IOException {
    return Identity.read(certificate, key);
  }

  /**
   * Reads them; makes a key pair and a self-signed certificate when neither is there.
   *
   * @param teller is told what was made
   * @throws IOException when they cannot be read or made: one line for the person who started it
   */
  public Identity readOrMake(Consumer<String> teller) throws IOException {
    if (Files.exists(certificate) || Files.exists(key)) {
      return read();
    }
    var identity = Identity.selfSigned(hostName());
    write(key, identity.keyPem());
    write(certificate, identity.certificatePem());
    teller.accept("made a key pair: " + key + " and the self-signed certificate " + certificate);
    return read();
  }

  private void write(Path file, byte[] content) throws IOException {
    try {
      AtomicFile.write(file, content);
    } catch (IOException e) {
      throw new IOException(
          "cannot make the key pair: " + e.getMessage() + ": name other files with " + options, e);
    }
  }

  /** This machine's name. */
  public static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (IOException e) {
      return "localhost";
    }
  }
}
